"""Typed Arrow columns → text that says exactly the same: no `None`, no `nan`, no `1500.0`. Text stays as it is."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from ampenet_sync.errors import SourceError

MOST_EXACT = 2**53  # from here on a 64-bit float may have lost digits


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
    if column.type.tz is not None:
        column = column.cast(pa.timestamp(column.type.unit, "UTC"))
    text = _without_zeros(column.cast(pa.string()))
    return pc.replace_substring_regex(text, pattern=r"^(\d{4,}-\d\d-\d\d) ", replacement=r"\1T")


def _without_zeros(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """The fraction of a second without zeros at its end, or none."""
    text = pc.replace_substring_regex(text, pattern=r"\.0+(Z?)$", replacement=r"\1")
    return pc.replace_substring_regex(text, pattern=r"(\.\d*[1-9])0+(Z?)$", replacement=r"\1\2")
