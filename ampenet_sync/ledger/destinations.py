"""Destinations: one for each account of a host that this ledger ever wrote to."""

from __future__ import annotations

from sqlalchemy import and_, insert, select

from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger


def destination_id(ledger: Ledger, *, host: str, account: str) -> int:
    """The row of one platform account, made on first sight."""
    match = and_(t.destinations.c.host == host, t.destinations.c.account == account)
    with ledger.write() as db:
        known = db.scalar(select(t.destinations.c.id).where(match))
        if known is None:
            row = insert(t.destinations).values(host=host, account=account)
            known = db.execute(row.returning(t.destinations.c.id)).scalar_one()
    return int(known)


def destinations_of(ledger: Ledger, host: str) -> list[int]:
    """Every account of a host that this ledger ever wrote to."""
    with ledger.read() as db:
        return list(db.scalars(select(t.destinations.c.id).where(t.destinations.c.host == host)))
