"""How far the messages that people wrote back were read, for each account. No text of theirs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select, update

from ampenet_sync.ledger.campaigntables import inbound_marks, sends
from ampenet_sync.ledger.database import Ledger


@dataclass(frozen=True)
class InboundMark:
    """The newest uid up to which everything was read, "" for nothing yet; whether any inbound message was ever seen."""

    seen: str = ""
    ever: bool = False


def inbound_mark(ledger: Ledger, destination: int) -> InboundMark:
    query = select(inbound_marks).where(inbound_marks.c.destination == destination)
    with ledger.read() as db:
        row = db.execute(query).one_or_none()
    return InboundMark(row.seen, row.ever) if row else InboundMark()


def note_inbound(ledger: Ledger, destination: int, *, seen: str, ever: bool) -> None:
    """Move the mark on; it never goes back, whoever else reads at the same time."""
    mine = inbound_marks.c.destination == destination
    with ledger.write() as db:
        row = db.execute(select(inbound_marks).where(mine)).one_or_none()
        if row is None:
            values = {"seen": seen, "ever": ever, "read_at": ledger.clock()}
            db.execute(insert(inbound_marks).values(destination=destination, **values))
            return
        values = {"seen": max(seen, row.seen), "ever": ever or row.ever, "read_at": ledger.clock()}
        db.execute(update(inbound_marks).where(mine).values(values))


def senders_used(ledger: Ledger, destination: int) -> set[str]:
    """From whom this account's campaigns were ever sent, as far as that was noted."""
    with ledger.read() as db:
        return set(db.scalars(select(sends.c.sender_id).where(sends.c.destination == destination).distinct()))
