"""A table or query of any SQLAlchemy URL → batches of text, through a server-side cursor. It reads and never writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy.engine import URL, Connection, CursorResult, Dialect

from ampenet_sync.config import SqlSource, secret_url
from ampenet_sync.config.addresses import with_driver
from ampenet_sync.config.headings import heading
from ampenet_sync.errors import SourceError
from ampenet_sync.sources.batch import Batch, written_row
from ampenet_sync.sources.header import column_names
from ampenet_sync.sources.sql.copy import copied_tables
from ampenet_sync.sources.sql.query import check_query
from ampenet_sync.sources.sql.session import hang_up, open_session, source_url
from ampenet_sync.sources.sql.sqlite import Patience
from ampenet_sync.sources.sql.table import table_query
from ampenet_sync.sources.texts import column_text

Rows = Sequence[Sequence[Any]]

FETCH_ROWS = 10_000

# The drivers' type codes of 32-bit floats, and of bits that come as bytes.
_SHORT_FLOATS = {"postgresql": 700, "mysql": 4, "mariadb": 4}
_BITS = {"mysql": 16, "mariadb": 16}


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
    patience = Patience(sql.timeout_seconds)
    with open_session(url, patience=patience) as connection, _run(connection, sql, needed) as (result, statement):
        columns = column_names(list(result.keys()), name=name, needed=needed)
        _check_exact(result, url, exact)
        patience.begin()
        copied = copied_tables(connection, statement, result.cursor, columns, patience=patience, rows=FETCH_ROWS)
        if copied is not None:
            yield from _numbered(copied, name)
        else:
            yield from _fetched(result, columns, name, url, connection.dialect, patience)


def _numbered(tables: Iterator[pa.Table], name: str) -> Iterator[Batch]:
    start = 0
    for table in tables:
        yield Batch(table, name, _lines(start, table.num_rows), table.nbytes)
        start += table.num_rows


def _fetched(
    result: CursorResult[Any], columns: list[str], name: str, url: URL, dialect: Dialect, patience: Patience
) -> Iterator[Batch]:
    bits = _bit_columns(result, url)
    start = 0
    for rows in result.partitions(FETCH_ROWS):
        yield _batch(_with_numbers(rows, bits), columns, name, start, dialect)
        start += len(rows)
        patience.begin()


def _lines(start: int, rows: int) -> pa.Array:
    return pa.array(range(start + 1, start + 1 + rows), pa.int64())


def _batch(rows: Rows, columns: list[str], name: str, start: int, dialect: Dialect) -> Batch:
    """Text that is no UTF-8, or bytes among text, is a fault of its row; only SQLite lets them through."""
    lines = _lines(start, len(rows))
    try:
        table = _table([list(column) for column in zip(*rows, strict=True)], columns, dialect)
        return Batch(table, name, lines, table.nbytes)
    except (UnicodeEncodeError, SourceError):
        bad = [not all(_is_sound(value) for value in row) for row in rows]
        if not any(bad) or (not start and any(map(_is_of_bytes, zip(*rows, strict=True)))):
            raise
    sound = [[None] * len(row) if wrong else list(row) for row, wrong in zip(rows, bad, strict=True)]
    table = _table([list(column) for column in zip(*sound, strict=True)], columns, dialect)
    faults = pa.array(["unreadable_bytes" if wrong else "" for wrong in bad], pa.string())
    written = pa.array(
        [written_row(map(_replaced, row)) if wrong else "" for row, wrong in zip(rows, bad, strict=True)], pa.string()
    )
    return Batch(table, name, lines, table.nbytes, None, faults, written)


def _table(values: list[list[Any]], columns: list[str], dialect: Dialect) -> pa.Table:
    texts = [column_text(each, name=name, dialect=dialect) for each, name in zip(values, columns, strict=True)]
    return pa.table(texts, names=columns)


def _bit_columns(result: CursorResult[Any], url: URL) -> frozenset[int]:
    """The places of the columns that hold bits as bytes."""
    description = result.cursor.description if result.cursor is not None else []
    code = _BITS.get(url.get_backend_name())
    return frozenset(at for at, column in enumerate(description) if code is not None and column[1] == code)


def _with_numbers(rows: Rows, bits: frozenset[int]) -> Rows:
    if not bits:
        return rows
    return [[_number(value) if at in bits else value for at, value in enumerate(row)] for row in rows]


def _number(value: bytes | int | None) -> int | None:
    """MySQL's BIT, which its drivers hand over as bytes, as the number that SQL itself makes of it."""
    return int.from_bytes(value, "big") if isinstance(value, bytes) else value


def _is_of_bytes(column: Sequence[Any]) -> bool:
    """Whether nothing but bytes stands in a column: no fault of its rows."""
    return {type(value) for value in column} - {type(None)} == {bytes}


def _is_sound(value: Any) -> bool:
    if isinstance(value, bytes):
        return False
    try:
        return not isinstance(value, str) or value.encode("utf-8") is not None
    except UnicodeEncodeError:
        return False


def _replaced(value: Any) -> Any:
    """Each byte that is no text as the sign for that."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace") if isinstance(value, str) else value


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
