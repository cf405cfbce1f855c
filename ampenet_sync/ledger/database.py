"""Make the ledger's database, or open it as the newest schema. No business queries, and no word of any driver."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, inspect, select
from sqlalchemy.engine import URL

from ampenet_sync.config.folders import make_private_folder
from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger import campaigntables as _in_the_same_metadata  # noqa: F401
from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.clocks import Clock, clock_of
from ampenet_sync.ledger.engines import begun, engine_at, locate, shown, sqlite_file
from ampenet_sync.ledger.migrations import SCHEMA_VERSION, STEPS, migrate, version_in
from ampenet_sync.ledger.postgresql import move_in, schema_of
from ampenet_sync.ledger.together import Together
from ampenet_sync.machine import HERE, Machine

T = TypeVar("T")


@dataclass(frozen=True)
class Ledger:
    """One ledger: its database, its identity and the clock that dates every row and judges it.

    `simulated` is whether that clock was handed in, in place of the one of whoever keeps the database. `machine` is the
    one whose runs begin here: their ids, and whether their processes live. `secrets` is the data folder, in which the
    key stands that knows again whom it was told to forget; without it a ledger that forgot somebody lets nobody be
    made or texted.
    """

    engine: Engine = field(repr=False)
    id: str
    clock: Clock
    simulated: bool = False
    _together: Together = field(default_factory=Together, init=False, repr=False, compare=False)
    machine: Machine = field(default=HERE, repr=False)
    secrets: Path | None = None

    def write(self) -> AbstractContextManager[Connection]:
        """One transaction that holds the write lock from its start, so what it reads stays true until it commits."""
        return begun(self.engine, "write")

    def together(self, work: Callable[[Connection], T]) -> T:
        """Do a short write in such a transaction, together with those of other threads that wait for theirs."""
        return self._together.write(self.write, work)

    def read(self) -> AbstractContextManager[Connection]:
        """One transaction that sees one state of everything."""
        return begun(self.engine, "read")

    def close(self) -> None:
        self.engine.dispose()


def create_ledger(
    url: str,
    folder: Path,
    *,
    clock: Clock | None = None,
    machine: Machine = HERE,
    fill: Callable[[Connection], None] | None = None,
) -> tuple[Ledger, bool]:
    """Make the ledger at `url` (relative SQLite paths start at `folder`); an existing one is opened and left as it is.

    A new one is empty, unless `fill` puts rows into its tables, those of its identity among them.

    Returns the ledger and whether it was made now. Raises LedgerError.
    """
    where = locate(url, folder)
    file = sqlite_file(where)
    if file is not None:
        make_private_file(file)
    engine = engine_at(where, machine)
    try:
        with begun(engine, "make") as db:
            made = not _is_there(db, where, make=True)
            if made:
                _make_tables(db)
                fill(db) if fill else _name(db, machine.uuid4().hex)
    finally:
        engine.dispose()
    return open_ledger(url, folder, clock=clock, machine=machine), made


def open_ledger(
    url: str, folder: Path, *, clock: Clock | None = None, machine: Machine = HERE, secrets: Path | None = None
) -> Ledger:
    """Open an existing ledger, of an older version too: that is brought up to date.

    Time is that of whoever keeps the database. A `clock` handed in, as of a simulation, takes its place everywhere.

    Raises LedgerError: `no_ledger` where there is none (it is never made in passing), `ledger_schema` where a newer
    version wrote it.
    """
    where = locate(url, folder)
    file = sqlite_file(where)
    if file is not None and not file.exists():
        raise _missing(where)
    engine = engine_at(where, machine)
    try:
        _find(engine, where)
        with begun(engine, "read") as db:
            version = version_in(db, where)
        if version < SCHEMA_VERSION:
            migrate(engine, STEPS)
        with begun(engine, "read") as db:
            identity = db.execute(select(t.meta.c.value).where(t.meta.c.key == "ledger_id")).scalar_one()
            own = clock_of(db, machine=machine.clock)
    except BaseException:
        engine.dispose()
        raise
    return Ledger(engine, identity, clock or own, simulated=clock is not None, machine=machine, secrets=secrets)


def _find(engine: Engine, where: URL) -> None:
    """Raises LedgerError `no_ledger`. One that an earlier version left elsewhere in the database is moved first."""
    with begun(engine, "read") as db:
        if inspect(db).has_table("meta"):
            return
    if sqlite_file(where) is None:
        with begun(engine, "make") as db:
            if _is_there(db, where, make=False):
                return
    raise _missing(where)


def _is_there(db: Connection, where: URL, *, make: bool) -> bool:
    schema = None if sqlite_file(where) is not None else schema_of(where)
    if schema is not None and not inspect(db).has_table("meta"):
        move_in(db, schema, make=make)
    return inspect(db).has_table("meta")


def make_private_file(file: Path) -> None:
    """SQLite gives its side files the mode of the main one, so that is made first."""
    try:
        make_private_folder(file.parent)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise LedgerError(f"the ledger can't be made at {file}: {error.strerror}", code="ledger_unwritable") from None


def _make_tables(db: Connection) -> None:
    """Tables that are there already are somebody else's: then the database refuses, and nothing is made."""
    t.metadata.create_all(db, checkfirst=False)
    if db.dialect.name != "sqlite":
        t.throttling.create_all(db, checkfirst=False)


def _name(db: Connection, ledger_id: str) -> None:
    facts = {"ledger_id": ledger_id, "schema_version": str(SCHEMA_VERSION)}
    db.execute(t.meta.insert(), [{"key": key, "value": value} for key, value in facts.items()])


def _missing(where: URL) -> LedgerError:
    return LedgerError(
        f"there is no ledger at {shown(where)}",
        code="no_ledger",
        hint="if there was one, restore it: it is the memory that keeps people from being texted twice. For a first "
        "run: ampenet-sync ledger init",
    )
