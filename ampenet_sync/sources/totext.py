"""Typed Arrow columns → text that says exactly the same: no `None`, no `nan`, no `1500.0`. Text stays as it is."""

from __future__ import annotations

import math

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from ampenet_sync.errors import SourceError


def to_text(column: pa.ChunkedArray, *, name: str) -> pa.ChunkedArray:
    """Null and NaN become "", whole floats lose their `.0`, moments are written as ISO 8601.

    Raises SourceError `unreadable_column` for bytes, lists and structures.
    """
    kind = column.type.value_type if pt.is_dictionary(column.type) else column.type
    if pt.is_dictionary(column.type):
        column = column.cast(kind)
    if pt.is_floating(kind):
        text = pa.chunked_array([_floats(chunk) for chunk in column.chunks], pa.string())
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


def _is_plain(kind: pa.DataType) -> bool:
    tests = (
        pt.is_string,
        pt.is_large_string,
        pt.is_string_view,
        pt.is_integer,
        pt.is_decimal,
        pt.is_boolean,
        pt.is_date,
    )
    return pt.is_null(kind) or any(test(kind) for test in tests)


def _floats(chunk: pa.Array) -> pa.Array:
    if pt.is_float64(chunk.type):
        texts = [None if value is None else float_text(value) for value in chunk.to_pylist()]
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
