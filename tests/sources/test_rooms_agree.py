"""Whatever our readers write for a value, `types:` reads as the same value, or tells plainly that it does not."""

from __future__ import annotations

import math
import uuid
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ampenet_sync.config import Source
from ampenet_sync.config.types import Kind
from ampenet_sync.customers.typed import read_typed
from ampenet_sync.errors import SourceError
from ampenet_sync.sources import Batch, open_batches
from ampenet_sync.sources.handed import handed_batches
from tests.examples import examples

ZONE = "Africa/Dar_es_Salaam"
FITS = range(-(2**63), 2**63)

dates = st.dates(date(1, 1, 1), date(9999, 12, 31))
moments = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1))


def read(values: pa.Array, kind: Kind) -> list[Any]:
    """What the type makes of the texts our reader writes; "misfit" where it makes nothing of them."""
    (batch,) = handed_batches(pa.table({"v": values}), needed=frozenset({"v"}))
    return of_batch(batch, kind)


def arrays(values: st.SearchStrategy[Any], kind: pa.DataType) -> st.SearchStrategy[pa.Array]:
    return st.lists(st.none() | values, min_size=1, max_size=8).map(lambda drawn: pa.array(drawn, kind))


INTEGERS = [(getattr(pa, f"{sign}int{bits}")(), sign, bits) for sign in ("", "u") for bits in (8, 16, 32, 64)]


@pytest.mark.parametrize(("kind", "sign", "bits"), INTEGERS, ids=str)
@examples(30)
@given(data=st.data())
def test_every_integer_is_read_as_itself(kind: pa.DataType, sign: str, bits: int, data: st.DataObject) -> None:
    low, high = (0, 2**bits - 1) if sign else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    column = data.draw(arrays(st.integers(low, high), kind))
    assert read(column, "integer") == [
        value if value is None or value in FITS else "misfit" for value in column.to_pylist()
    ]


@pytest.mark.parametrize("width", [16, 32, 64])
@examples(60)
@given(data=st.data())
def test_every_float_is_read_as_itself(width: Any, data: st.DataObject) -> None:
    kind = {16: pa.float16(), 32: pa.float32(), 64: pa.float64()}[width]
    column = data.draw(arrays(st.floats(width=width), kind))
    short = {16: np.float16, 32: np.float32, 64: np.float64}[width]
    for value, number in zip(column.to_pylist(), read(column, "number"), strict=True):
        if value is None or math.isnan(value):
            assert number is None
        else:
            assert number == "misfit" if math.isinf(value) else short(number) == short(value)


@pytest.mark.parametrize(
    "kind",
    [pa.decimal32(9, 2), pa.decimal64(18, 3), pa.decimal128(38, 9), pa.decimal256(40, 0), pa.decimal128(5, -2)],
    ids=str,
)
@examples(30)
@given(data=st.data())
def test_every_decimal_is_read_as_itself(kind: Any, data: st.DataObject) -> None:
    numbers = st.integers(-(10**5) + 1, 10**5 - 1).map(lambda number: Decimal(number).scaleb(-kind.scale))
    column = data.draw(arrays(numbers, kind))
    assert read(column, "number") == [None if value is None else float(value) for value in column.to_pylist()]
    whole = [value if value is None or value == int(value) else "misfit" for value in column.to_pylist()]
    assert read(column, "integer") == whole


@examples(30)
@given(arrays(st.booleans(), pa.bool_()))
def test_every_boolean_is_read_as_itself(column: pa.Array) -> None:
    assert read(column, "boolean") == column.to_pylist()
    stored = column.cast(pa.int8())
    assert read(pa.ExtensionArray.from_storage(pa.bool8(), stored), "boolean") == column.to_pylist()


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64()], ids=str)
@examples(30)
@given(data=st.data())
def test_every_date_is_read_as_itself(kind: pa.DataType, data: st.DataObject) -> None:
    column = data.draw(arrays(dates, kind))
    assert read(column, "date") == column.to_pylist()


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Africa/Nairobi", "America/New_York", "+05:45"])
@examples(20)
@given(data=st.data())
def test_every_timestamp_is_read_as_its_day(unit: Any, zone: str | None, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(st.none() | moments, min_size=1, max_size=8))
    drawn = [each if each is None or unit != "s" else each.replace(microsecond=0) for each in drawn]
    drawn = [each if each is None or unit != "ms" else each.replace(microsecond=0) for each in drawn]
    days = read(pa.array(drawn, pa.timestamp(unit, zone)), "date")
    if zone is not None:  # Arrow holds them in UTC
        drawn = [None if each is None else each.replace(tzinfo=UTC).astimezone(ZoneInfo(ZONE)) for each in drawn]
    assert days == [None if each is None else each.date() for each in drawn]


def test_days_beyond_the_years_that_people_write_are_misfits() -> None:
    assert read(pa.array([2**21, -(2**21)], pa.int32()).cast(pa.date32()), "date")[1] == "misfit"
    assert read(pa.array([2**22, 253_402_300_800], pa.int64()).cast(pa.timestamp("s", "UTC")), "date")[1] == "misfit"


TEXTS = [pa.string(), pa.large_string(), pa.string_view()]


@pytest.mark.parametrize("kind", TEXTS, ids=str)
@examples(30)
@given(data=st.data())
def test_every_text_stays_as_it_is(kind: pa.DataType, data: st.DataObject) -> None:
    column = data.draw(arrays(st.text(st.characters(exclude_categories=["Cs"])), kind))
    assert read(column, "text") == [value or "" for value in column.to_pylist()]


@pytest.mark.parametrize(
    ("column", "kind", "values"),
    [
        (pa.array(["7", None, "7"]).dictionary_encode(), "integer", [7, None, 7]),
        (pa.array([1.5, None, 1.5]).dictionary_encode(), "number", [1.5, None, 1.5]),
        (pa.array([date(2026, 1, 2), None]).dictionary_encode(), "date", [date(2026, 1, 2), None]),
        (pa.RunEndEncodedArray.from_arrays(pa.array([2, 3], pa.int32()), pa.array([True, None])), "boolean",
         [True, True, None]),
        (pa.RunEndEncodedArray.from_arrays(pa.array([1, 2], pa.int32()), pa.array([7, 8])), "integer", [7, 8]),
        (pa.array([uuid.UUID(int=7).bytes, None], pa.uuid()), "text", [str(uuid.UUID(int=7)), ""]),
        (pa.array(['{"a":1}', None], pa.json_()), "text", ['{"a":1}', ""]),
        (pa.array([time(9, 5), None], pa.time32("s")), "text", ["09:05:00", ""]),
        (pa.array([time(9, 5, 0, 500), None], pa.time64("ns")), "text", ["09:05:00.0005", ""]),
    ],
    ids=lambda given: str(getattr(given, "type", "")) or None,
)  # fmt: skip
def test_a_value_is_the_same_however_it_is_packed(column: pa.Array, kind: Kind, values: list[object]) -> None:
    assert read(column, kind) == values


@pytest.mark.parametrize("kind", ["integer", "number", "date", "boolean"])
@pytest.mark.parametrize("held", [pa.null(), pa.string(), pa.int64(), pa.timestamp("us", "UTC"), pa.bool_()], ids=str)
def test_null_is_blank_in_every_type_and_never_a_misfit(kind: Kind, held: pa.DataType) -> None:
    assert read(pa.array([None, None], held), kind) == [None, None]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([b"0712"]),
        pa.array([b"0712"], pa.large_binary()),
        pa.array([b"0712"], pa.binary_view()),
        pa.array([b"0712"], pa.binary(4)),
        pa.array([timedelta(hours=1)], pa.duration("s")),
        pa.array([(1, 2, 3)], pa.month_day_nano_interval()),
        pa.array([[1]], pa.list_(pa.int64())),
        pa.array([[1]], pa.large_list(pa.int64())),
        pa.array([{"a": 1}], pa.struct([("a", pa.int64())])),
        pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())),
        pa.ExtensionArray.from_storage(pa.opaque(pa.binary(), "point", "maps"), pa.array([b"x"])),
    ],
    ids=lambda column: str(column.type),
)
def test_what_is_no_text_is_refused_where_it_is_needed(column: pa.Array) -> None:
    with pytest.raises(SourceError) as refused:
        read(column, "text")
    assert refused.value.code == "unreadable_column"


@examples(60)
@given(moments, st.integers(-14 * 60, 14 * 60), st.sampled_from("T "), st.sampled_from(["", " "]))
def test_every_spelling_of_a_moment_is_the_same_day(moment: datetime, minutes: int, mark: str, blank: str) -> None:
    there = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    offset = f"{there:%z}"
    zones = {offset, f"{offset[:3]}:{offset[3:]}", *([offset[:3]] if offset.endswith("00") else [])}
    zones |= {"Z", "UTC"} if offset == "+0000" else set()
    texts = [f"{moment:%Y-%m-%d}{mark}{moment:%H:%M:%S.%f}{blank}{zone}" for zone in sorted(zones)]
    expected = there.astimezone(ZoneInfo(ZONE)).date()
    assert read(pa.array(texts), "date") == [expected] * len(texts)


def of_batch(batch: Batch, kind: Kind) -> list[Any]:
    typed = read_typed(batch.table["v"], kind, zone=ZONE)
    pairs = zip(typed.values.to_pylist(), typed.bad.to_pylist(), strict=True)
    return ["misfit" if bad else value for value, bad in pairs]


@pytest.mark.parametrize(
    ("values", "kind", "read_as"),
    [
        ([7, -7, 2**53], "integer", [7, -7, 2**53]),
        ([1.5, -0.25, 1500.0, 1e-7], "number", [1.5, -0.25, 1500.0, 1e-7]),
        ([True, False], "boolean", [True, False]),
        ([date(2026, 1, 2), datetime(2026, 1, 2, 22, 30)], "date", [date(2026, 1, 2)] * 2),
        ([timedelta(hours=26, minutes=30)], "date", ["misfit"]),
        (["gold", "007"], "text", ["gold", "007"]),
    ],
)
def test_every_cell_of_a_workbook_is_read_as_itself(
    tmp_path: Path, values: list[Any], kind: Kind, read_as: list[Any]
) -> None:
    book = openpyxl.Workbook()
    for row in [("id", "v"), *enumerate(values)]:
        book.active.append(row)
    book.save(tmp_path / "c.xlsx")
    (batch,) = open_batches(Source(xlsx="c.xlsx"), folder=tmp_path, needed=frozenset({"id", "v"}))
    assert of_batch(batch, kind) == read_as


@pytest.mark.parametrize(
    ("expression", "kind", "value"),
    [
        ("7::hugeint", "integer", 7),
        ("170141183460469231731687303715884105727::hugeint", "integer", "misfit"),
        ("1.5::decimal(18,3)", "number", 1.5),
        ("0::decimal(38,18)", "integer", 0),
        ("'2026-01-01 22:30:00+00'::timestamptz", "date", date(2026, 1, 2)),
        ("'2026-01-01 22:30:00'::timestamp_ns", "date", date(2026, 1, 1)),
        ("'infinity'::timestamptz", "date", "misfit"),
        ("'-infinity'::date", "date", "misfit"),
        ("'0044-01-01 (BC)'::date", "date", "misfit"),
        ("'gold'::enum('gold', 'silver')", "text", "gold"),
        ("'00000000-0000-0000-0000-000000000007'::uuid", "text", str(uuid.UUID(int=7))),
    ],
)
def test_every_value_of_a_duckdb_relation_is_read_as_itself(expression: str, kind: Kind, value: object) -> None:
    (batch,) = handed_batches(duckdb.sql(f"select {expression} as v"), needed=frozenset({"v"}))
    assert of_batch(batch, kind) == [value]
