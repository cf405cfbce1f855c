"""Parquet files: typed columns become text that says the same, or are refused."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ampenet_sync.config import Source
from ampenet_sync.errors import SourceError
from tests.sources.rows import Rows, read_rows


def read(folder: Path, table: pa.Table, *, exact: frozenset[str] = frozenset()) -> Rows:
    pq.write_table(table, folder / "c.parquet")
    return read_rows(Source(parquet="c.parquet"), folder=folder, exact=exact)


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        (["0712345678", None, ""], pa.string(), ["0712345678", "", ""]),
        (["gold", None], pa.dictionary(pa.int32(), pa.string()), ["gold", ""]),
        ([255712345678, None], pa.int64(), ["255712345678", ""]),
        ([255712345678.0, None, float("nan")], pa.float64(), ["255712345678", "", ""]),
        ([1500.0, 0.1, -0.0, 1e20], pa.float64(), ["1500", "0.1", "0", "100000000000000000000"]),
        ([0.1, 3.0], pa.float32(), ["0.1", "3"]),
        ([Decimal("1500.50"), Decimal("255712345678.00")], pa.decimal128(20, 2), ["1500.50", "255712345678.00"]),
        ([True, False, None], pa.bool_(), ["true", "false", ""]),
        ([date(2026, 11, 30)], pa.date32(), ["2026-11-30"]),
        ([datetime(2026, 11, 30, 9, 5)], pa.timestamp("us"), ["2026-11-30T09:05:00"]),
        ([datetime(2026, 11, 30, 9, 5, 0, 250000)], pa.timestamp("ns"), ["2026-11-30T09:05:00.25"]),
        ([datetime(2026, 11, 30, 9, 5)], pa.timestamp("ms", "UTC"), ["2026-11-30T09:05:00Z"]),
        ([datetime(2026, 11, 30, 6, 5)], pa.timestamp("us", "Africa/Nairobi"), ["2026-11-30T06:05:00Z"]),
        ([time(9, 5)], pa.time64("us"), ["09:05:00"]),
        ([None, None], pa.null(), ["", ""]),
    ],
)
def test_values_become_text_that_says_the_same(
    tmp_path: Path, values: list[object], kind: pa.DataType, texts: list[str]
) -> None:
    assert read(tmp_path, pa.table({"v": pa.array(values, kind)})).table["v"].to_pylist() == texts


@pytest.mark.parametrize("kind", [pa.binary(), pa.list_(pa.int64()), pa.struct([("a", pa.int64())])])
def test_what_is_no_text_is_refused_by_name(tmp_path: Path, kind: pa.DataType) -> None:
    with pytest.raises(SourceError, match="column photo") as caught:
        read(tmp_path, pa.table({"photo": pa.array([None], kind)}))
    assert caught.value.code == "unreadable_column"


def test_phones_kept_as_short_floats_have_lost_digits(tmp_path: Path) -> None:
    table = pa.table({"phone": pa.array([255712345678.0], pa.float32())})
    with pytest.raises(SourceError, match="column phone is of type float") as caught:
        read(tmp_path, table, exact=frozenset({"phone"}))
    assert caught.value.code == "digits_lost"


def test_rows_are_numbered_in_each_file(tmp_path: Path) -> None:
    for name in "ab":
        pq.write_table(pa.table({"id": [name, name]}), tmp_path / f"{name}.parquet")
    rows = read_rows(Source(parquet="*.parquet"), folder=tmp_path)
    assert list(zip(rows.files.to_pylist(), rows.lines.to_pylist(), strict=True)) == [
        ("a.parquet", 1),
        ("a.parquet", 2),
        ("b.parquet", 1),
        ("b.parquet", 2),
    ]


def test_the_same_values_have_the_same_digest_as_in_csv(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,phone\n7,255712345678\n")
    table = pa.table({"id": [7], "phone": [255712345678.0]})
    as_csv = read_rows(Source(csv="c.csv"), folder=tmp_path).identity
    assert read(tmp_path, table).identity.digest == as_csv.digest


def test_a_table_without_rows_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read(tmp_path, pa.table({"id": pa.array([], pa.string())}))
    assert caught.value.code == "empty_source"


def test_another_kind_of_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "c.parquet").write_text("id\n1\n")
    with pytest.raises(SourceError) as caught:
        read_rows(Source(parquet="c.parquet"), folder=tmp_path)
    assert caught.value.code == "bad_parquet"


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [str(n) for n in range(50_000)]}), tmp_path / "c.parquet", compression="none")
    data = bytearray((tmp_path / "c.parquet").read_bytes())
    data[4:4000] = b"\xff" * 3996
    (tmp_path / "c.parquet").write_bytes(data)
    with pytest.raises(SourceError) as caught:
        read_rows(Source(parquet="c.parquet"), folder=tmp_path)
    assert caught.value.code == "bad_parquet"


def test_progress_knows_the_total(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": ["x"] * 70_000}), tmp_path / "c.parquet")
    seen: list[tuple[int, int | None]] = []
    read_rows(Source(parquet="c.parquet"), folder=tmp_path, progress=lambda rows, total: seen.append((rows, total)))
    assert seen == [(65_536, 70_000), (70_000, 70_000)]
