"""A ledger's address → an engine whose transactions keep the ledger's promises. It knows no table but `meta`'s name.

Of a connection's execution option `ledger`:

read   one picture of everything, taken at the first query
write  nobody else writes until it ends, so what it reads stays true until it commits; on the disk when it has committed
slots  as write, but for one token's slots alone, and a power cut may undo it

SQLite has one write lock, taken at the start (BEGIN IMMEDIATE). On PostgreSQL a lock on `meta` does the same: it is one
rule for both databases, nothing in it can fail and be tried again, and at the rates the platform permits (1,000 calls a
minute, two short writes each) nobody notices the queue.
"""

from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ampenet_sync.config.addresses import with_driver
from ampenet_sync.config.sqllogs import ENGINE_OPTIONS
from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger.postgresql import address, live_in, schema_of
from ampenet_sync.machine import Machine

BUSY_SECONDS = 30  # a writer waits so long for the others
SILENT_SECONDS = 60  # a writer whose machine went away is cut off by the server after so long
CONNECT_SECONDS = 10
DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql+psycopg")
LOOK = "is its server up, and its address right? It stands in ampenet.yaml at `ledger`, or in AMPENET_LEDGER_URL"
EXAMPLE = "sqlite:///.ampenet/ledger.db or postgresql+psycopg://user:password@host/database"

_SETTINGS = (
    f"SELECT set_config('lock_timeout', '{BUSY_SECONDS}s', true), "
    f"set_config('idle_in_transaction_session_timeout', '{SILENT_SECONDS}s', true), "
    "set_config('synchronous_commit', {sync}, true)"
)
_SAME_OR_ON = (
    "CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END"
)
_OFF = "'off'"
# In a stricter level than this, whatever the server's default, the picture would be older than the lock.
_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"
# Each is sent as one message, so settings and lock cost no way to the server of their own. They end with the
# transaction: settings of the connection would bind readers too, and leak where a pooler shares connections.
_POSTGRESQL_BEGINS = {
    "read": "BEGIN ISOLATION LEVEL REPEATABLE READ",
    "write": f"{_BEGIN}; {_SETTINGS.format(sync=_SAME_OR_ON)}; LOCK TABLE meta IN EXCLUSIVE MODE",
    "slots": f"{_BEGIN}; {_SETTINGS.format(sync=_OFF)}",
    # There is no table to lock yet.
    "make": f"{_BEGIN}; {_SETTINGS.format(sync=_SAME_OR_ON)}; "
    "SELECT pg_advisory_xact_lock(hashtext('ampenet-sync ledger'))",
}

# How SQLite takes care of a commit. Quickly: a power cut may lose the last ones but never harms the file, and a killed
# process loses none.
_DURABLE, _QUICK = "FULL", "NORMAL"


def locate(url: str, folder: Path) -> URL:
    """Read an address; relative SQLite files start at `folder`. Raises LedgerError, which never shows the address."""
    try:
        where = make_url(with_driver(url))
    except (ArgumentError, ValueError):
        raise LedgerError("the ledger address is not understood", code="ledger_url", hint=f"write {EXAMPLE}") from None
    if where.drivername not in DRIVERS:
        raise _wrong_driver(where)
    if where.get_backend_name() != "sqlite":
        schema_of(where)
        return where
    if where.database in (None, "", ":memory:"):
        raise LedgerError("a ledger in memory would forget everything", code="ledger_url", hint="name a file")
    return where.set(database=str(folder / str(where.database)))


def sqlite_file(where: URL) -> Path | None:
    return Path(str(where.database)) if where.get_backend_name() == "sqlite" else None


def shown(where: URL) -> str:
    """The address without password, and without its options, which may hold secrets too."""
    return where.set(query={}).render_as_string(hide_password=True)


def engine_at(where: URL, machine: Machine, *, durable: bool = True) -> Engine:
    """`durable`: each commit is on the disk when it returns. On PostgreSQL the kind of transaction decides that."""
    pool: dict[str, Any] = {"pool_size": 8, "max_overflow": 64, "pool_timeout": 60, **ENGINE_OPTIONS}
    if sqlite_file(where) is not None:
        engine = create_engine(where, **pool)
        event.listen(engine, "connect", partial(_set_up, machine, _DURABLE if durable else _QUICK))
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        wait = {"connect_timeout": CONNECT_SECONDS} if "connect_timeout" not in where.query else {}
        engine = create_engine(address(where), pool_pre_ping=True, connect_args=wait, **pool)
    except ImportError as error:
        hint = "pip install 'ampenet-sync[postgres]'"
        raise LedgerError(
            f"the driver for {where.drivername} is missing: {error.name}", code="no_driver", hint=hint
        ) from None
    event.listen(engine, "connect", _begin_nothing)
    event.listen(engine, "begin", _begin_postgresql)
    if schema := schema_of(where):
        live_in(engine, schema)
    return engine


@contextmanager
def begun(engine: Engine, kind: str) -> Iterator[Connection]:
    """One transaction of a kind; committed at the end of the block, rolled back on an error."""
    with (
        translated(engine.url),
        engine.connect().execution_options(ledger=kind) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def translated(where: URL) -> Iterator[None]:
    """What a database can't do, in one line. A broken UNIQUE is an answer, not a failure, and goes through."""
    try:
        yield
    except IntegrityError as error:
        _cut(error, where)
        raise
    except DBAPIError as error:
        reason = _cut(error, where)
        message = f"the ledger at {shown(where)} can't be used: {reason}"
        raise LedgerError(message, code="ledger_unusable", hint=LOOK) from None
    except PoolTimeout:
        message = f"the ledger at {shown(where)} can't be used: all connections are busy"
        raise LedgerError(message, code="ledger_unusable") from None


def _wrong_driver(where: URL) -> LedgerError:
    if where.get_backend_name() in ("postgresql", "postgres"):
        message = f"the ledger address begins with {where.drivername}://; the driver is written out here"
        return LedgerError(message, code="ledger_url", hint="begin it with postgresql+psycopg://")
    try:
        where.get_dialect()
    except (NoSuchModuleError, ImportError):
        message = f"the ledger address is not understood: nothing is known of {where.drivername}"
        return LedgerError(message, code="ledger_url", hint=f"write {EXAMPLE}")
    message = f"a ledger on {where.drivername} is not supported yet"
    return LedgerError(message, code="not_supported_yet", hint=f"write {EXAMPLE}")


def _cut(error: DBAPIError, where: URL) -> str:
    """Shorten what the driver said to its first line, in the error too: PostgreSQL names phones in the second."""
    line = _masked(next(iter(str(error.orig).splitlines()), ""), where)
    if error.orig is not None:
        error.orig.args = (line,)
    error.args = (f"({type(error.orig).__name__}) {line}",)
    return line


def _masked(line: str, where: URL) -> str:
    """Without passwords in any spelling and without whole numbers."""
    options = [value for name, value in where.normalized_query.items() if "pass" in name]
    for secret in filter(None, (str(where.password or ""), *itertools.chain(*options))):
        for spelling in {secret, quote(secret, safe=""), quote_plus(secret)}:
            line = line.replace(spelling, "***")
    return re.sub(r"\d{7,}", "…", line)[:300]


def _set_up(machine: Machine, synchronous: str, connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by us, below
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    _write_ahead(connection, machine)
    for pragma in (
        f"synchronous = {synchronous}",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: Any, machine: Machine) -> None:
    """The first to turn it on needs the file alone, and there SQLite itself doesn't wait for the others."""
    give_up = machine.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or machine.monotonic() >= give_up:
                raise
        machine.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("ledger", "read") == "read"
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _begin_nothing(connection: Any, _record: Any) -> None:
    """Else the driver would send a BEGIN of its own before the first statement."""
    connection.autocommit = True


def _begin_postgresql(connection: Connection) -> None:
    connection.exec_driver_sql(_POSTGRESQL_BEGINS[connection.get_execution_options().get("ledger", "read")])
