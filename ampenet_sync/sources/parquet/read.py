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
    found = find_parquet(pattern, folder)
    first: tuple[str, list[str]] | None = None
    total = sum(_rows(one) for one in found)
    for one in found:
        with unchanged(one.path, name=one.name) as size, one.path.open("rb") as handle, _clear_errors(one):
            file = open_parquet(handle)
            schema = named(file.schema_arrow, needed, name=one.name)
            columns = readable(schema, needed)
            check_exact(schema, exact, name=one.name)
            partitions = {heading(key): value for key, value in one.partitions.items()}
            own = {key: value for key, value in partitions.items() if key not in columns}
            first = first or (one.name, [*columns, *own])
            check_same(first, (one.name, [*columns, *own]))
            modified = one.path.stat().st_mtime
            start, chosen = 0, [schema.names.index(column) for column in columns]
            written = list(dict.fromkeys(file.schema_arrow.names[at] for at in chosen))
            for part in bounded_rows(handle, written, name=one.name):
                part = _picked(part, file.schema_arrow.names, chosen).rename_columns(columns)
                part = _with_partitions(part, own)
                batch = text_batch(part, one.name, start, exact, 0 if start else size, total, modified)
                yield replace(batch, from_folder=frozenset(own))
                start += part.num_rows
            if start != file.metadata.num_rows:
                raise _damaged(one)
    if find_parquet(pattern, folder) != found:
        raise files_changed(pattern)


def _picked(part: pa.RecordBatch, names: list[str], chosen: list[int]) -> pa.RecordBatch:
    """These columns of the file's; pyarrow hands over all that have one name, one after another."""
    found: dict[str, list[int]] = {}
    for at, name in enumerate(part.schema.names):
        found.setdefault(name, []).append(at)
    return part.select([found[names[at]][names[:at].count(names[at])] for at in chosen])


def _with_partitions(part: pa.RecordBatch, partitions: dict[str, str]) -> pa.RecordBatch:
    for key, value in partitions.items():
        part = part.append_column(key, pa.repeat(pa.scalar(value), part.num_rows))
    return part


def _rows(one: ParquetPath) -> int:
    with unchanged(one.path, name=one.name), one.path.open("rb") as handle, _clear_errors(one):
        return int(open_parquet(handle).metadata.num_rows)


@contextmanager
def _clear_errors(one: ParquetPath) -> Iterator[None]:
    """Whatever pyarrow says of a damaged file → SourceError; its own words may hold values."""
    try:
        yield
    except (pa.ArrowException, Unreadable, OSError, UnicodeDecodeError, OverflowError, MemoryError):
        raise _damaged(one) from None


def _damaged(one: ParquetPath) -> SourceError:
    with unchanged(one.path, name=one.name), one.path.open("rb") as handle:
        kind = kind_of(handle.read(HEAD))
    hint = _INSTEAD.get(kind, "export it anew") if kind else "export it anew"
    return SourceError(f"{one.name} can't be read as Parquet", code="bad_parquet", hint=hint)
