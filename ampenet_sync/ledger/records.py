"""Destinations, runs, pinned groups, plans and sources: what is remembered of whole runs, not of single people."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, exists, func, insert, select, update

from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger
from ampenet_sync.ledger.machine import HERE, Machine


@dataclass(frozen=True)
class PinnedGroup:
    uid: str
    name: str


@dataclass(frozen=True)
class PlanRecord:
    digest: str
    created_at: float
    started_at: float | None
    state: str


@dataclass(frozen=True)
class AcceptedSource:
    """`open_end` is whether the last line of a text file lacked its line break; None where nobody knows any more."""

    rows: int
    open_end: bool | None


def destination_id(ledger: Ledger, *, host: str, account: str) -> int:
    """The row of one platform account, made on first sight."""
    match = and_(t.destinations.c.host == host, t.destinations.c.account == account)
    with ledger.write() as db:
        found = db.scalar(select(t.destinations.c.id).where(match))
        if found is None:
            row = insert(t.destinations).values(host=host, account=account)
            found = db.execute(row.returning(t.destinations.c.id)).scalar_one()
    return int(found)


def destinations_of(ledger: Ledger, host: str) -> list[int]:
    """Every account of a host that this ledger ever wrote to."""
    with ledger.read() as db:
        return list(db.scalars(select(t.destinations.c.id).where(t.destinations.c.host == host)))


def begin_run(
    ledger: Ledger,
    kind: str,
    *,
    within: str = "",
    machine: Machine = HERE,
    uuid4: Callable[[], uuid.UUID] = uuid.uuid4,
) -> str:
    """Note that this process begins a run; its id owns the claims made in it, and begins with that of the command."""
    run = within + uuid4().hex[len(within) :]
    row = {"id": run, "kind": kind, "host": machine.host(), "pid": machine.pid(), "started_at": ledger.clock()}
    with ledger.write() as db:
        db.execute(insert(t.runs).values(row))
    return run


def pinned_group(ledger: Ledger, destination: int, segment: str) -> PinnedGroup | None:
    query = select(t.groups.c.uid, t.groups.c.name).where(_segment(destination, segment))
    with ledger.read() as db:
        row = db.execute(query).one_or_none()
    return PinnedGroup(row.uid, row.name) if row else None


def segment_of_group(ledger: Ledger, destination: int, uid: str) -> str | None:
    """The segment that is kept in this group, as far as the ledger knows."""
    query = select(t.groups.c.segment).where(t.groups.c.destination == destination, t.groups.c.uid == uid)
    with ledger.read() as db:
        return db.scalar(query)


def pin_group(ledger: Ledger, destination: int, segment: str, *, uid: str, name: str) -> None:
    """Keep the segment in this group from now on; a segment that was kept there before is kept nowhere."""
    others = and_(t.groups.c.destination == destination, t.groups.c.uid == uid, t.groups.c.segment != segment)
    with ledger.write() as db:
        db.execute(delete(t.groups).where(others))
        changed = db.execute(update(t.groups).where(_segment(destination, segment)).values(uid=uid, name=name))
        if not changed.rowcount:
            db.execute(insert(t.groups).values(destination=destination, segment=segment, uid=uid, name=name))


def note_plan(ledger: Ledger, destination: int, *, digest: str, segment: str) -> None:
    """Date a plan just made. Those that wait already stay as good as they were: making a plan changes nothing."""
    with ledger.write() as db:
        same = and_(t.plans.c.destination == destination, t.plans.c.digest == digest)
        fresh = {"created_at": ledger.clock(), "state": "open"}
        if not db.execute(update(t.plans).where(same).values(fresh)).rowcount:
            db.execute(insert(t.plans).values(destination=destination, digest=digest, segment=segment, **fresh))


def plan_record(ledger: Ledger, destination: int, digest: str) -> PlanRecord | None:
    query = select(t.plans).where(t.plans.c.destination == destination, t.plans.c.digest == digest)
    with ledger.read() as db:
        row = db.execute(query).one_or_none()
    return _plan_record(row) if row else None


def last_changing_plan(ledger: Ledger, destination: int, segment: str) -> str:
    """The digest of the plan that was begun last of those with a change, or "" where none was.

    A run that found nothing to do changed nothing, so it doesn't count.
    """
    changed = exists().where(t.changes.c.destination == destination, t.changes.c.plan == t.plans.c.digest)
    query = (
        select(t.plans.c.digest)
        .where(_plans_of(destination, segment), t.plans.c.started_at.is_not(None), changed)
        .order_by(t.plans.c.started_at.desc(), t.plans.c.digest)
        .limit(1)
    )
    with ledger.read() as db:
        return db.scalar(query) or ""


def start_plan(ledger: Ledger, destination: int, digest: str, *, source: str, rows: int, open_end: bool) -> None:
    """From here on the plan changes the group, and later readings of the source are measured against this one."""
    same = and_(t.plans.c.destination == destination, t.plans.c.digest == digest)
    with ledger.write() as db:
        newest = db.scalar(select(func.max(t.plans.c.started_at)).where(t.plans.c.destination == destination))
        # Later than every other, even where the clock stands still or was set back: "the last one" must be this one.
        started = max(ledger.clock(), (newest or 0.0) + 0.001)
        db.execute(update(t.plans).where(same).values(started_at=started))
        _accept_source(db, source, rows=rows, open_end=open_end, seen_at=ledger.clock())


def finish_plan(ledger: Ledger, destination: int, digest: str) -> None:
    same = and_(t.plans.c.destination == destination, t.plans.c.digest == digest)
    with ledger.write() as db:
        db.execute(update(t.plans).where(same).values(state="applied"))


def accepted_source(ledger: Ledger, source: str) -> AcceptedSource | None:
    """What the source was like when a plan made from it was last begun; None before the first."""
    with ledger.read() as db:
        row = db.execute(select(t.sources).where(t.sources.c.name == source)).one_or_none()
    return AcceptedSource(row.rows, row.open_end) if row else None


def newest_plans(ledger: Ledger, destination: int) -> dict[str, PlanRecord]:
    """Segment → the newest plan made for it."""
    query = select(t.plans).where(t.plans.c.destination == destination).order_by(t.plans.c.created_at, t.plans.c.digest)
    with ledger.read() as db:
        return {row.segment: _plan_record(row) for row in db.execute(query)}


def _plan_record(row: Row[Any]) -> PlanRecord:
    return PlanRecord(row.digest, row.created_at, row.started_at, row.state)


def _accept_source(db: Connection, source: str, **values: float) -> None:
    if not db.execute(update(t.sources).where(t.sources.c.name == source).values(values)).rowcount:
        db.execute(insert(t.sources).values(name=source, **values))


def _segment(destination: int, segment: str) -> ColumnElement[bool]:
    return and_(t.groups.c.destination == destination, t.groups.c.segment == segment)


def _plans_of(destination: int, segment: str) -> ColumnElement[bool]:
    return and_(t.plans.c.destination == destination, t.plans.c.segment == segment)
