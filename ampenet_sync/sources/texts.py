"""Values, Arrow's columns or Python's own → text that says exactly the same: no `None`, no `nan`, no `1500.0`.

Both ways write the same value alike. Text stays as it is; bytes and structures are refused, not guessed at.
"""

from __future__ import annotations

import datetime
import math
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from ampenet_sync.errors import SourceError

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

MOST_EXACT = 2**53  # from here on a 64-bit float may have lost digits

_TEXT = {str, type(None)}

# What a query says for a column whose values are no text, and for one of bytes that hold text.
_CAST = {"postgresql": "cast({0} as text)", "mysql": "cast({0} as char)", "mariadb": "cast({0} as char)"}
_DECODED = {"postgresql": "convert_from({0}, 'UTF8')"}
_ELSEWHERE = "cast({0} as varchar(255))"


def to_text(column: pa.ChunkedArray, *, name: str, exact: bool = False) -> pa.ChunkedArray:
    """Null and NaN become "", whole floats lose their `.0`, moments are written as ISO 8601.

    In an `exact` column a float that may have lost digits is written as 9.1e+15, which nobody takes for a phone.
    Raises SourceError `unreadable_column` for bytes, lists and structures.
    """
    column = unpacked(column)
    kind = column.type
    if pt.is_floating(kind):
        text = pa.chunked_array([_floats(chunk, exact) for chunk in column.chunks], pa.string())
    elif pt.is_decimal(kind):
        text = _decimals(column)
    elif pt.is_timestamp(kind):
        text = _moments(column)
    elif pt.is_time(kind):
        text = _without_zeros(column.cast(pa.string()))
    elif _is_plain(kind):
        text = column.cast(pa.string())
    else:
        hint = "leave the column out of the source, or write it there as text"
        raise SourceError(f"column {name} is of type {kind}, which is no text", code="unreadable_column", hint=hint)
    return pc.fill_null(text, "")


def float_text(value: float) -> str:
    """`1500.0` → `1500`, `0.1` → `0.1`, NaN → ""; never in scientific notation where the number is whole."""
    if math.isnan(value):
        return ""
    return str(int(value)) if math.isfinite(value) and value.is_integer() else repr(value)


def _exact_float_text(value: float) -> str:
    if math.isfinite(value) and abs(value) >= MOST_EXACT:
        return np.format_float_scientific(value)
    return float_text(value)


def unpacked(column: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """The values themselves, out of dictionaries, runs and extension types."""
    kind = column.type
    if pt.is_run_end_encoded(kind):
        return unpacked(pc.run_end_decode(column))
    if pt.is_dictionary(kind):
        return unpacked(column.cast(kind.value_type))
    if isinstance(kind, pa.UuidType):
        return _uuids(column)
    return unpacked(column.cast(kind.storage_type)) if isinstance(kind, pa.BaseExtensionType) else column


def is_text(kind: pa.DataType) -> bool:
    return any(test(kind) for test in (pt.is_string, pt.is_large_string, pt.is_string_view))


def is_writable(kind: pa.DataType) -> bool:
    """Whether a column of this type can be said as text."""
    kind = _values(kind)
    return pt.is_floating(kind) or pt.is_timestamp(kind) or pt.is_time(kind) or _is_plain(kind)


def _values(kind: pa.DataType) -> pa.DataType:
    """The type of the values themselves, whatever way they are packed."""
    if pt.is_dictionary(kind) or pt.is_run_end_encoded(kind):
        return _values(kind.value_type)
    if isinstance(kind, pa.UuidType):
        return pa.string()
    return _values(kind.storage_type) if isinstance(kind, pa.BaseExtensionType) else kind


def _uuids(column: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    texts = [None if value is None else str(value) for value in column.to_pylist()]
    return pa.array(texts, pa.string()) if isinstance(column, pa.Array) else pa.chunked_array([texts], pa.string())


def _decimals(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Arrow writes very small ones, a zero with many places among them, and those of negative scale as `0E-9`."""
    text = column.cast(pa.string()) if column.type.scale >= 0 else None
    if text is not None and not pc.any(pc.match_substring(text, pattern="E")).as_py():
        return text
    plain = [None if value is None else format(value, "f") for value in column.to_pylist()]
    return pa.chunked_array([plain], pa.string())


def _is_plain(kind: pa.DataType) -> bool:
    tests = (pt.is_integer, pt.is_decimal, pt.is_boolean, pt.is_date, pt.is_null)
    return is_text(kind) or any(test(kind) for test in tests)


def _floats(chunk: pa.Array, exact: bool) -> pa.Array:
    if pt.is_float64(chunk.type):
        write = _exact_float_text if exact else float_text
        texts = [None if value is None else write(value) for value in chunk.to_pylist()]
    else:  # a short float is written as short as it is: 0.1, not 0.10000000149011612
        texts = [
            None if value is None else float_text(float(str(value))) for value in chunk.to_numpy(zero_copy_only=False)
        ]
    return pa.array(texts, pa.string())


def _moments(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """In UTC where there is a zone: the same moment is the same text, and no time zone database is needed."""
    zoned = column.type.tz is not None
    if zoned:
        column = column.cast(pa.timestamp(column.type.unit, "UTC")).cast(pa.timestamp(column.type.unit))
    text = _without_zeros(column.cast(pa.string()))
    text = pc.binary_join_element_wise(text, "Z", "") if zoned else text  # Arrow's own way takes forty times as long
    return pc.replace_substring_regex(text, pattern=r"^(\d{4,}-\d\d-\d\d) ", replacement=r"\1T")


def _without_zeros(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """The fraction of a second without zeros at its end, or none."""
    text = pc.replace_substring_regex(text, pattern=r"\.0+(Z?)$", replacement=r"\1")
    return pc.replace_substring_regex(text, pattern=r"(\.\d*[1-9])0+(Z?)$", replacement=r"\1\2")


def column_text(values: list[Any], *, name: str, dialect: Dialect | None = None) -> pa.Array:
    """One column; null is "". Raises SourceError `unreadable_column` for a value that is no text, number or moment.

    `dialect` is that of the database they come from, None for no database: it decides what the hint says.
    """
    if not set(map(type, values)) <= _TEXT:
        values = [_text(value, name, dialect) for value in values]
    return pa.array(["" if value is None else value for value in values], pa.string())


def _text(value: Any, name: str, dialect: Dialect | None) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | uuid.UUID():
            return str(value)
        case Decimal():
            return "" if value.is_nan() else format(value, "f")
        case float():
            return float_text(value)
        case datetime.datetime():
            return _moment(value)
        case datetime.date():
            return value.isoformat()
        case datetime.time():
            return _short(value.isoformat()) if value.tzinfo is None else value.isoformat()
        case datetime.timedelta():
            return duration_text(value)
    message = f"column {name} holds {type(value).__name__}, which is no text"
    raise SourceError(message, code="unreadable_column", hint=_way_out(value, name, dialect))


def _way_out(value: Any, name: str, dialect: Dialect | None) -> str:
    if dialect is None:
        return "make text of the column's values before they are handed in, or leave the column out"
    casts = {**_CAST, **_DECODED} if isinstance(value, bytes | memoryview) else _CAST
    column = dialect.identifier_preparer.quote(name)
    expression = casts.get(dialect.name, _ELSEWHERE).format(column)
    return f"in customers.source.sql.query write {expression} as {column}, or leave the column out"


def duration_text(length: datetime.timedelta) -> str:
    """Hours, minutes and seconds, as spreadsheets and MariaDB's TIME have them: `26:30:00`."""
    whole = abs(length)
    minutes, seconds = divmod(whole.seconds, 60)
    clock = f"{whole.days * 24 + minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    fraction = f".{whole.microseconds:06d}" if whole.microseconds else ""
    return ("-" if length < datetime.timedelta() else "") + _short(clock + fraction)


def _moment(value: datetime.datetime) -> str:
    """In UTC where there is a zone, so that the session's time zone makes no other text of the same moment."""
    if value.tzinfo is None:
        return _short(value.isoformat())
    try:
        return _short(value.astimezone(datetime.UTC).replace(tzinfo=None).isoformat()) + "Z"
    except OverflowError:  # in UTC it lies beyond the years Python has
        return value.isoformat()


def _short(moment: str) -> str:
    """A fraction of a second without zeros at its end."""
    return moment.rstrip("0") if "." in moment else moment
