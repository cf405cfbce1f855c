"""One configured source → all its rows at once, with its identity. The kinds of sources are in modules of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pyarrow as pa

from ampenet_sync.config import Source
from ampenet_sync.errors import SourceError
from ampenet_sync.sources.batch import Batch, Progress, SourceIdentity
from ampenet_sync.sources.csvfiles import csv_batches
from ampenet_sync.sources.identity import Reading
from ampenet_sync.sources.parquet import parquet_batches


@dataclass(frozen=True)
class Rows:
    """A whole source: a table of text columns without nulls, the file and line of each row, and what was read."""

    table: pa.Table
    files: pa.ChunkedArray
    lines: pa.ChunkedArray
    identity: SourceIdentity


def read_rows(
    source: Source,
    *,
    folder: Path,
    exact: frozenset[str] = frozenset(),
    environ: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Rows:
    """Read everything or raise SourceError; relative paths start at `folder`.

    `exact` are columns whose numbers must not have lost digits. `environ` is where `env:NAME` looks.
    """
    batches: list[Batch] = []
    reading = Reading(source.kind, source_name(source))
    for batch in open_batches(source, folder=folder, exact=exact, environ=environ):
        reading.add(batch)
        batches.append(batch)
        if progress:
            progress(reading.rows, batch.total)
    return _rows(batches, reading.identity())


def open_batches(
    source: Source,
    *,
    folder: Path,
    exact: frozenset[str] = frozenset(),
    needed: frozenset[str] = frozenset(),
    environ: Mapping[str, str] | None = None,
) -> Iterator[Batch]:
    """The source's rows, some at a time, in its own order; `needed` are the columns the configuration names."""
    if source.csv is not None:
        return csv_batches(source, folder=folder)
    if source.parquet is not None:
        return parquet_batches(source.parquet, folder=folder, exact=exact, needed=needed)
    if source.xlsx is not None:
        from ampenet_sync.sources.xlsx import xlsx_batches  # openpyxl is slow to import

        return xlsx_batches(source, folder=folder, needed=needed)
    if source.sql is None:
        raise SourceError("the source names neither csv, xlsx, parquet nor sql", code="no_source")
    from ampenet_sync.sources.sql import sql_batches  # so is SQLAlchemy

    return sql_batches(source.sql, name=source_name(source), folder=folder, exact=exact, environ=environ)


def source_name(source: Source) -> str:
    """The path or glob, the table, or a short name of the query: never a URL."""
    if source.sql is None:
        return source.csv or source.xlsx or source.parquet or ""
    if source.sql.table is not None:
        return f"table {source.sql.table}"
    return f"query {sha256((source.sql.query or '').encode()).hexdigest()[:8]}"


def _rows(batches: list[Batch], identity: SourceIdentity) -> Rows:
    files = pa.chunked_array([pa.repeat(pa.scalar(batch.file), len(batch.lines)) for batch in batches], pa.string())
    lines = pa.chunked_array([batch.lines for batch in batches], pa.int64())
    return Rows(pa.concat_tables([batch.table for batch in batches]), files, lines, identity)
