"""Plans that were made and begun, and what their sources were like when they were begun."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, insert, select, update

from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger

OVERTAKEN: Final = "overtaken"


@dataclass(frozen=True)
class PlanRecord:
    """`read_at` is when the reading of the group began that the plan was made from; None: made from the ledger."""

    digest: str
    created_at: float
    started_at: float | None
    state: str
    read_at: float | None = None


def note_plan(ledger: Ledger, destination: int, *, digest: str, segment: str, read_at: float | None = None) -> None:
    """Date a plan just made. Those that wait already stay as good as they were: making a plan changes nothing."""
    with ledger.write() as db:
        same = and_(t.plans.c.destination == destination, t.plans.c.digest == digest)
        fresh = {"created_at": ledger.clock(), "state": "open", "read_at": read_at}
        if not db.execute(update(t.plans).where(same).values(fresh)).rowcount:
            db.execute(insert(t.plans).values(destination=destination, digest=digest, segment=segment, **fresh))


def plan_record(ledger: Ledger, destination: int, digest: str) -> PlanRecord | None:
    query = select(t.plans).where(t.plans.c.destination == destination, t.plans.c.digest == digest)
    with ledger.read() as db:
        row = db.execute(query).one_or_none()
    return _plan_record(row) if row else None


@dataclass(frozen=True)
class LastChange:
    """The plan that changed a segment last ("": none did), and how many claims were made for its changes so far."""

    plan: str = ""
    claims: int = 0


def last_change(ledger: Ledger, destination: int, segment: str) -> LastChange:
    """Asked before a group is read: with every change that is claimed afterwards it is another."""
    with ledger.read() as db:
        return _last_change(db, destination, segment)


def _last_change(db: Connection, destination: int, segment: str) -> LastChange:
    c, digest = t.changes.c, _last_changing(db, destination, segment)
    claims = select(func.sum(c.attempts)).where(c.destination == destination, c.plan == digest)
    return LastChange(digest, int(db.scalar(claims) or 0) if digest else 0)


def last_changing_plan(ledger: Ledger, destination: int, segment: str) -> str:
    """The digest of the plan that was begun last of those with a change, or "" where none was.

    A run that found nothing to do changed nothing, so it doesn't count.
    """
    with ledger.read() as db:
        return _last_changing(db, destination, segment)


def _last_changing(db: Connection, destination: int, segment: str) -> str:
    changed = exists().where(t.changes.c.destination == destination, t.changes.c.plan == t.plans.c.digest)
    query = (
        select(t.plans.c.digest)
        .where(_plans_of(destination, segment), t.plans.c.started_at.is_not(None), changed)
        .order_by(t.plans.c.started_at.desc(), t.plans.c.digest)
        .limit(1)
    )
    return db.scalar(query) or ""


def start_plan(ledger: Ledger, destination: int, digest: str, *, after: LastChange | None = None) -> bool:
    """From here on the plan changes the group, and no claim is made any more for a plan that was begun before it.

    False, and it is not begun, where another has changed the segment since it was as in `after`: what this one saw is
    past. None: whatever happened since.
    """
    same = and_(t.plans.c.destination == destination, t.plans.c.digest == digest)
    with ledger.write() as db:
        # The segment's rows are locked, as each claim locks its own: whatever a claim notes now is seen here.
        segment = db.scalar(select(t.plans.c.segment).where(same)) or ""
        db.execute(select(t.plans.c.digest).where(_plans_of(destination, segment)).order_by("digest").with_for_update())
        last = _last_change(db, destination, segment)
        if after is not None and last != after and last.plan != digest:
            return False
        newest = db.scalar(select(func.max(t.plans.c.started_at)).where(t.plans.c.destination == destination))
        # Later than every other, even where the clock stands still or was set back: "the last one" must be this one.
        started = max(ledger.clock(), (newest or 0.0) + 0.001)
        begun = and_(_plans_of(destination, segment), t.plans.c.started_at.is_not(None), t.plans.c.digest != digest)
        db.execute(update(t.plans).where(begun, t.plans.c.state != OVERTAKEN).values(state=OVERTAKEN))
        db.execute(update(t.plans).where(same).values(started_at=started, state="open"))
        return True


def is_overtaken(db: Connection, destination: int, digest: str) -> bool:
    """Whether another plan for the same segment was begun after this one: then no claim is made for it any more."""
    same = and_(t.plans.c.destination == destination, t.plans.c.digest == digest)
    return db.scalar(select(t.plans.c.state).where(same)) == OVERTAKEN


def finish_plan(ledger: Ledger, destination: int, digest: str) -> None:
    same = and_(t.plans.c.destination == destination, t.plans.c.digest == digest)
    with ledger.write() as db:
        db.execute(update(t.plans).where(same).values(state="applied"))


def newest_plans(ledger: Ledger, destination: int) -> dict[str, PlanRecord]:
    """Segment → the newest plan made for it."""
    query = select(t.plans).where(t.plans.c.destination == destination).order_by(t.plans.c.created_at, t.plans.c.digest)
    with ledger.read() as db:
        return {row.segment: _plan_record(row) for row in db.execute(query)}


def _plan_record(row: Row[Any]) -> PlanRecord:
    return PlanRecord(row.digest, row.created_at, row.started_at, row.state, row.read_at)


def _plans_of(destination: int, segment: str) -> ColumnElement[bool]:
    return and_(t.plans.c.destination == destination, t.plans.c.segment == segment)


@dataclass(frozen=True)
class AcceptedSource:
    """`open_end` is whether the last line of a text file lacked its line break; None where nobody knows any more."""

    rows: int
    open_end: bool | None


def accepted_source(ledger: Ledger, source: str) -> AcceptedSource | None:
    """What the source was like when a plan made from it was last begun; None before the first."""
    with ledger.read() as db:
        row = db.execute(select(t.sources).where(t.sources.c.name == source)).one_or_none()
    return AcceptedSource(row.rows, row.open_end) if row else None


def accept_source(ledger: Ledger, source: str, *, rows: int, open_end: bool) -> None:
    """Later readings of the source are measured against this one: a plan from it is begun."""
    values = {"rows": rows, "open_end": open_end, "seen_at": ledger.clock()}
    with ledger.write() as db:
        if not db.execute(update(t.sources).where(t.sources.c.name == source).values(values)).rowcount:
            db.execute(insert(t.sources).values(name=source, **values))
