"""When each group was last read whole, so that a plan may rely on the ledger for a while."""

from __future__ import annotations

from sqlalchemy import and_, insert, select, update

from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger


def last_listing(ledger: Ledger, destination: int, group_uid: str) -> float | None:
    """When the last complete reading began of which the ledger knows everybody; epoch seconds, None before the first."""
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
