"""The group of the platform that each segment is kept in, pinned by its uid once seen, and when it was last listed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, insert, select, update

from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger


@dataclass(frozen=True)
class PinnedGroup:
    uid: str
    name: str


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


def segment_of_named(ledger: Ledger, destination: int, name: str) -> str | None:
    """The segment that is kept in the group of this name, as it was called when it was last pinned."""
    query = select(t.groups.c.segment).where(t.groups.c.destination == destination, t.groups.c.name == name)
    with ledger.read() as db:
        return db.scalar(query.order_by(t.groups.c.segment))


def pin_group(ledger: Ledger, destination: int, segment: str, *, uid: str, name: str) -> None:
    """Keep the segment in this group from now on; a segment that was kept there before is kept nowhere."""
    others = and_(t.groups.c.destination == destination, t.groups.c.uid == uid, t.groups.c.segment != segment)
    with ledger.write() as db:
        db.execute(delete(t.groups).where(others))
        changed = db.execute(update(t.groups).where(_segment(destination, segment)).values(uid=uid, name=name))
        if not changed.rowcount:
            db.execute(insert(t.groups).values(destination=destination, segment=segment, uid=uid, name=name))


def last_listing(ledger: Ledger, destination: int, group_uid: str) -> float | None:
    """When the last complete reading began of which the ledger knows everybody; epoch seconds, None: there is none."""
    query = select(t.listings.c.read_at).where(
        t.listings.c.destination == destination, t.listings.c.group_uid == group_uid
    )
    with ledger.read() as db:
        return db.scalar(query)


def note_listing(ledger: Ledger, destination: int, group_uid: str, *, read_at: float) -> None:
    """Every contact of the reading that matches a customer is linked now. An older reading changes nothing."""
    here = and_(t.listings.c.destination == destination, t.listings.c.group_uid == group_uid)
    with ledger.write() as db:
        before = db.scalar(select(t.listings.c.read_at).where(here))
        if before is None:
            db.execute(insert(t.listings).values(destination=destination, group_uid=group_uid, read_at=read_at))
        elif before < read_at:
            db.execute(update(t.listings).where(here).values(read_at=read_at))


def _segment(destination: int, segment: str) -> ColumnElement[bool]:
    return and_(t.groups.c.destination == destination, t.groups.c.segment == segment)
