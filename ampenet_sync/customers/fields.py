"""Custom fields: columns of the source → the text that a template or the platform gets. Their length: see `judge`."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config import Customers
from ampenet_sync.config.types import NumberForm, Type, kind_of
from ampenet_sync.customers.numbers import plain_numbers
from ampenet_sync.customers.tidy import tidy
from ampenet_sync.customers.typed import read_typed


def field_column(tag: str) -> str:
    """Under which name a custom field stands beside the customers."""
    return f"field.{tag}"


def field_columns(customers: Customers) -> list[str]:
    return [field_column(tag) for tag in customers.fields]


def field_texts(table: pa.Table, customers: Customers, *, zone: str) -> dict[str, pa.ChunkedArray]:
    """`field.TAG` → its texts. Untyped text is tidied like a name and else left as it is written.

    `table` holds what the cells say. Typed text has one form for one value: integer `1500.0` → `1500`, number
    `+07.50` → `7.5`, date `2026-11-30T08:00` → `2026-11-30`, boolean `Ndiyo` → `true`. What is blank or at fault is "".
    """
    return {
        field_column(tag): field_text(table[column], customers.types.get(column, "text"), zone=zone)
        for tag, column in customers.fields.items()
    }


def field_text(column: pa.ChunkedArray, type: Type, *, zone: str) -> pa.ChunkedArray:
    if type == "text":
        return tidy(column)
    if kind_of(type) == "number":
        form = type if isinstance(type, NumberForm) else None
        return _numbers(pc.fill_null(plain_numbers(pc.utf8_trim_whitespace(column), form), ""))
    return pc.fill_null(read_typed(column, type, zone=zone).values.cast(pa.string()), "")


def _numbers(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """Written without needless zeros and exponent. Never by way of a float: all its digits stay."""
    distinct = pc.unique(text)
    plain = pa.array([_plain(cell) for cell in distinct.to_pylist()], pa.string())
    return pa.chunked_array([plain.take(pc.index_in(chunk, distinct)) for chunk in text.chunks], pa.string())


def _plain(number: str) -> str:
    if not number:
        return ""
    written = format(Decimal(number), "f")
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return "0" if written in ("-0", "") else written
