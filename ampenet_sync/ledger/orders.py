"""What people ordered about campaigns: paused, resumed, cancelled. Each claim asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import Connection, insert, select, text

from ampenet_sync.ledger.database import Ledger
from ampenet_sync.ledger.ordertables import orders

if TYPE_CHECKING:
    from ampenet_sync.ledger.messages import Edition

What = Literal["pause", "resume", "cancel"]


@dataclass(frozen=True)
class Order:
    """Somebody's word about a campaign; `edition` is "" where it concerns all of them."""

    campaign: str
    edition: str
    what: What
    by: str
    at: float


@dataclass(frozen=True)
class InForce:
    """The order that keeps an edition from being sent now, None where there is none."""

    paused: Order | None = None
    cancelled: Order | None = None


def give(ledger: Ledger, destination: int, what: What, campaign: str, *, edition: str = "", by: str) -> None:
    row = {"destination": destination, "campaign": campaign, "edition": edition, "what": what, "ordered_by": by}
    with ledger.write() as db:
        db.execute(insert(orders).values(**row, at=ledger.clock()))


def standing(ledger: Ledger, edition: Edition) -> InForce:
    with ledger.read() as db:
        rows = db.execute(_ORDERS, {"destination": edition.destination, "campaign": edition.campaign}).all()
    return _folded((Order(edition.campaign, *row) for row in rows), edition.name)


def is_stopped(db: Connection, edition: Edition) -> Literal["paused", "cancelled"] | None:
    """Asked within the transaction of a claim, so that no claim follows an order."""
    rows = db.execute(_ORDERS, {"destination": edition.destination, "campaign": edition.campaign}).all()
    state = _folded((Order(edition.campaign, *row) for row in rows), edition.name)
    return "cancelled" if state.cancelled else "paused" if state.paused else None


def given(ledger: Ledger, destination: int) -> list[Order]:
    """Every order, the oldest first."""
    columns = (orders.c.campaign, orders.c.edition, orders.c.what, orders.c.ordered_by, orders.c.at)
    with ledger.read() as db:
        rows = db.execute(select(*columns).where(orders.c.destination == destination).order_by(orders.c.id)).all()
    return [Order(*row) for row in rows]


def _folded(rows: Iterable[Order], edition: str) -> InForce:
    """A pause holds until it is taken back, a cancellation for ever."""
    paused = cancelled = None
    for order in rows:
        if order.what == "cancel":
            cancelled = order if order.edition == edition else cancelled
        else:
            paused = order if order.what == "pause" else None
    return InForce(paused, cancelled)


_ORDERS = text(
    "SELECT edition, what, ordered_by, at FROM orders WHERE destination = :destination AND campaign = :campaign "
    "ORDER BY id"
)
