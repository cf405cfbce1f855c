"""Segments in which a run was undone: until somebody releases one, no other plan changes its group."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, insert, select

from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger


@dataclass(frozen=True)
class Hold:
    """`run` was undone in the segment; `since` is in epoch seconds."""

    segment: str
    run: str
    since: float


def hold(ledger: Ledger, destination: int, segment: str, *, run: str) -> None:
    """Keep every plan but undoing ones from the segment's group. A segment that is held already stays so."""
    with ledger.write() as db:
        if db.scalar(select(t.holds.c.run).where(_segment(destination, segment))) is None:
            row = {"destination": destination, "segment": segment, "run": run, "since": ledger.clock()}
            db.execute(insert(t.holds).values(row))


def held(ledger: Ledger, destination: int) -> dict[str, Hold]:
    """Segment → why it is held."""
    query = select(t.holds).where(t.holds.c.destination == destination).order_by(t.holds.c.segment)
    with ledger.read() as db:
        return {row.segment: Hold(row.segment, row.run, row.since) for row in db.execute(query)}


def release(ledger: Ledger, destination: int, segment: str) -> bool:
    """From now on plans change the segment's group again. False where it wasn't held."""
    with ledger.write() as db:
        return bool(db.execute(delete(t.holds).where(_segment(destination, segment))).rowcount)


def _segment(destination: int, segment: str) -> ColumnElement[bool]:
    return and_(t.holds.c.destination == destination, t.holds.c.segment == segment)
