"""One connection to a source's database that reads, never writes, and never waits for ever. No query is known here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Dialect, ExceptionContext
from sqlalchemy.exc import SQLAlchemyError

from ampenet_sync.config.headings import marked
from ampenet_sync.config.sqllogs import ENGINE_OPTIONS
from ampenet_sync.errors import SourceError
from ampenet_sync.sources.missingfiles import near_path
from ampenet_sync.sources.sql.postgres import prepare_psycopg
from ampenet_sync.sources.sql.sqlite import TimeLimit, open_read_only

CONNECT_SECONDS = 15
SILENT_SECONDS = 15  # longer than this after its time is up no server is waited for

# Said first on each connection, so that not even a query with side effects writes.
_READ_ONLY = {
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
}
_SECRET = re.compile(r"pass|pwd|secret|token", re.IGNORECASE)
_SECRET_INSIDE = re.compile(r"(?:pwd|password)\s*=\s*([^;]+)", re.IGNORECASE)
_TIME_IS_UP = {"57014", 1969, 3024}  # PostgreSQL's state, MariaDB's and MySQL's numbers


def source_url(text: str, folder: Path) -> URL:
    """The URL as it was given; only a relative SQLite file is looked for beside ampenet.yaml, and must be there."""
    try:
        url = sa.make_url(text)
    except (SQLAlchemyError, ValueError):
        hint = "write one such as postgresql+psycopg://user:password@host/database"
        raise SourceError("customers.source.sql.url is no database URL", code="bad_url", hint=hint) from None
    file = url.database
    if url.get_backend_name() != "sqlite":
        return url
    if not file or file == ":memory:" or file.lower().startswith("file:") or url.query:
        hint = "write the path alone: sqlite:///shop.db beside ampenet.yaml, or sqlite:////data/shop.db"
        raise SourceError("customers.source.sql.url names no file of SQLite", code="bad_url", hint=hint)
    if not (folder / file).is_file():
        near = near_path(file, folder, path=folder / file)
        hint = f"{near}; check the URL's path"
        raise SourceError(f"there is no database {marked(file)} in {folder}", code="missing_file", hint=hint)
    _check_whole(folder / file, file)
    return url.set(database=str(folder / file))


@contextmanager
def open_session(url: URL, *, patience: TimeLimit) -> Iterator[Connection]:
    """A read-only connection; errors of drivers become SourceError without URL, password or values."""
    with _clear_errors(url):
        engine = _engine(url, patience)
        sa.event.listen(engine, "handle_error", _when_it_fails)
        try:
            with engine.connect() as connection:
                for statement in _settings(connection, patience.seconds):
                    connection.exec_driver_sql(statement)
                if url.get_driver_name() == "psycopg":
                    prepare_psycopg(connection.connection.driver_connection)
                connection.commit()  # a rollback would undo it, and it holds from the next transaction on
                yield connection
        finally:
            engine.dispose()


def _engine(url: URL, patience: TimeLimit) -> sa.Engine:
    """SQLite's file is opened by us: read-only, and by a path in which nothing is an option."""
    options: dict[str, Any] = {"poolclass": sa.NullPool, **ENGINE_OPTIONS}
    if url.get_backend_name() == "sqlite":
        return sa.create_engine(
            "sqlite://", creator=lambda: open_read_only(Path(str(url.database)), patience), **options
        )
    return sa.create_engine(url, connect_args=_connect_options(url, patience.seconds), **options)


def hang_up(connection: Connection, cursor: Any) -> None:
    """End the session while rows are still coming. PyMySQL would read all of them first, also from a dead line."""
    _release(cursor)
    if not connection.closed:
        connection.invalidate()
    _close(cursor, connection.dialect)


def too_slow(message: str) -> SourceError:
    return SourceError(message, code="timeout", hint="make the query lighter, or raise sql.timeout_seconds")


def _when_it_fails(context: ExceptionContext) -> None:
    cursor = context.execution_context.cursor if context.execution_context is not None else None
    _release(cursor)
    if context.is_disconnect and cursor is not None:
        _close(cursor, context.dialect)


def _release(cursor: Any) -> None:
    result: Any = getattr(cursor, "_result", None)
    if getattr(result, "unbuffered_active", False):
        result.unbuffered_active, result.connection, cursor._result = False, None, None


def _close(cursor: Any, dialect: Dialect) -> None:
    with suppress(dialect.loaded_dbapi.Error):  # the line is dead, and that is known
        cursor.close()


def _check_whole(path: Path, name: str) -> None:
    """Raises SourceError `truncated` where the file is shorter than it says itself."""
    with path.open("rb") as file:
        start = file.read(100)
    if len(start) < 100 or start[24:28] != start[92:96] or path.with_name(f"{path.name}-wal").exists():
        return  # no SQLite file, one of an old writer, or one whose end is in its log: SQLite itself knows
    page = int.from_bytes(start[16:18], "big")
    pages = int.from_bytes(start[28:32], "big")
    if path.stat().st_size < (65_536 if page == 1 else page) * pages:
        hint = "it was cut off on its way; copy it anew while nobody writes to it"
        raise SourceError(f"{name} is shorter than it says itself", code="truncated", hint=hint)


def _connect_options(url: URL, seconds: int) -> dict[str, Any]:
    match url.get_driver_name():
        case "psycopg" | "psycopg2":
            alive = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
            return {"connect_timeout": CONNECT_SECONDS, **alive}
        case "pymysql":
            return {"connect_timeout": CONNECT_SECONDS, "read_timeout": seconds + SILENT_SECONDS}
    return {}


def _settings(connection: Connection, seconds: int) -> Iterator[str]:
    backend = connection.dialect.name
    if backend in _READ_ONLY:
        yield _READ_ONLY[backend]
    if backend == "postgresql":
        yield f"SET SESSION statement_timeout = {seconds * 1000}"
    if backend in ("mysql", "mariadb"):
        is_mariadb = getattr(connection.dialect, "is_mariadb", False)
        yield (
            f"SET SESSION max_statement_time = {seconds}"
            if is_mariadb
            else (f"SET SESSION max_execution_time = {seconds * 1000}")
        )
        yield f"SET SESSION net_write_timeout = {seconds}"  # else it hangs up on us while we think


@contextmanager
def _clear_errors(url: URL) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        hint = "pip install 'ampenet-sync[postgres]' with postgresql+psycopg://…, or 'ampenet-sync[mysql]' with mysql+pymysql://…"
        raise SourceError(
            f"the driver for {url.drivername} is missing: {error.name}", code="no_driver", hint=hint
        ) from None
    except SQLAlchemyError as error:
        raise _source_error(error, url) from None


def _source_error(error: SQLAlchemyError, url: URL) -> SourceError:
    cause = getattr(error, "orig", None) or error
    message = f"the database said: {_masked(str(cause), url)}"
    marks = {getattr(cause, "sqlstate", None), next(iter(cause.args), None)}
    if marks & _TIME_IS_UP or str(cause) == "interrupted":
        return too_slow(message)
    return SourceError(message, code="sql", hint="check customers.source.sql")


def _masked(text: str, url: URL) -> str:
    """The first line of a driver's message, cut, without passwords in any spelling and without whole numbers."""
    line = next(iter(text.splitlines()), "")
    for secret in _secrets(url):
        spellings = {secret, quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1], secret.strip()}
        for spelling in sorted(spellings - {""}, key=len, reverse=True):
            line = line.replace(spelling, "***")
    return re.sub(r"\d{7,}", "…", line)[:300]


def _secrets(url: URL) -> list[str]:
    """The password, what is called one after the question mark, and one inside an ODBC string there."""
    queried = [
        (key, item) for key, value in url.query.items() for item in ([value] if isinstance(value, str) else value)
    ]
    named = [value for key, value in queried if _SECRET.search(key)]
    inside = [secret.strip() for _, value in queried for secret in _SECRET_INSIDE.findall(value)]
    return sorted({secret for secret in (str(url.password or ""), *named, *inside) if secret}, key=len, reverse=True)
