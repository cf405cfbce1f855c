"""A whole ledger copied while runs go on, and a lost one made again from its copy. A copy is a ledger of SQLite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Table, func, select, text

from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger, create_ledger, open_ledger
from ampenet_sync.ledger.engines import begun, engine_at, locate
from ampenet_sync.ledger.forgotten import secret_ids

AT_ONCE = 5_000  # rows
COPIED = [table for table in t.metadata.sorted_tables if table is not t.leases]  # nobody is at work in a copy
BACKED_UP_AT = "backed_up_at"

Progress = Callable[[str, int, int | None], None]
Key = Literal["not needed", "kept", "missing"]
BringKey = Callable[[frozenset[str]], bool]  # of the ids of keys; whether the data folder has the right one now


@dataclass(frozen=True)
class Copied:
    """A copy of a ledger: its id, when it was taken (epoch seconds), and table → rows of those that have any.

    `key` is whether the key of people who were forgotten in it is where it belongs.
    """

    ledger: str
    at: float
    rows: dict[str, int]
    key: Key = "not needed"


def back_up(ledger: Ledger, file: Path, *, progress: Progress) -> Copied:
    """Write the ledger as it is at one moment into an empty file; runs that are at work go on."""
    at = ledger.clock()
    engine = engine_at(locate(f"sqlite:///{file.absolute()}", file.parent), ledger.machine)
    try:
        with ledger.read() as source, begun(engine, "make") as target:
            t.metadata.create_all(target, checkfirst=False)
            rows = _copy(source, target, progress)
            target.execute(t.meta.insert(), {"key": BACKED_UP_AT, "value": repr(at)})
    finally:
        engine.dispose()
    return Copied(ledger.id, at, rows)


def no_key(ids: frozenset[str]) -> bool:
    """There is no data folder to look for one."""
    return False


def restore(file: Path, url: str, folder: Path, *, progress: Progress, bring_key: BringKey = no_key) -> Copied:
    """Make the ledger at `url` from a backup, wholly or not at all; `file` is brought up to date before. Of two that do
    it at once one makes it.

    Raises LedgerError: `no_backup` where the file is none, `ledger_there` where there is a ledger, which is left alone.
    """
    try:
        source = open_ledger(f"sqlite:///{file.absolute()}", folder)
    except LedgerError as error:
        raise (error if error.code == "ledger_schema" else _no_backup()) from None
    try:
        return _made_from(source, url, folder, progress, bring_key)
    finally:
        source.close()


def _made_from(source: Ledger, url: str, folder: Path, progress: Progress, bring_key: BringKey) -> Copied:
    rows = dict[str, int]()
    key: Key = "not needed"
    with source.read() as db:
        at = db.scalar(select(t.meta.c.value).where(t.meta.c.key == BACKED_UP_AT))
        if at is None:
            raise _no_backup()

        def fill(target: Connection) -> None:
            nonlocal key
            if ids := secret_ids(db):
                key = "kept" if bring_key(ids) else "missing"
            rows.update(_copy(db, target, progress))
            target.execute(t.meta.delete().where(t.meta.c.key == BACKED_UP_AT))
            _count_on(target)

        ledger, made = create_ledger(url, folder, fill=fill)
    try:
        if not made:
            raise _is_there(ledger, source.id, float(at))
    finally:
        ledger.close()
    return Copied(source.id, float(at), rows, key)


def _copy(source: Connection, target: Connection, progress: Progress) -> dict[str, int]:
    """Table → rows, of the tables that have any."""
    rows = dict[str, int]()
    whole = sum(source.scalar(select(func.count()).select_from(table)) or 0 for table in COPIED)
    for table in COPIED:
        for some in source.execution_options(yield_per=AT_ONCE).execute(select(table)).partitions():
            target.execute(table.insert(), [dict(row._mapping) for row in some])
            rows[table.name] = rows.get(table.name, 0) + len(some)
            progress("copying the ledger", sum(rows.values()), whole)
    return rows


def _count_on(db: Connection) -> None:
    """PostgreSQL gives out numbers by itself: it has to go on behind those that are there."""
    if db.dialect.name == "postgresql":
        for table in filter(_is_numbered, COPIED):
            newest = f"SELECT coalesce(max(id), 0) + 1 FROM {table.name}"  # noqa: S608 - our own tables
            db.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), ({newest}), false)"))


def _is_numbered(table: Table) -> bool:
    return table.autoincrement_column is not None


def _no_backup() -> LedgerError:
    hint = "name a file that was written by: ampenet-sync ledger backup FILE"
    return LedgerError("this is no backup of a ledger", code="no_backup", hint=hint)


def _is_there(ledger: Ledger, backed_up: str, at: float) -> LedgerError:
    """What the ledger that is there knows and the backup doesn't must not be forgotten."""
    with ledger.read() as db:
        sent, changed = (
            db.scalar(select(func.count()).select_from(table).where(table.c.claimed_at > at)) or 0
            for table in (t.messages, t.changes)
        )
    since = f"; since the backup it knows of {sent:,} messages and {changed:,} changes" if sent or changed else ""
    whose = "" if ledger.id == backed_up else ", and it is not the one that was backed up"
    hint = "what it knows must not be forgotten; if it is damaged or not yours, move it away first"
    return LedgerError(f"there is a ledger already{whose}{since}", code="ledger_there", hint=hint)
