"""Take one person out of the ledger: their rows go or lose whose they were, what was counted stays counted."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, String, and_, cast, delete, func, not_, or_, select, update

from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger import changes, messages
from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger
from ampenet_sync.ledger.engines import translated
from ampenet_sync.ledger.people import Person, named_in
from ampenet_sync.ledger.statustable import statuses

NOBODY = "forgotten "  # before a message's id, in the place of its phone: there each stands once


@dataclass(frozen=True)
class PersonRows:
    """How many rows of each kind name somebody."""

    contacts: int
    changes: int
    messages: int
    suppressions: int

    def __bool__(self) -> bool:
        return any((self.contacts, self.changes, self.messages, self.suppressions))


def rows_of(ledger: Ledger, someone: Person) -> PersonRows:
    with ledger.read() as db:
        return _counted(db, someone)


def erase(ledger: Ledger, someone: Person) -> PersonRows:
    """Links and suppressions are removed; of changes and messages only state, time, run and parts stay.

    All of it or, after an error, nothing. Returns how many rows it were.
    """
    with ledger.write() as db:
        counted = _counted(db, someone)
        theirs = select(t.contacts.c.uid).where(named_in(t.contacts, someone))
        db.execute(delete(statuses).where(statuses.c.uid.in_(theirs)))
        db.execute(delete(t.contacts).where(named_in(t.contacts, someone)))
        db.execute(delete(t.suppressions).where(named_in(t.suppressions, someone)))
        blank = {"customer_key": "", "uid": None}
        db.execute(
            update(t.changes).where(named_in(t.changes, someone)).values(phone="", fields="{}", before=None, **blank)
        )
        nobody = NOBODY + cast(t.messages.c.id, String)
        messaged = update(t.messages).where(named_in(t.messages, someone))
        db.execute(messaged.values(phone=nobody, text="", **blank))
        return counted


def unanswered(ledger: Ledger, someone: Person) -> tuple[list[str], list[str]]:
    """The uids of the groups and the campaigns in which a request for them has no outcome yet: it is looked up by
    their number, so they can't be forgotten before."""
    m = t.messages.c
    waits = and_(m.state.in_(messages.OPEN), or_(m.code.is_(None), not_(m.code == messages.NOT_LISTED)))
    with ledger.read() as db:
        groups = _distinct(db, t.changes.c.group_uid, t.changes.c.state.in_(changes.OPEN), named_in(t.changes, someone))
        return groups, _distinct(db, m.campaign, waits, named_in(t.messages, someone))


def scrub(ledger: Ledger) -> None:
    """Leave nothing of what was erased in the database's files: SQLite writes them anew, PostgreSQL frees the rows.

    Raises LedgerError `ledger_in_use` where another process reads all the while.
    """
    with translated(ledger.engine.url), ledger.engine.connect() as connection:
        driver = connection.connection.driver_connection
        if driver is None:
            raise ValueError("the ledger is closed")
        if connection.dialect.name == "postgresql":
            connection.rollback()
            driver.autocommit = True
            try:
                for table in ("contacts", "changes", "messages", "suppressions"):
                    driver.execute(f"VACUUM {table}")
            finally:
                driver.autocommit = False
            return
        driver.execute("VACUUM")
        busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        message = "another process reads the ledger, so what was erased still stands in its log"
        raise LedgerError(message, code="ledger_in_use", hint="run the same command again when nothing else runs")


def _counted(db: Connection, someone: Person) -> PersonRows:
    tables = (t.contacts, t.changes, t.messages, t.suppressions)
    counts = (db.scalar(select(func.count()).select_from(table).where(named_in(table, someone))) for table in tables)
    return PersonRows(*(int(count or 0) for count in counts))


def _distinct(db: Connection, column: ColumnElement[str], *where: ColumnElement[bool]) -> list[str]:
    return list(db.scalars(select(column).where(*where).distinct().order_by(column)))
