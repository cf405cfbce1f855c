"""The rows of one Parquet file, never more text at one time than is bounded, however small the file packs it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config.bounds import BATCH_BYTES, CELL_LETTERS, PACKED_RATIO, TEXT_FREE, WRITTEN_LETTERS
from ampenet_sync.errors import SourceError
from ampenet_sync.files.pages import Page, open_parquet, pages_of
from ampenet_sync.sources.batch import BATCH_ROWS
from ampenet_sync.sources.packed import check_rows
from ampenet_sync.sources.texts import is_text


def bounded_rows(handle: BinaryIO, columns: Sequence[str], *, name: str) -> Iterator[pa.RecordBatch]:
    """These columns of all rows, in the file's order. A text that is repeated may still be packed in a dictionary.

    Raises SourceError `too_large` for pages that are too large, and for more rows or text than such a file tells.
    """
    metadata = open_parquet(handle).metadata
    check_rows(metadata.num_rows, handle.seek(0, os.SEEK_END), name=name)
    pages = pages_of(handle, metadata, columns, name=name)
    rows = rows_at_once(pages, metadata.num_rows)
    file = open_parquet(handle, dictionaries=_long_repeated(handle, columns))
    unpacked, most = 0, max(TEXT_FREE, PACKED_RATIO * handle.seek(0, os.SEEK_END))
    for batch in file.iter_batches(batch_size=rows, columns=list(columns)):
        for piece, size in _pieces(batch):
            unpacked += size
            if unpacked > most:
                message = f"{name}: its texts unpack to more than {PACKED_RATIO} times its size"
                raise SourceError(message, code="too_large", hint="export the customers' own columns alone")
            yield piece


def rows_at_once(columns: list[list[Page]], rows: int) -> int:
    """So many rows that those of no place in the file unpack to more than BATCH_BYTES, if more than one are read."""
    at_once = BATCH_ROWS
    while at_once > 1 and sum(_most_bytes(pages, min(at_once, rows)) for pages in columns) > BATCH_BYTES:
        at_once //= 2
    return at_once


def _most_bytes(pages: list[Page], rows: int) -> int:
    """The most that any so many rows in a row can take of one column: the pages they lie in."""
    data = [page for page in pages if page.rows]
    if not data:
        return 0
    ends = np.cumsum([page.rows for page in data])
    sizes = np.cumsum([0, *(page.size for page in data)])
    starts = ends - np.array([page.rows for page in data])
    last = np.minimum(np.searchsorted(ends, ends - 1 + rows, side="left"), len(data) - 1)
    first_of = np.searchsorted(ends, starts, side="right")
    return int((sizes[last + 1] - sizes[first_of]).max())


def _long_repeated(handle: BinaryIO, columns: Sequence[str]) -> list[str]:
    """Columns whose dictionaries hold a text so long that repeating it in each row would take too much."""
    plain = open_parquet(handle)
    texts = [field.name for field in plain.schema_arrow if field.name in columns and is_text(field.type)]
    if not texts:
        return []
    file, long = open_parquet(handle, dictionaries=texts), set[str]()
    for group in range(file.num_row_groups):
        first = next(file.iter_batches(batch_size=1, row_groups=[group], columns=texts), None)
        for field, column in zip(first.schema, first.columns, strict=True) if first is not None else ():
            if pa.types.is_dictionary(column.type) and _longest(column.dictionary) * BATCH_ROWS > BATCH_BYTES:
                long.add(field.name)
    return sorted(long)


def _longest(texts: pa.Array) -> int:
    return pc.max(pc.binary_length(texts)).as_py() or 0


def _pieces(batch: pa.RecordBatch) -> Iterator[tuple[pa.RecordBatch, int]]:
    """Pieces that take no more than BATCH_BYTES when their dictionaries are resolved, or one row each; and how much."""
    packed = [column for column in batch.columns if pa.types.is_dictionary(column.type)]
    if not packed:
        yield batch, batch.nbytes
        return
    ends = np.cumsum(np.sum([_lengths(column) for column in packed], axis=0))
    start = 0
    while start < batch.num_rows:
        before = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + BATCH_BYTES, side="right")))
        yield batch.slice(start, stop - start), int(ends[stop - 1]) - before
        start = stop


def _lengths(column: pa.DictionaryArray) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Bytes of each row. Of a text that is too long for a cell only the beginning is kept."""
    lengths = pc.fill_null(pc.binary_length(column.dictionary).take(column.indices), 0)
    return np.asarray(pc.if_else(pc.greater(lengths, CELL_LETTERS), WRITTEN_LETTERS, lengths), dtype=np.int64)
