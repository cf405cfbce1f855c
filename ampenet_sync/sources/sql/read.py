"""A table or query of any SQLAlchemy URL → batches of text, a part of its rows at a time. It reads and never writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy.engine import URL, Connection, CursorResult

from ampenet_sync.config import SqlSource, secret_url
from ampenet_sync.config.addresses import with_driver
from ampenet_sync.config.headings import heading
from ampenet_sync.errors import SourceError
from ampenet_sync.sources.batch import Batch
from ampenet_sync.sources.header import column_names
from ampenet_sync.sources.sql.copy import copied_tables
from ampenet_sync.sources.sql.query import check_query
from ampenet_sync.sources.sql.rows import fetched_batches, row_numbers
from ampenet_sync.sources.sql.session import hang_up, open_session, source_url
from ampenet_sync.sources.sql.sqlite import TimeLimit
from ampenet_sync.sources.sql.table import table_query

FETCH_ROWS = 10_000

# The drivers' type codes of 32-bit floats.
_SHORT_FLOATS = {"postgresql": 700, "mysql": 4, "mariadb": 4}


def sql_batches(
    sql: SqlSource,
    *,
    name: str,
    folder: Path,
    exact: frozenset[str],
    needed: frozenset[str] = frozenset(),
    environ: Mapping[str, str] | None = None,
) -> Iterator[Batch]:
    """Every row; lines are numbers of rows. Messages never hold the URL or its password.

    A query is handed to the database as it is written. Rows of a table come in the order of its primary key, and its
    columns of bytes, lists and structures are passed over where `needed` tells that nobody needs them. The database
    may take `sql.timeout_seconds` over the query, and as long again for each part of the rows.
    """
    url = source_url(with_driver(secret_url(sql.url, environ=environ)), folder)
    if sql.query is not None:
        check_query(sql.query, url.get_backend_name())
    patience = TimeLimit(sql.timeout_seconds)
    with open_session(url, patience=patience) as connection, _run(connection, sql, needed) as (result, statement):
        columns = column_names(list(result.keys()), name=name, needed=needed)
        _check_exact(result, url, exact)
        patience.begin()
        copied = copied_tables(connection, statement, result.cursor, columns, patience=patience, rows=FETCH_ROWS)
        if copied is not None:
            yield from _numbered(copied, name)
        else:
            yield from fetched_batches(
                result, columns, connection.dialect, name=name, patience=patience, rows=FETCH_ROWS
            )


def _numbered(tables: Iterator[pa.Table], name: str) -> Iterator[Batch]:
    start = 0
    for table in tables:
        yield Batch(table, name, row_numbers(start, table.num_rows), table.nbytes)
        start += table.num_rows


@contextmanager
def _run(connection: Connection, sql: SqlSource, needed: frozenset[str]) -> Iterator[tuple[CursorResult[Any], str]]:
    """The statement and its cursor, before the first row. `no_parameters` keeps % and : as they are written."""
    options = {"stream_results": True, "max_row_buffer": FETCH_ROWS, "no_parameters": True}
    statement = table_query(connection, sql.table, needed) if sql.table is not None else (sql.query or "")
    statement = statement.strip().rstrip(";")
    result = connection.execution_options(**options).exec_driver_sql(statement)
    if not result.returns_rows:
        raise SourceError("customers.source.sql.query returns no rows: it is no select", code="bad_query")
    cursor = result.cursor
    try:
        yield result, statement
    except BaseException:
        hang_up(connection, cursor)
        raise
    result.close()


def _check_exact(result: CursorResult[Any], url: URL, exact: frozenset[str]) -> None:
    description = result.cursor.description if result.cursor is not None else []
    short = _SHORT_FLOATS.get(url.get_backend_name())  # None: the driver tells no types, and knows no such floats
    for column in description:
        if short is not None and heading(column[0]) in exact and column[1] == short:
            message = f"column {column[0]} is a 32-bit float, which can't hold all digits of a phone"
            raise SourceError(message, code="digits_lost", hint="store the column as text or bigint")
