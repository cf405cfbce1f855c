"""A table or query of any SQLAlchemy URL → batches of text, through a server-side cursor. It reads and never writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, CursorResult
from sqlalchemy.exc import SQLAlchemyError

from ampenet_sync.config import SqlSource, secret_url
from ampenet_sync.errors import SourceError
from ampenet_sync.sources.batch import Batch
from ampenet_sync.sources.header import check_names
from ampenet_sync.sources.sqltext import column_text

FETCH_ROWS = 10_000
CONNECT_SECONDS = 15

# Said first on each connection, so that not even a query with side effects writes.
_READ_ONLY = {
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only = ON",
}
_TIMEOUT = {"psycopg": "connect_timeout", "psycopg2": "connect_timeout", "pymysql": "connect_timeout"}
_SHORT_FLOATS = {"postgresql": 700, "mysql": 4, "mariadb": 4}  # the drivers' type codes of 32-bit floats


def sql_batches(
    sql: SqlSource, *, name: str, folder: Path, exact: frozenset[str], environ: Mapping[str, str] | None
) -> Iterator[Batch]:
    """Every row; lines are numbers of rows. Messages never hold the URL or its password.

    A query is handed to the database as it is written. Rows of a table come in the order of its primary key.
    """
    url = _url(secret_url(sql.url, environ=environ), folder)
    with _clear_errors(url), _connect(url) as connection, _run(connection, sql) as result:
        columns = list(result.keys())
        check_names(columns, name=name)
        _check_exact(result, url, exact)
        start = 0
        for rows in result.partitions(FETCH_ROWS):
            table = pa.table(
                [column_text(list(v), name=n) for n, v in zip(columns, zip(*rows, strict=True), strict=True)],
                names=columns,
            )
            yield Batch(table, name, pa.array(range(start + 1, start + 1 + len(rows)), pa.int64()), table.nbytes)
            start += len(rows)


def _url(text: str, folder: Path) -> URL:
    """The URL as it was given; only a relative SQLite file is looked for beside ampenet.yaml, and must be there."""
    try:
        url = sa.make_url(text)
    except (SQLAlchemyError, ValueError):
        hint = "write one such as postgresql+psycopg://user:password@host/database"
        raise SourceError("customers.source.sql.url is no database URL", code="bad_url", hint=hint) from None
    file = url.database
    if url.get_backend_name() != "sqlite" or not file or file == ":memory:" or file.startswith("file:"):
        return url
    if not (folder / file).is_file():
        raise SourceError(f"there is no database {file} in {folder}", code="missing_file", hint="check the URL's path")
    return url.set(database=str(folder / file))


@contextmanager
def _connect(url: URL) -> Iterator[Connection]:
    option = _TIMEOUT.get(url.get_driver_name())
    engine = sa.create_engine(
        url, poolclass=sa.NullPool, hide_parameters=True, connect_args={option: CONNECT_SECONDS} if option else {}
    )
    try:
        with engine.connect() as connection:
            if said := _READ_ONLY.get(url.get_backend_name()):
                connection.exec_driver_sql(said)
                connection.commit()  # a rollback would undo it, and it holds from the next transaction on
            yield connection
    finally:
        engine.dispose()


def _run(connection: Connection, sql: SqlSource) -> CursorResult[Any]:
    """`no_parameters` keeps % and : of a query as they are written."""
    options = {"stream_results": True, "max_row_buffer": FETCH_ROWS, "no_parameters": True}
    statement = _table_query(connection, sql.table) if sql.table is not None else (sql.query or "")
    result = connection.execution_options(**options).exec_driver_sql(statement.strip().rstrip(";"))
    if not result.returns_rows:
        raise SourceError("customers.source.sql.query returns no rows: it is no select", code="bad_query")
    return result


def _table_query(connection: Connection, table: str) -> str:
    """`shop.customers` → a select of everything, quoted, in the order of the primary key where there is one."""
    schema, _, bare = table.rpartition(".")
    key = sa.inspect(connection).get_pk_constraint(bare, schema=schema or None)["constrained_columns"]
    quote_name = connection.dialect.identifier_preparer.quote_identifier
    whole = ".".join(quote_name(part) for part in (schema, bare) if part)
    order = f" ORDER BY {', '.join(quote_name(column) for column in key)}" if key else ""
    return f"SELECT * FROM {whole}{order}"  # noqa: S608 - every name is quoted


def _check_exact(result: CursorResult[Any], url: URL, exact: frozenset[str]) -> None:
    description = result.cursor.description if result.cursor is not None else []
    short = _SHORT_FLOATS.get(url.get_backend_name())  # None: the driver tells no types, and knows no such floats
    for column in description:
        if short is not None and column[0] in exact and column[1] == short:
            message = f"column {column[0]} is a 32-bit float, which can't hold all digits of a phone"
            raise SourceError(message, code="digits_lost", hint="store the column as text or bigint")


@contextmanager
def _clear_errors(url: URL) -> Iterator[None]:
    """Errors of drivers → SourceError without URL, password or values."""
    try:
        yield
    except ImportError as error:
        hint = "pip install 'ampenet-sync[postgres]' with postgresql+psycopg://…, or 'ampenet-sync[mysql]' with mysql+pymysql://…"
        raise SourceError(
            f"the driver for {url.drivername} is missing: {error.name}", code="no_driver", hint=hint
        ) from None
    except SQLAlchemyError as error:
        said = _masked(str(getattr(error, "orig", None) or error), url)
        raise SourceError(f"the database said: {said}", code="sql", hint="check customers.source.sql") from None


def _masked(text: str, url: URL) -> str:
    """The first line of a driver's message, cut, without passwords in any spelling and without whole numbers."""
    line = next(iter(text.splitlines()), "")
    for secret in _secrets(url):
        for spelling in {secret, quote(secret, safe=""), quote_plus(secret)}:
            line = line.replace(spelling, "***")
    return re.sub(r"\d{7,}", "…", line)[:300]


def _secrets(url: URL) -> list[str]:
    """The password, and whatever is called one after the question mark."""
    queried = [value for key, value in url.query.items() if "pass" in key.lower() and isinstance(value, str)]
    return [secret for secret in (str(url.password or ""), *queried) if secret]
