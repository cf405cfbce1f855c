"""How many messages and parts went out in a span of time, over all campaigns of an account. No money."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, case, func, select

from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.campaigntables import deliveries
from ampenet_sync.ledger.database import Ledger

SPENT = ("sent", "claimed", "in_doubt")  # what was sent, or may have been


@dataclass(frozen=True)
class EditionSum:
    """What one edition came to in the span. `parts` are those we counted of what was sent; `units` those that the
    platform says it billed, and ours where it wasn't asked. `unknown` messages and their parts are in neither."""

    campaign: str
    edition: str
    audience: str
    sent: int
    unknown: int
    parts: int
    units: int
    unknown_parts: int


def edition_sums(ledger: Ledger, destination: int, *, since: float, until: float) -> list[EditionSum]:
    """By campaign and edition; `since` and `until` are epoch seconds of the claims."""
    m, sent = t.messages.c, t.messages.c.state == "sent"
    billed = func.coalesce(deliveries.c.parts, m.parts)
    columns = [
        func.max(m.audience),
        func.sum(case((sent, 1), else_=0)),
        func.sum(case((sent, 0), else_=1)),
        func.sum(case((sent, m.parts), else_=0)),
        func.sum(case((sent, billed), else_=0)),
        func.sum(case((sent, 0), else_=m.parts)),
    ]
    query = select(m.campaign, m.edition, *columns).select_from(t.messages)
    query = query.outerjoin(deliveries, deliveries.c.message == m.id)
    within = (m.destination == destination, m.claimed_at >= since, m.claimed_at < until, m.state.in_(SPENT))
    with ledger.read() as db:
        rows = db.execute(query.where(*within).group_by(m.campaign, m.edition).order_by(m.campaign, m.edition))
        return [EditionSum(*row[:3], *map(int, row[3:])) for row in rows]


def parts_spent(ledger: Ledger, destination: int, *, since: float, until: float) -> int:
    """Parts of all messages that were sent in the span or may have been."""
    with ledger.read() as db:
        return parts_spent_in(db, destination, since=since, until=until)


def parts_spent_in(db: Connection, destination: int, *, since: float, until: float) -> int:
    """The same as a transaction that is open already sees it."""
    return int(db.scalar(_PARTS, {"at": destination, "since": since, "until": until}) or 0)


_M = t.messages.c
_PARTS = select(func.sum(_M.parts)).where(
    _M.destination == bindparam("at"),
    _M.claimed_at >= bindparam("since"),
    _M.claimed_at < bindparam("until"),
    _M.state.in_(SPENT),
)
