"""Gzip and zip are recognised by their first bytes and read member by member; what each file is called stays exact."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest

from ampenet_sync.config import Source
from ampenet_sync.errors import SourceError
from ampenet_sync.sources import open_batches
from tests.sources.csv.malformed_packed import zipped
from tests.sources.reading import read, refused

A, B = b"id,phone\n1,0712345678\n", b"id,phone\n2,0712345679\n"
ROWS = [{"id": "1", "phone": "0712345678"}, {"id": "2", "phone": "0712345679"}]


@pytest.mark.parametrize("name", ["c.csv.gz", "c.csv", "c"])
def test_a_gzip_is_read_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(A))
    found = read(tmp_path, csv=name)
    assert (found.rows, found.files, found.lines) == (ROWS[:1], [name], [2])


def test_a_gzip_of_several_members_is_one_file(tmp_path: Path) -> None:
    (tmp_path / "c.csv.gz").write_bytes(gzip.compress(A) + gzip.compress(B[9:]) + bytes(512))  # padded, as on tapes
    assert read(tmp_path, csv="c.csv.gz").rows == ROWS


def test_the_members_of_a_zip_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    files = {
        "b/Customers.CSV": B,
        "a.txt": A,
        "b/": b"",
        "__MACOSX/b/._a.csv": b"x",
        ".DS_Store": b"x",
        "Thumbs.db": b"x",
    }
    (tmp_path / "c.zip").write_bytes(zipped(files))
    found = read(tmp_path, csv="c.zip")
    assert (found.rows, found.lines) == (ROWS, [2, 2])
    assert found.files == ["c.zip/a.txt", "c.zip/b/Customers.CSV"]


def test_a_fault_in_a_member_names_archive_member_and_line(tmp_path: Path) -> None:
    (tmp_path / "c.zip").write_bytes(zipped({"a.csv": A, "b.csv": B + b'3,"x'}))
    assert refused(tmp_path, csv="c.zip").message.startswith("c.zip/b.csv:3: a quote is opened here")


def test_plain_and_packed_files_may_be_mixed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(A)
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(("\ufeff" + B.decode()).encode("utf-16-le")))
    assert read(tmp_path, csv="*").rows == ROWS


def test_the_size_on_disk_is_told_once_for_each_file(tmp_path: Path) -> None:
    packed = zipped({"a.csv": A, "b.csv": B})
    (tmp_path / "c.zip").write_bytes(packed)
    batches = list(open_batches(Source(csv="c.zip"), folder=tmp_path))
    assert [batch.size for batch in batches] == [len(packed), 0]
    assert {batch.modified for batch in batches} == {(tmp_path / "c.zip").stat().st_mtime}


@pytest.mark.parametrize("kind", ["plain", "gzip", "zip"])
def test_the_estimate_of_all_rows_is_near_from_the_first_block_on(tmp_path: Path, kind: str) -> None:
    plain = b"id,phone\n" + b"".join(b"k%07d,07%08d\n" % (n, n * 7919 % 10**8) for n in range(600_000))
    data = {"plain": plain, "gzip": gzip.compress(plain, 1), "zip": zipped({"c.csv": plain})}[kind]
    (tmp_path / "c.csv").write_bytes(data)
    totals = [batch.total or 0 for batch in open_batches(Source(csv="c.csv"), folder=tmp_path)]
    assert all(abs(total - 600_000) < 60_000 for total in totals) and totals[-1] == pytest.approx(600_000, rel=0.01)


@pytest.mark.parametrize("name", ["c.csv", "c.csv.gz"])
def test_a_file_that_is_replaced_while_it_is_read_is_an_error(tmp_path: Path, name: str) -> None:
    data = gzip.compress(A + B[9:]) if name.endswith(".gz") else A + B[9:]
    (tmp_path / name).write_bytes(data)
    batches = open_batches(Source(csv=name), folder=tmp_path)
    next(batches)
    (tmp_path / "new").write_bytes(data)
    (tmp_path / "new").replace(tmp_path / name)
    with pytest.raises(SourceError) as caught:
        list(batches)
    assert caught.value.code == "changed_file"


def test_a_file_that_is_emptied_while_it_is_read_is_said_to_have_changed(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes(A + b"1,0712345678\n" * 2_000_000)
    batches = open_batches(Source(csv="c.csv"), folder=tmp_path)
    next(batches)
    (tmp_path / "c.csv").write_bytes(b"")
    with pytest.raises(SourceError) as caught:
        list(batches)
    assert caught.value.code == "changed_file"


def test_what_stands_beside_the_csv_in_a_zip_is_not_passed_over(tmp_path: Path) -> None:
    """A name damaged by one letter would else be half of the customers gone."""
    (tmp_path / "c.zip").write_bytes(zipped({"a.csv": A, "b.cs_": B}))
    error = refused(tmp_path, csv="c.zip")
    assert (error.code, error.message) == ("bad_archive", "c.zip holds b.cs_, which is no CSV")


@pytest.mark.parametrize("kind", ["gzip", "zip"])
def test_a_packed_file_with_any_byte_changed_is_whole_or_an_error(tmp_path: Path, kind: str) -> None:
    """400 random bytes: whatever is read is all of it, and nothing but SourceError is raised."""
    data = gzip.compress(A * 400) if kind == "gzip" else zipped({"a.csv": A, "b.csv": B * 400})
    chance = random.Random(7)
    (tmp_path / "c").write_bytes(data)
    whole = read(tmp_path, csv="c").rows
    for _ in range(400):
        at = chance.randrange(len(data))
        (tmp_path / "c").write_bytes(data[:at] + bytes([data[at] ^ chance.randrange(1, 256)]) + data[at + 1 :])
        try:
            assert read(tmp_path, csv="c").rows == whole
        except SourceError as error:
            assert error.hint
