"""Typed Arrow rows → batches of text, for Parquet and for what is handed in. No file is opened here."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from ampenet_sync.config.bounds import CELL_LETTERS, WRITTEN_LETTERS
from ampenet_sync.errors import SourceError
from ampenet_sync.sources.batch import Batch, written_row
from ampenet_sync.sources.header import column_names
from ampenet_sync.sources.texts import is_text, is_writable, to_text, unpacked

Bools: TypeAlias = np.ndarray[tuple[int], np.dtype[np.bool_]]


def named(schema: pa.Schema, needed: frozenset[str], *, name: str) -> pa.Schema:
    """The columns under the names they bear inside; raises what `column_names` raises."""
    names = column_names(schema.names, name=name, needed=needed)
    return pa.schema([field.with_name(inside) for field, inside in zip(schema, names, strict=True)])


def readable(schema: pa.Schema, needed: frozenset[str]) -> list[str]:
    """The columns to read: all, but for those that are no text while `needed` tells that nobody needs them."""
    return [field.name for field in schema if field.name in needed or not needed or is_writable(field.type)]


def check_exact(schema: pa.Schema, exact: frozenset[str], *, name: str) -> None:
    """Raises SourceError `digits_lost` for a short float in a column that must be exact."""
    for field in schema:
        if field.name in exact and (pt.is_float32(field.type) or pt.is_float16(field.type)):
            hint = "write the column as text, or as a 64-bit integer"
            message = f"{name}: column {field.name} is of type {field.type}, which can't hold all digits of a phone"
            raise SourceError(message, code="digits_lost", hint=hint)


def text_batch(
    part: pa.RecordBatch,
    name: str,
    start: int,
    exact: frozenset[str],
    size: int,
    total: int | None,
    modified: float | None = None,
) -> Batch:
    """A batch of these rows, the first of which is number `start` + 1.

    Text that is no UTF-8, or longer than a cell may be, is a fault of its row.
    """
    part, long = _without_long(part)
    whole = pa.RecordBatch.from_arrays([unpacked(column) for column in part.columns], names=part.schema.names)
    part, faults, written = _quarantined(whole, long)
    columns = [
        to_text(pa.chunked_array([part.column(at)]), name=column, exact=column in exact)
        for at, column in enumerate(part.schema.names)
    ]
    lines = pa.array(range(start + 1, start + 1 + part.num_rows), pa.int64())
    table = pa.table(columns, names=part.schema.names)
    return Batch(table, name, lines, size, total, faults, written, modified)


def _quarantined(part: pa.RecordBatch, long: Bools) -> tuple[pa.RecordBatch, pa.Array | None, pa.Array | None]:
    """Blank the rows with bytes that are no UTF-8, which Arrow itself doesn't look at, and the `long` ones."""
    bad = long.copy()
    for column in part.columns:
        if is_text(column.type) and not _is_sound(column):
            bad |= np.array([not _decodes(value) for value in column.cast(_binary(column.type)).to_pylist()])
    if not bad.any():
        return part, None, None
    where = pa.array(bad)
    written = ["" if not wrong else _written(part.slice(at, 1)) for at, wrong in enumerate(bad.tolist())]
    blank = [pc.if_else(where, pa.scalar(None, column.type), column) for column in part.columns]
    faults = pc.if_else(pa.array(long), "cell_too_long", pc.if_else(where, "unreadable_bytes", ""))
    return pa.RecordBatch.from_arrays(blank, schema=part.schema), faults, pa.array(written, pa.string())


def _is_sound(column: pa.Array) -> bool:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _binary(kind: pa.DataType) -> pa.DataType:
    return pa.large_binary() if pt.is_large_string(kind) else pa.binary()


def _decodes(value: bytes | None) -> bool:
    try:
        return value is None or value.decode("utf-8") is not None
    except UnicodeDecodeError:
        return False


def _written(row: pa.RecordBatch) -> str:
    """One row as a line of CSV, each byte that is no text as the sign for that."""
    cells = []
    for name, column in zip(row.schema.names, row.columns, strict=True):
        if is_text(column.type):
            value = column.cast(_binary(column.type))[0].as_py()
            cells.append((value or b"").decode("utf-8", "replace"))
        else:
            cells.append(to_text(pa.chunked_array([column]), name=name)[0].as_py())
    return written_row(cells)


def _without_long(part: pa.RecordBatch) -> tuple[pa.RecordBatch, Bools]:
    """The same rows, and where one of their texts had more than CELL_LETTERS. Dictionaries stay as they are packed."""
    long, columns = np.zeros(part.num_rows, dtype=bool), list(part.columns)
    for at, column in enumerate(columns):
        if pt.is_dictionary(column.type) and is_text(column.type.value_type):
            texts, too_long = _cut(column.dictionary)
            if too_long.any():
                columns[at] = pa.DictionaryArray.from_arrays(column.indices, texts)
                indices = np.asarray(pc.fill_null(column.indices, 0), dtype=np.int64)
                long |= too_long[indices] & np.asarray(column.is_valid(), dtype=bool)
        elif is_text(column.type):
            columns[at], too_long = _cut(column)
            long |= too_long
    return (pa.RecordBatch.from_arrays(columns, names=part.schema.names), long) if long.any() else (part, long)


def _cut(texts: pa.Array) -> tuple[pa.Array, Bools]:
    """Letters are counted only where there are bytes enough for them."""
    if pt.is_string_view(texts.type):
        texts = texts.cast(pa.large_string())
    too_long = np.zeros(len(texts), dtype=bool)
    suspects = pc.indices_nonzero(pc.fill_null(pc.greater(pc.binary_length(texts), CELL_LETTERS), False))
    for at in suspects.to_pylist():
        too_long[at] = pc.utf8_length(texts[at]).as_py() > CELL_LETTERS
    if not too_long.any():
        return texts, too_long
    texts = texts.cast(pa.large_string()) if not pt.is_large_string(texts.type) else texts
    raw = texts.cast(pa.large_binary())
    cut = pc.if_else(pa.array(too_long), pc.binary_slice(raw, 0, WRITTEN_LETTERS), raw)
    return cut.cast(pa.large_string(), safe=False), too_long
