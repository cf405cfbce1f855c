"""Approvals: who said yes to which audience for which time. An approval starts once; the sending is not done here."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select, update

from ampenet_sync.ledger.database import Ledger
from ampenet_sync.ledger.messages import Edition
from ampenet_sync.ledger.ordertables import approvals
from ampenet_sync.ledger.spending import SPENT
from ampenet_sync.ledger.tables import messages


@dataclass(frozen=True)
class Approval:
    """A yes to one audience at `send_at`. `due_at` is when it may start by itself, None where it did. Epoch seconds."""

    id: int
    edition: Edition
    audience: str
    by: str
    at: float
    send_at: float
    due_at: float | None


def approve(ledger: Ledger, edition: Edition, *, audience: str, by: str, send_at: float) -> None:
    """Note the yes; an earlier one for the edition doesn't count any more."""
    row = {"destination": edition.destination, "campaign": edition.campaign, "edition": edition.name}
    with ledger.write() as db:
        now = ledger.clock()
        row |= {"audience": audience, "approved_by": by, "approved_at": now, "send_at": send_at, "due_at": send_at}
        db.execute(insert(approvals).values(row))


def approved(ledger: Ledger, destination: int) -> list[Approval]:
    """The approvals that count, one for each edition, by the time they were given."""
    query = select(approvals).where(approvals.c.destination == destination).order_by(approvals.c.id)
    with ledger.read() as db:
        rows = db.execute(query).all()
    newest = {(row.campaign, row.edition): row for row in rows}
    return [
        Approval(
            row.id,
            Edition(destination, row.campaign, row.edition),
            row.audience,
            row.approved_by,
            row.approved_at,
            row.send_at,
            row.due_at,
        )
        for row in sorted(newest.values(), key=lambda row: row.id)
    ]


def approvers(ledger: Ledger, edition: Edition) -> list[str]:
    """Who approved the audiences from which anything was sent, or may have been, by the time they did; of several who
    approved the same audience, the last."""
    a, m = approvals.c, messages.c
    mine = (a.destination == edition.destination, a.campaign == edition.campaign, a.edition == edition.name)
    sent = select(m.id).where(
        m.destination == a.destination,
        m.campaign == a.campaign,
        m.edition == a.edition,
        m.audience == a.audience,
        m.state.in_(SPENT),
    )
    with ledger.read() as db:
        rows = db.execute(select(a.audience, a.approved_by).where(*mine, sent.exists()).order_by(a.id)).all()
    return list(dict.fromkeys({row.audience: row.approved_by for row in rows}.values()))


def begin(ledger: Ledger, approval: Approval, *, until: float) -> bool:
    """Take it for this process: True for exactly one of several that ask. Whoever dies before `end` leaves it due at
    `until`."""
    same = (approvals.c.id == approval.id, approvals.c.due_at == approval.due_at)
    with ledger.write() as db:
        return bool(db.execute(update(approvals).where(*same).values(due_at=until)).rowcount)


def put_off(ledger: Ledger, approval: Approval, *, until: float) -> None:
    """It may go on by itself at `until`."""
    _due(ledger, approval, until)


def end(ledger: Ledger, approval: Approval) -> None:
    """It was started; what is left of it, if anything, is a person's."""
    _due(ledger, approval, None)


def _due(ledger: Ledger, approval: Approval, at: float | None) -> None:
    with ledger.write() as db:
        db.execute(update(approvals).where(approvals.c.id == approval.id).values(due_at=at))
