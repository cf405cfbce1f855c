"""Parquet files → batches of text. Phones that were stored as short floats have lost digits and are refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from ampenet_sync.config.headings import heading
from ampenet_sync.errors import SourceError
from ampenet_sync.files.pages import Unreadable, open_parquet
from ampenet_sync.sources.arrow import check_exact, named, readable, text_batch
from ampenet_sync.sources.batch import Batch
from ampenet_sync.sources.files import files_changed, unchanged
from ampenet_sync.sources.header import check_same
from ampenet_sync.sources.kinds import HEAD, FileKind, kind_of
from ampenet_sync.sources.parquet.files import ParquetPath, find_parquet
from ampenet_sync.sources.parquet.rows import bounded_rows

# What a file that can't be read may be instead.
_INSTEAD = {
    FileKind.SEALED_PARQUET: "it is encrypted: write it without encryption",
    FileKind.ZIP: "it is a zip file or a workbook: write customers.source as {xlsx: …}, or unpack it",
    FileKind.GZIP: "it is packed with gzip: unpack it",
    FileKind.ARROW: "it is an Arrow file: write it as Parquet",
}


def parquet_batches(
    pattern: str, *, folder: Path, exact: frozenset[str], needed: frozenset[str] = frozenset()
) -> Iterator[Batch]:
    """Every row of every file; lines are numbers of rows. `exact` are columns that must not have lost digits.

    The names of partitioned folders become columns, but for those the file has itself. Columns of bytes, lists and
    structures are passed over where `needed` tells that nobody needs them, else refused.
    """
    entries = find_parquet(pattern, folder)
    first: tuple[str, list[str]] | None = None
    total = sum(_rows(entry) for entry in entries)
    for entry in entries:
        with unchanged(entry.path, name=entry.name) as size, entry.path.open("rb") as handle, _clear_errors(entry):
            file = open_parquet(handle)
            schema = named(file.schema_arrow, needed, name=entry.name)
            columns = readable(schema, needed)
            check_exact(schema, exact, name=entry.name)
            partitions = {heading(key): value for key, value in entry.partitions.items()}
            own = {key: value for key, value in partitions.items() if key not in columns}
            first = first or (entry.name, [*columns, *own])
            check_same(first, (entry.name, [*columns, *own]))
            modified = entry.path.stat().st_mtime
            start, chosen = 0, [schema.names.index(column) for column in columns]
            written = list(dict.fromkeys(file.schema_arrow.names[at] for at in chosen))
            for part in bounded_rows(handle, written, name=entry.name):
                part = _picked(part, file.schema_arrow.names, chosen).rename_columns(columns)
                part = _with_partitions(part, own)
                batch = text_batch(part, entry.name, start, exact, 0 if start else size, total, modified)
                yield replace(batch, from_folder=frozenset(own))
                start += part.num_rows
            if start != file.metadata.num_rows:
                raise _damaged(entry)
    if find_parquet(pattern, folder) != entries:
        raise files_changed(pattern)


def _picked(part: pa.RecordBatch, names: list[str], chosen: list[int]) -> pa.RecordBatch:
    """These columns of the file's; pyarrow hands over all that have one name, one after another."""
    places: dict[str, list[int]] = {}
    for at, name in enumerate(part.schema.names):
        places.setdefault(name, []).append(at)
    return part.select([places[names[at]][names[:at].count(names[at])] for at in chosen])


def _with_partitions(part: pa.RecordBatch, partitions: dict[str, str]) -> pa.RecordBatch:
    for key, value in partitions.items():
        part = part.append_column(key, pa.repeat(pa.scalar(value), part.num_rows))
    return part


def _rows(entry: ParquetPath) -> int:
    with unchanged(entry.path, name=entry.name), entry.path.open("rb") as handle, _clear_errors(entry):
        return int(open_parquet(handle).metadata.num_rows)


@contextmanager
def _clear_errors(entry: ParquetPath) -> Iterator[None]:
    """Whatever pyarrow says of a damaged file → SourceError; its own words may hold values."""
    try:
        yield
    except (pa.ArrowException, Unreadable, OSError, UnicodeDecodeError, OverflowError, MemoryError):
        raise _damaged(entry) from None


def _damaged(entry: ParquetPath) -> SourceError:
    with unchanged(entry.path, name=entry.name), entry.path.open("rb") as handle:
        kind = kind_of(handle.read(HEAD))
    hint = _INSTEAD.get(kind, "export it anew") if kind else "export it anew"
    return SourceError(f"{entry.name} can't be read as Parquet", code="bad_parquet", hint=hint)
