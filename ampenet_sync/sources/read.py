"""One configured source → its rows, some at a time. The kinds of sources are in modules of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from ampenet_sync.config import Source
from ampenet_sync.errors import SourceError
from ampenet_sync.sources.batch import Batch
from ampenet_sync.sources.csv.read import csv_batches
from ampenet_sync.sources.parquet.read import parquet_batches


def open_batches(
    source: Source,
    *,
    folder: Path,
    exact: frozenset[str] = frozenset(),
    needed: frozenset[str] = frozenset(),
    phone: str = "",
    environ: Mapping[str, str] | None = None,
) -> Iterator[Batch]:
    """The source's rows, some at a time, in its own order; `needed` are the columns the configuration names,
    `phone` the one with phones, all as `heading` writes them."""
    if source.csv is not None:
        return csv_batches(source, folder=folder, needed=needed, phone=phone)
    if source.parquet is not None:
        return parquet_batches(source.parquet, folder=folder, exact=exact, needed=needed)
    if source.xlsx is not None:
        from ampenet_sync.sources.excel.read import xlsx_batches  # openpyxl is slow to import

        return xlsx_batches(source, folder=folder, needed=needed, phone=phone)
    if source.sql is None:
        raise SourceError("the source names neither csv, xlsx, parquet nor sql", code="no_source")
    from ampenet_sync.sources.sql.read import sql_batches  # so is SQLAlchemy

    return sql_batches(source.sql, name=source_name(source), folder=folder, exact=exact, needed=needed, environ=environ)


def source_name(source: Source) -> str:
    """The path or glob, the table, or a short name of the query: never a URL."""
    if source.sql is None:
        return source.csv or source.xlsx or source.parquet or ""
    if source.sql.table is not None:
        return f"table {source.sql.table}"
    return f"query {sha256((source.sql.query or '').encode()).hexdigest()[:8]}"
