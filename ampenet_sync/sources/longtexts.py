"""Texts longer than any cell: cut to their beginning, and the rows they stand in, before anything is unpacked."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from ampenet_sync.config.bounds import CELL_LETTERS, WRITTEN_LETTERS
from ampenet_sync.sources.totext import is_text

Bools: TypeAlias = np.ndarray[tuple[int], np.dtype[np.bool_]]


def without_long(part: pa.RecordBatch) -> tuple[pa.RecordBatch, Bools]:
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
