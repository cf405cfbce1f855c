"""Rows handed in by another program: the same texts as from Parquet, whatever pandas holds."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ampenet_sync.errors import SourceError
from ampenet_sync.sources.handed import handed_batches
from tests.sources.reading import whole


def texts(values: Any, **options: Any) -> list[str]:
    """The texts of a frame with this one column."""
    frame = pd.DataFrame({"v": values})
    return [row["v"] for row in whole(list(handed_batches(frame, **options))).rows]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([255712345678, None, "0712"], ["255712345678", "", "0712"]),
        (pd.Series([255712345678, None]), ["255712345678", ""]),
        (pd.Series([255712345678, None], dtype="Int64"), ["255712345678", ""]),
        (pd.Series([1500.0, 0.1, np.nan]), ["1500", "0.1", ""]),
        (pd.Series([1500.0, None, pd.NA, np.nan, pd.NaT, "x"], dtype=object), ["1500", "", "", "", "", "x"]),
        (pd.Series([np.int64(7), np.float64(1.0), np.bool_(True)], dtype=object), ["7", "1", "true"]),
        (pd.Series(["gold", None, "gold"], dtype="category"), ["gold", "", "gold"]),
        (pd.Series([255712345678, 1], dtype="category"), ["255712345678", "1"]),
        (pd.Series(["007", pd.NA], dtype="string"), ["007", ""]),
        (pd.Series([True, None], dtype="boolean"), ["true", ""]),
        (pd.Series([Decimal("1500.50"), None]), ["1500.50", ""]),
        (pd.Series([pd.Timestamp("2026-11-30 09:05"), pd.NaT]), ["2026-11-30T09:05:00", ""]),
        (pd.Series([pd.Timestamp("2026-11-30 09:05"), "x"], dtype=object), ["2026-11-30T09:05:00", "x"]),
        (pd.Series([datetime.date(2026, 11, 30), None]), ["2026-11-30", ""]),
        (pd.Series([255712345678], dtype=pd.ArrowDtype(pa.int64())), ["255712345678"]),
        (pd.Series([10**30, 1], dtype=object), ["1" + "0" * 30, "1"]),
    ],
)
def test_whatever_pandas_holds_becomes_the_text_it_says(values: Any, expected: list[str]) -> None:
    assert texts(values) == expected


def test_the_index_is_no_column_and_its_order_no_matter() -> None:
    frame = pd.DataFrame({"id": [1, 2]}, index=["b", "a"])
    found = whole(list(handed_batches(frame, name="shop")))
    assert found.rows == [{"id": "1"}, {"id": "2"}] and found.lines == [1, 2] and found.files == ["shop"]


@pytest.mark.parametrize("values", [[b"0712"], [["0712"]], [{"a": 1}], [object()]])
def test_what_is_no_text_is_refused(values: list[Any]) -> None:
    with pytest.raises(SourceError, match="column v") as caught:
        texts(values)
    assert caught.value.code == "unreadable_column"


def test_two_columns_of_one_name_and_names_that_are_no_text_are_refused() -> None:
    for columns, code in ((["a", "a"], "duplicate_column"), (["a", 1], "handed_in")):
        with pytest.raises(SourceError) as caught:
            list(handed_batches(pd.DataFrame([[1, 2]], columns=columns)))
        assert caught.value.code == code


@pytest.mark.parametrize("data", [{"id": [1]}, [{"id": 1}], "customers.csv", None])
def test_anything_else_is_refused_with_what_may_be_handed_in(data: Any) -> None:
    with pytest.raises(SourceError) as caught:
        list(handed_batches(data))
    assert caught.value.code == "handed_in" and "Arrow" in caught.value.hint


def test_floats_of_an_exact_column_are_not_rounded_silently() -> None:
    assert texts([255712345678.0, 2.5e17], exact=frozenset({"v"})) == ["255712345678", "2.5e+17"]
    with pytest.raises(SourceError) as caught:
        texts(pd.Series([1.0], dtype="float32"), exact=frozenset({"v"}))
    assert caught.value.code == "digits_lost"


@pytest.mark.parametrize("short", [np.float32, np.float16])
def test_a_short_float_among_objects_is_refused_as_a_column_of_them_is(short: type[np.floating[Any]]) -> None:
    values = pd.Series(["0712345679", short(2048)], dtype=object)
    with pytest.raises(SourceError, match="column v") as caught:
        texts(values, exact=frozenset({"v"}))
    assert caught.value.code == "digits_lost" and caught.value.hint
    assert texts(values) == ["0712345679", "2048"]


def test_arrow_tables_and_duckdb_relations_are_read() -> None:
    there = pa.table({"id": [1, None], "v": pa.array(["a", "b"]).dictionary_encode()})
    for data in (there, duckdb.sql("select * from there")):
        assert whole(list(handed_batches(data))).rows == [{"id": "1", "v": "a"}, {"id": "", "v": "b"}]


def test_other_ways_to_pack_a_column_say_the_same() -> None:
    runs = pa.RunEndEncodedArray.from_arrays(pa.array([2, 3], pa.int32()), pa.array(["a", "b"]))
    table = pa.table({"run": runs, "view": pa.array(["x", None, "z"], pa.string_view())})
    assert whole(list(handed_batches(table))).rows[1] == {"run": "a", "view": ""}


def test_a_reader_is_consumed_as_it_streams() -> None:
    taken: list[int] = []

    def parts() -> Iterator[pa.RecordBatch]:
        for number in range(4):
            taken.append(number)
            yield pa.record_batch({"id": [number] * 50_000})

    schema = pa.schema([("id", pa.int64())])
    batches = handed_batches(pa.RecordBatchReader.from_batches(schema, parts()))
    first = next(batches)
    assert first.lines[0].as_py() == 1 and len(taken) <= 2
    assert [batch.lines[0].as_py() for batch in batches] == [50_001, 100_001, 150_001]


def test_a_reader_that_breaks_off_is_an_error_and_no_short_list() -> None:
    def parts() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch({"id": [1]})
        raise OSError("connection to 0712345678 lost")

    batches = handed_batches(pa.RecordBatchReader.from_batches(pa.schema([("id", pa.int64())]), parts()))
    with pytest.raises(SourceError) as caught:
        list(batches)
    assert caught.value.code == "handed_in" and "0712345678" not in str(caught.value)


def test_a_type_that_changes_between_the_parts_of_a_frame_makes_no_other_text() -> None:
    values = pd.Series([1] * 70_000 + ["x"], dtype=object)
    found = texts(values)
    assert found[0] == "1" and found[-1] == "x" and len(found) == 70_001
