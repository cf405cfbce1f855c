"""Packed and broad files that come to far more than a list of customers: each refused with its file and bound."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ampenet_sync.errors import SourceError
from ampenet_sync.quarantine.returned import read_repaired
from ampenet_sync.sources.packed import Unpacked
from tests.sources.csv.malformed_packed import zipped
from tests.sources.reading import read, refused

HEAD = b"id,phone\n"
ROWS = HEAD + b"".join(b"%d,0712%06d\n" % (n, n * 7919 % 1_000_000) for n in range(100_000))


def overlaid(data: bytes, times: int) -> bytes:
    """A zip that names one packed file many times."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.csv", data)
        first = archive.infolist()[0]
        for n in range(1, times):
            twin = zipfile.ZipInfo(f"{n}.csv")
            for field in ("compress_type", "CRC", "compress_size", "file_size", "header_offset"):
                setattr(twin, field, getattr(first, field))
            archive.filelist.append(twin)
    return sink.getvalue()


@pytest.mark.parametrize("kind", ["gzip", "zip", "zip of many"])
def test_what_unpacks_to_far_more_than_its_size_is_refused(tmp_path: Path, kind: str) -> None:
    """Blank lines cost no memory, only time; a hundred megabytes of them stand for terabytes."""
    lines = b"\n" * 100_000_000
    packed = {
        "gzip": lambda: gzip.compress(lines),
        "zip": lambda: zipped({"c.csv": lines}),
        "zip of many": lambda: zipped({f"{n}.csv": HEAD + b"\n" * 10_000_000 + b"1,0712345678\n" for n in range(10)}),
    }[kind]()
    (tmp_path / "c.csv").write_bytes(packed)
    error = refused(tmp_path, csv="c.csv")
    assert error.code == "too_large" and error.message == (
        "c.csv: it unpacks to more than 64 MB; that much are read of a file of its size (250 times it, or 64 MB)"
    )
    assert len(packed) < 250_000, "else more is read of it"


def test_a_zip_s_own_word_for_its_sizes_is_not_believed(tmp_path: Path) -> None:
    """The list says ten bytes, the file holds a hundred megabytes: what comes out is counted."""
    packed = bytearray(zipped({"c.csv": b"\n" * 100_000_000}))
    at = packed.rfind(b"PK\x01\x02") + 24
    assert int.from_bytes(packed[at : at + 4], "little") == 100_000_000
    packed[at : at + 4] = (10).to_bytes(4, "little")
    (tmp_path / "c.zip").write_bytes(packed)
    assert refused(tmp_path, csv="c.zip").code in ("damaged_file", "truncated_file", "too_large")


def test_members_count_together_and_the_bound_grows_with_the_file() -> None:
    small, large = Unpacked(1_000, "c.zip"), Unpacked(1_000_000, "c.zip")
    small.add(1 << 25)
    small.add(1 << 25)
    large.add(250_000_000)
    for bound in (small, large):
        with pytest.raises(SourceError, match="it unpacks to more than"):
            bound.add(1)


def test_rows_that_take_no_byte_each_are_no_customers(tmp_path: Path) -> None:
    (tmp_path / "c.csv.gz").write_bytes(gzip.compress(HEAD + b"1,0712345678\n" * 3_000_000))
    error = refused(tmp_path, csv="c.csv.gz")
    assert error.code == "too_large" and "can't be different customers" in error.message


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped({"c.csv": data})])
def test_an_ordinary_list_that_packs_well_is_read_whole(tmp_path: Path, pack: object) -> None:
    """The control: phones that differ, and a note that is the same in every row."""
    data = b"id,phone,note\n" + b"".join(b"%d,0712%06d,%s\n" % (n, n, b"karibu sana " * 9) for n in range(90_000))
    (tmp_path / "c.csv").write_bytes(pack(data))  # type: ignore[operator]
    assert (tmp_path / "c.csv").stat().st_size * 15 < len(data)
    assert len(read(tmp_path, csv="c.csv").rows) == 90_000


def test_a_zip_of_more_files_than_anybody_packs_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.zip").write_bytes(zipped({f"{n}.csv": HEAD for n in range(10_001)}, zipfile.ZIP_STORED))
    error = refused(tmp_path, csv="c.zip")
    assert (error.code, error.message) == ("too_large", "c.zip: it holds 10,001 files; at most 10,000 are read")


def test_a_list_of_files_that_is_too_long_is_not_read_at_all(tmp_path: Path) -> None:
    (tmp_path / "c.zip").write_bytes(zipped({f"{n}{'x' * 200}.csv": b"" for n in range(40_000)}, zipfile.ZIP_STORED))
    error = refused(tmp_path, csv="c.zip")
    assert error.code == "too_large" and "the list of its files has 10,188,890 bytes" in error.message
    assert "at most 8,388,608 are read" in error.message


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_files_that_lie_over_each_other_are_refused(tmp_path: Path, kind: str) -> None:
    (tmp_path / "c.zip").write_bytes(overlaid(ROWS, 400))
    with zipfile.ZipFile(tmp_path / "c.zip") as archive:
        assert sum(info.file_size for info in archive.infolist()) > 600_000_000, "else it is no attack"
    error = refused(tmp_path, **{kind: "c.zip"})
    assert error.code == "too_large" and "its files lie over each other" in error.message


def test_a_zip_within_a_zip_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "c.zip").write_bytes(zipped({"c.csv": zipped({"c.csv": HEAD + b"1,0712345678\n"})}))
    assert refused(tmp_path, csv="c.zip").message == "c.zip/c.csv is no CSV: it seems to be packed twice"


# Broad and endless.


def test_a_file_of_two_gigabytes_without_a_line_break_is_refused_after_its_first_megabytes(tmp_path: Path) -> None:
    with (tmp_path / "c.csv").open("wb") as file:
        file.write(HEAD)
        file.truncate(1 << 31)
    assert refused(tmp_path, csv="c.csv").message == "c.csv:2: a line of more than 1 MB"


@pytest.mark.parametrize("names", [[f"c{n}" for n in range(5_000)], ["x"] * 5_000])
def test_more_columns_than_any_database_has_are_refused_in_every_format(tmp_path: Path, names: list[str]) -> None:
    (tmp_path / "c.csv").write_text("id,phone," + ",".join(names) + "\n1,0712345678\n")
    columns = [pa.array(["1"])] * 5_002
    pq.write_table(pa.Table.from_arrays(columns, names=["id", "phone", *names]), tmp_path / "c.parquet")
    for kind, line in (("csv", ":1"), ("parquet", "")):
        error = refused(tmp_path, **{kind: f"c.{kind}"})
        assert error.code == "too_large" and error.message == f"c.{kind}{line}: 5,002 columns; at most 4,096 are read"


def test_thousands_of_columns_of_one_name_are_numbered_in_no_time(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,phone" + ",x" * 4_000 + "\n1,0712345678" + ",y" * 4_000 + "\n")
    found = read(tmp_path, csv="c.csv", needed=frozenset({"id", "phone"})).rows[0]
    assert (found["x (1)"], found["x (4000)"], found["phone"]) == ("y", "y", "0712345678")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("row_id,id,phone" + "," * 20_000, "q.csv: 20,003 columns; at most 16,384 are read"),
        ("row_id,id,phone\n" + "a,b,c\n" * 2_200_000, "q.csv: more than 4,194,304 cells"),
    ],
)
def test_a_given_back_csv_of_more_cells_than_are_compared_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "q.csv").write_text(text)
    with pytest.raises(SourceError) as caught:
        read_repaired(tmp_path / "q.csv", ["id", "phone"])
    assert caught.value.code == "too_large" and message in caught.value.message


def test_as_many_cells_as_are_compared_are_read(tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_text("row_id,id,phone\n" + "a,b,c\n" * 1_000_000)
    assert read_repaired(tmp_path / "q.csv", ["id", "phone"]).num_rows == 1_000_000


def test_a_ragged_row_far_down_in_a_given_back_csv_is_named_by_its_number(tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_text("row_id,id,phone\n" + f"a,b,{'c' * 20}\n" * 400_000 + "a,b\n")
    with pytest.raises(SourceError, match="row 400002 has more or fewer cells"):
        read_repaired(tmp_path / "q.csv", ["id", "phone"])
