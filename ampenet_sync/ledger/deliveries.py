"""What became of messages after they were sent, as the platform said it, and how far it was read. No calls."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, text, update

from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.campaigntables import deliveries, delivery_readings
from ampenet_sync.ledger.database import Ledger
from ampenet_sync.ledger.messages import Edition

AT_ONCE = 20_000  # rows


@dataclass(frozen=True)
class StatusReading:
    """One going through an edition's statuses, counted from 1; times in epoch seconds, `ended_at` None of one that is
    not done."""

    number: int
    began_at: float
    ended_at: float | None
    everything: bool


@dataclass(frozen=True)
class ReadStatus:
    """What the platform says of one message; `status` is "" where it lists no such message."""

    message: int
    status: str
    parts: int | None


@dataclass(frozen=True)
class StatusCount:
    """So many sent messages of one status: its word, "" for those that are not listed, None for those not read yet."""

    status: str | None
    messages: int


@dataclass(frozen=True)
class Addressee:
    """One message of an edition and what is known of it; times in epoch seconds."""

    phone: str
    key: str
    state: str
    code: str
    status: str | None
    parts: int
    at: float
    read_at: float | None


def begin_reading(ledger: Ledger, edition: Edition, *, everything: bool) -> StatusReading:
    """Go on with the reading that is not done, or begin one. What an unfinished smaller one left is in a larger one."""
    with ledger.write() as db:
        last = _last(db, edition)
        if last is not None and last.ended_at is None and (last.everything or not everything):
            return last
        number, now = (last.number if last else 0) + 1, ledger.clock()
        values = {"number": number, "began_at": now, "ended_at": None, "everything": everything}
        if last is None:
            whose = {"destination": edition.destination, "campaign": edition.campaign, "edition": edition.name}
            db.execute(insert(delivery_readings).values({**whose, **values}))
        else:
            db.execute(update(delivery_readings).where(_reading_of(edition)).values(values))
        return StatusReading(number, now, None, everything)


def end_reading(ledger: Ledger, edition: Edition) -> None:
    with ledger.write() as db:
        db.execute(update(delivery_readings).where(_reading_of(edition)).values(ended_at=ledger.clock()))


def last_reading(ledger: Ledger, edition: Edition) -> StatusReading | None:
    with ledger.read() as db:
        return _last(db, edition)


def unread(ledger: Ledger, edition: Edition, reading: StatusReading, *, final: Collection[str]) -> dict[str, int]:
    """Uid → message, of those sent whose status this reading has still to ask for. `final` statuses stay as they are
    unless it reads everything."""
    old = deliveries.c.reading < reading.number
    again = old if reading.everything else and_(old, deliveries.c.status.not_in(final))
    asked = or_(deliveries.c.message.is_(None), again)
    query = select(t.messages.c.uid, t.messages.c.id).outerjoin(deliveries, deliveries.c.message == t.messages.c.id)
    with ledger.read() as db:
        rows = db.execute(query.where(_sent(edition), t.messages.c.uid.is_not(None), asked))
        return {row.uid: row.id for row in rows}


def note_statuses(ledger: Ledger, reading: StatusReading, statuses: Iterable[ReadStatus]) -> None:
    alike = {"at": ledger.clock(), "reading": reading.number}
    rows = [{"message": s.message, "status": s.status, "parts": s.parts, **alike} for s in statuses]
    if rows:
        with ledger.write() as db:
            db.execute(_NOTE, rows)


def status_counts(ledger: Ledger, edition: Edition) -> list[StatusCount]:
    """The sent messages by the status that was last read; together they are all of them."""
    status = deliveries.c.status
    query = select(status, func.count()).select_from(t.messages)
    query = query.outerjoin(deliveries, deliveries.c.message == t.messages.c.id).where(_sent(edition)).group_by(status)
    with ledger.read() as db:
        counts = [StatusCount(row[0], int(row[1])) for row in db.execute(query)]
    return sorted(counts, key=lambda count: (-count.messages, count.status or ""))


def refusals(ledger: Ledger, edition: Edition) -> dict[str, int]:
    """Code → how many messages were refused for it, the most frequent first."""
    m = t.messages.c
    query = select(func.coalesce(m.code, ""), func.count()).where(_of(edition), m.state == "refused")
    with ledger.read() as db:
        counts = {row[0]: int(row[1]) for row in db.execute(query.group_by(m.code))}
    return dict(sorted(counts.items(), key=lambda count: (-count[1], count[0])))


def recipients(ledger: Ledger, edition: Edition) -> Iterator[Addressee]:
    """Everybody who was claimed in the edition, in the order in which they were."""
    m, d = t.messages.c, deliveries.c
    query = select(t.messages, d.status, d.read_at).outerjoin(deliveries, d.message == m.id)
    query = query.where(_of(edition), m.state != "planned").order_by(m.id)
    with ledger.read() as db:
        for row in db.execution_options(yield_per=AT_ONCE).execute(query):
            yield _recipient(row)


def newest_edition(ledger: Ledger, destination: int, campaign: str) -> str | None:
    """The edition that was begun last; None where none was."""
    e = t.editions.c
    query = select(e.edition).where(e.destination == destination, e.campaign == campaign)
    with ledger.read() as db:
        return db.scalar(query.order_by(e.started_at.desc(), e.edition.desc()).limit(1))


def is_held(ledger: Ledger, name: str) -> bool:
    """Whether somebody is at work on what has this name right now."""
    query = select(t.leases.c.until, t.runs.c.host, t.runs.c.pid).join(t.runs, t.runs.c.id == t.leases.c.run)
    with ledger.read() as db:
        row = db.execute(query.where(t.leases.c.name == name)).one_or_none()
    return row is not None and row.until > ledger.clock() and ledger.machine.may_run(row.host, row.pid)


def _last(db: Connection, edition: Edition) -> StatusReading | None:
    row = db.execute(select(delivery_readings).where(_reading_of(edition))).one_or_none()
    return StatusReading(row.number, row.began_at, row.ended_at, row.everything) if row else None


def _recipient(row: Row[Any]) -> Addressee:
    at = row.claimed_at if row.finished_at is None else row.finished_at
    return Addressee(row.phone, row.customer_key, row.state, row.code or "", row.status, row.parts, at, row.read_at)


def _of(edition: Edition) -> ColumnElement[bool]:
    m = t.messages.c
    return and_(m.destination == edition.destination, m.campaign == edition.campaign, m.edition == edition.name)


def _sent(edition: Edition) -> ColumnElement[bool]:
    return and_(_of(edition), t.messages.c.state == "sent")


def _reading_of(edition: Edition) -> ColumnElement[bool]:
    r = delivery_readings.c
    return and_(r.destination == edition.destination, r.campaign == edition.campaign, r.edition == edition.name)


_NOTE = text(
    "INSERT INTO deliveries (message, status, parts, read_at, reading) "
    "VALUES (:message, :status, :parts, :at, :reading) "
    "ON CONFLICT (message) DO UPDATE SET status = excluded.status, parts = excluded.parts, "
    "read_at = excluded.read_at, reading = excluded.reading"
)
