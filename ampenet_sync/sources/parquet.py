"""Parquet files → batches of text. Phones that were stored as short floats have lost digits and are refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as pt

from ampenet_sync.errors import SourceError
from ampenet_sync.sources.batch import BATCH_ROWS, Batch
from ampenet_sync.sources.files import find_files, shown, unchanged
from ampenet_sync.sources.header import check_names, check_same
from ampenet_sync.sources.totext import to_text


def parquet_batches(pattern: str, *, folder: Path, exact: frozenset[str]) -> Iterator[Batch]:
    """Every row of every file; lines are numbers of rows. `exact` are columns that must not have lost digits."""
    paths = find_files(pattern, folder)
    first: tuple[str, list[str]] | None = None
    total = sum(_rows(path, shown(path, folder)) for path in paths)
    for path in paths:
        name = shown(path, folder)
        with unchanged(path, name=name) as size, path.open("rb") as handle:
            file = _open(handle, name)
            header = file.schema_arrow.names
            check_names(header, name=name)
            first = first or (name, header)
            check_same(first, (name, header))
            _check_exact(file.schema_arrow, exact, name)
            yield from _batches(file, name, size, total)


def _batches(file: pq.ParquetFile, name: str, size: int, total: int) -> Iterator[Batch]:
    start = 0
    for part in _record_batches(file, name):
        table = pa.Table.from_batches([part])
        columns = [to_text(table.column(at), name=column) for at, column in enumerate(table.column_names)]
        lines = pa.array(range(start + 1, start + 1 + part.num_rows), pa.int64())
        yield Batch(pa.table(columns, names=table.column_names), name, lines, 0 if start else size, total)
        start += part.num_rows


def _record_batches(file: pq.ParquetFile, name: str) -> Iterator[pa.RecordBatch]:
    try:
        yield from file.iter_batches(batch_size=BATCH_ROWS)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError):
        raise _damaged(name) from None


def _rows(path: Path, name: str) -> int:
    with unchanged(path, name=name), path.open("rb") as handle:
        return int(_open(handle, name).metadata.num_rows)


def _open(handle: object, name: str) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(handle)
    except (pa.ArrowInvalid, OSError):
        raise _damaged(name) from None


def _damaged(name: str) -> SourceError:
    return SourceError(f"{name} can't be read as Parquet", code="bad_parquet", hint="export it anew")


def _check_exact(schema: pa.Schema, exact: frozenset[str], name: str) -> None:
    for field in schema:
        if field.name in exact and (pt.is_float32(field.type) or pt.is_float16(field.type)):
            hint = "write the column as text, or as a 64-bit integer"
            message = f"{name}: column {field.name} is of type {field.type}, which can't hold all digits of a phone"
            raise SourceError(message, code="digits_lost", hint=hint)
