"""Parquet in folders, in pieces and damaged: all of it, or one clear error."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from ampenet_sync.config import Source
from ampenet_sync.errors import SourceError
from ampenet_sync.sources import open_batches
from tests.sources.parquet.malformed_parquet import TABLE, malformed_parquet, parquet
from tests.sources.reading import read, refused

MALFORMED = malformed_parquet()


def put(folder: Path, name: str, **columns: list[object]) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), folder / name)


def test_a_folder_is_read_with_all_that_is_below_it_in_order(tmp_path: Path) -> None:
    put(tmp_path, "c/country=TZ/part-1.parquet", id=[2])
    put(tmp_path, "c/country=KE/part-0.parquet", id=[1])
    for name in ("_SUCCESS", "country=KE/.part-0.parquet.crc", "_common_metadata"):
        (tmp_path / "c" / name).write_bytes(b"x")
    found = read(tmp_path, parquet="c")
    assert found.rows == [{"id": "1", "country": "KE"}, {"id": "2", "country": "TZ"}]
    assert found.files == ["c/country=KE/part-0.parquet", "c/country=TZ/part-1.parquet"]


@pytest.mark.parametrize("pattern", ["c", "c/country=*", "c/**/*.parquet", "c/*/*/*.parquet"])
def test_names_of_folders_are_decoded_texts(tmp_path: Path, pattern: str) -> None:
    put(tmp_path, "c/country=TZ/city=Dar%20es%20Salaam/a.parquet", id=[1])
    put(tmp_path, "c/country=__HIVE_DEFAULT_PARTITION__/city=007/a.parquet", id=[2])
    assert read(tmp_path, parquet=pattern).rows == [
        {"id": "1", "country": "TZ", "city": "Dar es Salaam"},
        {"id": "2", "country": "", "city": "007"},
    ]


def test_what_arrow_writes_as_a_hive_dataset_is_read_back(tmp_path: Path) -> None:
    table = pa.table({"id": [1, 2, 3], "city": ["Dar/es=S", "Dodoma", None]})
    flavour = ds.partitioning(pa.schema([("city", pa.string())]), flavor="hive")
    ds.write_dataset(table, tmp_path / "c", format="parquet", partitioning=flavour)
    assert sorted(tuple(row.values()) for row in read(tmp_path, parquet="c").rows) == [
        ("1", "Dar/es=S"),
        ("2", "Dodoma"),
        ("3", ""),
    ]


def test_a_column_of_the_file_wins_over_its_folders_name(tmp_path: Path) -> None:
    put(tmp_path, "c/country=TZ/a.parquet", id=[1], country=["KE"])
    assert read(tmp_path, parquet="c").rows == [{"id": "1", "country": "KE"}]


def test_other_folders_names_in_a_second_file_are_an_error(tmp_path: Path) -> None:
    put(tmp_path, "c/country=TZ/a.parquet", id=[1])
    put(tmp_path, "c/land=TZ/a.parquet", id=[1])
    assert refused(tmp_path, parquet="c").code == "other_header"


def test_parts_without_rows_are_common_but_all_without_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    pq.write_table(pa.table({"id": pa.array([], pa.int64())}), tmp_path / "c/a.parquet")
    put(tmp_path, "c/b.parquet", id=[1])
    assert read(tmp_path, parquet="c").rows == [{"id": "1"}]
    assert refused(tmp_path, parquet="c/a.parquet").code == "empty_source"


@pytest.mark.parametrize(
    "name", ["c/_temporary/0/a.parquet", "c/b.parquet.tmp", "c/.b.parquet.inprogress", "c/b.parquet._COPYING_"]
)
def test_a_folder_somebody_is_still_writing_is_an_error(tmp_path: Path, name: str) -> None:
    put(tmp_path, "c/a.parquet", id=[1])
    put(tmp_path, name, id=[2])
    assert refused(tmp_path, parquet="c").code == "unfinished"


def test_a_glob_into_an_unfinished_folder_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, "c/_temporary/0/a.parquet", id=[2])
    assert refused(tmp_path, parquet="c/**/*.parquet").code == "unfinished"


@pytest.mark.parametrize("mark", ["_delta_log/0.json", ".hoodie/x", "metadata/v1.metadata.json"])
def test_the_files_of_a_table_format_are_refused(tmp_path: Path, mark: str) -> None:
    put(tmp_path, "c/a.parquet", id=[1])
    (tmp_path / "c" / mark).parent.mkdir()
    (tmp_path / "c" / mark).write_text("{}")
    for pattern in ("c", "c/*.parquet"):
        assert refused(tmp_path, parquet=pattern).code == "table_format"


def test_anything_else_in_the_folder_is_an_error_and_not_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "c/a.parquet", id=[1])
    (tmp_path / "c/b.csv").write_text("id\n2\n")
    error = refused(tmp_path, parquet="c")
    assert error.code == "bad_parquet" and "c/b.csv" in error.message


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    assert refused(tmp_path, parquet="c").code == "missing_file"


def test_a_file_that_joins_while_others_are_read_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, "c/a.parquet", id=[1])
    batches = open_batches(Source(parquet="c"), folder=tmp_path)
    next(batches)
    put(tmp_path, "c/b.parquet", id=[2])
    with pytest.raises(SourceError) as caught:
        list(batches)
    assert caught.value.code == "changed_file"


def test_floats_that_may_have_lost_digits_are_not_taken_for_exact(tmp_path: Path) -> None:
    put(tmp_path, "c.parquet", phone=[255712345678.0, 9007199254740993.0, 2.5e17, 255712345678.5])
    found = read(tmp_path, exact=frozenset({"phone"}), parquet="c.parquet")
    assert [row["phone"] for row in found.rows] == [
        "255712345678",
        "9.007199254740992e+15",
        "2.5e+17",
        "255712345678.5",
    ]


def test_a_decimal_whose_scale_is_below_zero_has_all_its_digits(tmp_path: Path) -> None:
    pq.write_table(pa.table({"v": pa.array([255712345600], pa.decimal128(18, 0))}), tmp_path / "c.parquet")
    assert read(tmp_path, parquet="c.parquet").rows == [{"v": "255712345600"}]


def test_columns_nobody_needs_may_hold_anything(tmp_path: Path) -> None:
    put(tmp_path, "c.parquet", id=[1], photo=[b"\xff"], tags=[["a"]])
    assert read(tmp_path, frozenset({"id"}), parquet="c.parquet").rows == [{"id": "1"}]
    assert refused(tmp_path, frozenset({"id", "photo"}), parquet="c.parquet").code == "unreadable_column"


def test_text_that_is_no_utf8_sets_its_row_aside(tmp_path: Path) -> None:
    bad = pa.array([b"Asha", b"Zo\xeb", b"Ali"]).view(pa.string())
    pq.write_table(pa.table({"id": [1, 2, 3], "name": bad}), tmp_path / "c.parquet")
    found = read(tmp_path, parquet="c.parquet")
    assert found.faults == {2: "unreadable_bytes"} and found.written == {2: "2,Zo\ufffd"}
    assert found.rows[1:] == [{"id": "", "name": ""}, {"id": "3", "name": "Ali"}]


@pytest.mark.parametrize("name", sorted(MALFORMED))
def test_a_malformed_file_is_one_clear_error(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(MALFORMED[name])
    start = time.process_time()
    error = refused(tmp_path, parquet=name)
    assert error.hint and "255712" not in str(error) and time.process_time() - start < 10


@pytest.mark.parametrize("share", [0.0, 0.0005, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999])
def test_a_file_cut_off_anywhere_is_an_error(share: float, tmp_path: Path) -> None:
    data = parquet(TABLE)
    (tmp_path / "c.parquet").write_bytes(data[: int(len(data) * share)])
    assert refused(tmp_path, parquet="c.parquet").code == "bad_parquet"


def test_a_file_with_any_byte_changed_is_read_or_an_error(tmp_path: Path) -> None:
    """In a process of its own, as Arrow itself could fall over: 300 random bytes, nothing but SourceError is raised."""
    (tmp_path / "good").write_bytes(parquet(TABLE.slice(0, 500)))
    code = (
        "import random, sys\nfrom pathlib import Path\n"
        "from ampenet_sync.config import Source\nfrom ampenet_sync.errors import SourceError\n"
        "from ampenet_sync.sources import open_batches\n"
        "folder, chance = Path(sys.argv[1]), random.Random(7)\ndata = (folder / 'good').read_bytes()\nrefused = 0\n"
        "for _ in range(300):\n"
        "    at = chance.randrange(len(data))\n"
        "    bad = data[:at] + bytes([data[at] ^ chance.randrange(1, 256)]) + data[at + 1:]\n"
        "    (folder / 'c.parquet').write_bytes(bad)\n"
        "    try:\n"
        "        rows = sum(b.table.num_rows for b in open_batches(Source(parquet='c.parquet'), folder=folder))\n"
        "        assert rows == 500, rows\n"
        "    except SourceError:\n        refused += 1\n"
        "print(refused)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    assert 0 < int(done.stdout) < 300


def test_long_texts_take_bounded_memory(tmp_path: Path) -> None:
    """20,000 rows of 50,000 characters are a gigabyte, in a file of a few kilobytes."""
    long = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), pa.array(["x" * 50_000]))
    pq.write_table(pa.table({"id": range(20_000), "note": long}), tmp_path / "c.parquet", store_schema=False)
    assert (tmp_path / "c.parquet").stat().st_size < 200_000
    assert _extra_megabytes(tmp_path, rows=20_000) < 400


def test_a_large_row_group_takes_bounded_memory(tmp_path: Path) -> None:
    """One row group of a million rows with 150 MB of text: at most 250 MB more than before."""
    chance = random.Random(7)
    texts = [f"{chance.random()} a long line of text about a customer, {n}" for n in range(1_000_000)]
    table = pa.table({"id": range(1_000_000), "phone": texts, "note": texts})
    pq.write_table(table, tmp_path / "c.parquet", row_group_size=1_000_000, compression="none")
    del texts, table
    assert _extra_megabytes(tmp_path, rows=1_000_000) < 250


def _extra_megabytes(folder: Path, *, rows: int) -> float:
    """Memory of reading c.parquet in a fresh process, beyond what the imports take."""
    code = (
        "import resource, sys\nfrom pathlib import Path\nimport pyarrow.parquet\n"
        "from ampenet_sync.config import Source\nfrom ampenet_sync.sources import open_batches\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\nbefore = peak()\n"
        "rows = sum(b.table.num_rows for b in open_batches(Source(parquet='c.parquet'), folder=Path(sys.argv[1])))\n"
        "assert rows == int(sys.argv[2]), rows\nprint((peak() - before) / 1024)\n"
    )
    command = [sys.executable, "-c", code, str(folder), str(rows)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
