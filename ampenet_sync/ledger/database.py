"""Open or make the ledger's database, durably: SQLite in WAL mode with full sync. No business queries."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError

from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger import tables as t

Clock = Callable[[], float]
BUSY_TIMEOUT_MS = 30_000


@dataclass(frozen=True)
class Ledger:
    """One ledger: its database, its identity and the clock that dates every row."""

    engine: Engine
    id: str
    clock: Clock

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that holds the write lock from its start, so what it reads stays true until it commits."""
        with (
            _translated(self.engine.url),
            self.engine.connect().execution_options(ledger_write=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with _translated(self.engine.url), self.engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def create_ledger(url: str, folder: Path, *, clock: Clock) -> tuple[Ledger, bool]:
    """Make the ledger at `url` (relative SQLite paths start at `folder`); an existing one is opened and left as it is.

    Returns the ledger and whether it was made now. Raises LedgerError.
    """
    where = _located(url, folder)
    if _sqlite_file(where) is not None:
        _make_private_file(Path(str(where.database)))
    engine = _engine(where)
    try:
        with _translated(where):
            made = not inspect(engine).has_table("meta")
            if made:
                _fill(engine)
    finally:
        engine.dispose()
    return open_ledger(url, folder, clock=clock), made


def open_ledger(url: str, folder: Path, *, clock: Clock) -> Ledger:
    """Open an existing ledger. Raises LedgerError `no_ledger` where there is none: it is never made in passing."""
    where = _located(url, folder)
    file = _sqlite_file(where)
    if file is not None and not file.exists():
        raise _missing(where)
    engine = _engine(where)
    try:
        facts = _facts(engine, where)
    except BaseException:
        engine.dispose()
        raise
    return Ledger(engine, facts["ledger_id"], clock)


def _facts(engine: Engine, where: URL) -> dict[str, str]:
    """What the ledger says of itself. Raises LedgerError where it is none, or of another version."""
    with _translated(where):
        if not inspect(engine).has_table("meta"):
            raise _missing(where)
        with engine.connect() as connection:
            facts: dict[str, str] = {row.key: row.value for row in connection.execute(select(t.meta))}
    version = facts.get("schema_version")
    if version != str(t.SCHEMA_VERSION):
        message = f"the ledger at {where} has schema {version}, this version reads {t.SCHEMA_VERSION}"
        raise LedgerError(message, code="ledger_schema", hint="use the version of ampenet-sync that wrote it")
    return facts


def _fill(engine: Engine) -> None:
    with engine.begin() as connection:
        t.metadata.create_all(connection)
        facts = {"ledger_id": uuid.uuid4().hex, "schema_version": str(t.SCHEMA_VERSION)}
        connection.execute(t.meta.insert(), [{"key": key, "value": value} for key, value in facts.items()])


def _located(url: str, folder: Path) -> URL:
    try:
        where = make_url(url)
        where.get_dialect()
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        hint = "write sqlite:///.ampenet/ledger.db"
        raise LedgerError(f"the ledger address is not understood: {error}", code="ledger_url", hint=hint) from None
    if where.get_backend_name() != "sqlite":
        message = f"a ledger on {where.get_backend_name()} is not supported yet"
        raise LedgerError(message, code="not_supported_yet", hint="write sqlite:///.ampenet/ledger.db")
    if where.database in (None, "", ":memory:"):
        raise LedgerError("a ledger in memory would forget everything", code="ledger_url", hint="name a file")
    return where.set(database=str(folder / str(where.database)))


def _sqlite_file(where: URL) -> Path | None:
    return Path(str(where.database)) if where.get_backend_name() == "sqlite" else None


def _make_private_file(file: Path) -> None:
    """SQLite gives its side files the mode of the main one, so that is made first."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise LedgerError(f"the ledger can't be made at {file}: {error.strerror}", code="ledger_unwritable") from None


def _missing(where: URL) -> LedgerError:
    return LedgerError(
        f"there is no ledger at {where.render_as_string()}",
        code="no_ledger",
        hint="if this is a first run: ampenet-sync ledger init. If there was one, restore it: it is the memory that "
        "keeps people from being texted twice",
    )


@contextmanager
def _translated(where: URL) -> Iterator[None]:
    """What a database can't do, in one line. A broken UNIQUE is an answer, not a failure, and goes through."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        said = str(error.orig).splitlines()[0]
        message = f"the ledger at {where.render_as_string()} can't be used: {said}"
        raise LedgerError(message, code="ledger_unusable") from None


def _engine(where: URL) -> Engine:
    # Parameters are phones, names and texts: they must not stand in an exception's message.
    engine = create_engine(where, pool_size=8, max_overflow=64, pool_timeout=60, hide_parameters=True)
    event.listen(engine, "connect", _durable)
    event.listen(engine, "begin", _begin)
    return engine


def _durable(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by us, below
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("ledger_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
