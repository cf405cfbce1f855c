"""Claims of messages: one row for each campaign, edition and phone, for ever. Looking a doubt up is not done here.

planned ──► claimed ──► sent | refused | expired
               └──(looked up)──► sent | unknown
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Row, and_, func, insert, select, update

from ampenet_sync.ledger import suppressions
from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger

State = Literal["planned", "claimed", "sent", "refused", "unknown", "expired"]


@dataclass(frozen=True)
class Edition:
    """One issue of a campaign at one destination: the scope in which nobody is texted twice."""

    destination: int
    campaign: str
    name: str

    @property
    def label(self) -> str:
        return f"{self.campaign} edition {self.name}"


@dataclass(frozen=True)
class Draft:
    """One rendered text for one phone, about to be sent."""

    phone: str
    customer_key: str
    text: str
    parts: int


@dataclass(frozen=True)
class Claim:
    """A draft on record as about to be sent by `run`, not after `send_before`."""

    id: int
    draft: Draft
    run: str
    send_before: float


@dataclass(frozen=True)
class Started:
    """An edition that was begun: with which audience, and the newest message uid before its first one ("" for none)."""

    audience: str
    baseline_uid: str
    started_at: float


def claim(
    ledger: Ledger, edition: Edition, draft: Draft, *, audience: str, run: str, send_before: float
) -> Claim | str:
    """Note that this text is about to be sent; or the reason why it may not be: suppressed | already_messaged."""
    with ledger.write() as db:
        if suppressions.is_suppressed(db, phone=draft.phone, customer_key=draft.customer_key):
            return "suppressed"
        earlier = db.execute(
            select(t.messages).where(_edition(edition), t.messages.c.phone == draft.phone)
        ).one_or_none()
        if earlier is not None and earlier.state != "planned":
            return "already_messaged"
        values = {**draft.__dict__, "audience": audience, "state": "claimed", "run": run, "send_before": send_before}
        values |= {"claimed_at": ledger.clock(), "finished_at": None, "uid": None, "code": None}
        if earlier is not None:
            db.execute(update(t.messages).where(t.messages.c.id == earlier.id).values(values))
            return Claim(earlier.id, draft, run, send_before)
        row = {**_edition_values(edition), **values}
        key = db.execute(insert(t.messages).values(row).returning(t.messages.c.id)).scalar_one()
    return Claim(int(key), draft, run, send_before)


def settle(ledger: Ledger, held: Claim, state: State, *, uid: str | None = None, code: str | None = None) -> bool:
    """Write the outcome, compare-and-set on (claimed, owner). False where the claim is no longer ours."""
    mine = and_(t.messages.c.id == held.id, t.messages.c.state == "claimed", t.messages.c.run == held.run)
    values = {"state": state, "uid": uid, "code": code, "finished_at": ledger.clock()}
    with ledger.write() as db:
        return bool(db.execute(update(t.messages).where(mine).values(values)).rowcount)


def note_expired(ledger: Ledger, edition: Edition, draft: Draft, *, audience: str, run: str) -> None:
    """Too late for this one: nobody was asked, and nobody will be in this edition."""
    held = claim(ledger, edition, draft, audience=audience, run=run, send_before=0.0)
    if isinstance(held, Claim):
        settle(ledger, held, "expired", code="expired")


def open_claims(ledger: Ledger, edition: Edition) -> list[Claim]:
    """Claims of the edition without an outcome, oldest first."""
    query = select(t.messages).where(_edition(edition), t.messages.c.state == "claimed").order_by(t.messages.c.id)
    with ledger.read() as db:
        return [_claim_of(row) for row in db.execute(query)]


def messaged_phones(ledger: Ledger, edition: Edition) -> frozenset[str]:
    """Everybody who was claimed in this edition, whatever became of it."""
    query = select(t.messages.c.phone).where(_edition(edition), t.messages.c.state != "planned")
    with ledger.read() as db:
        return frozenset(db.scalars(query))


def was_begun(ledger: Ledger, edition: Edition, audience: str) -> bool:
    """Whether any message of this frozen audience was ever claimed."""
    query = select(t.messages.c.id).where(_edition(edition), t.messages.c.audience == audience).limit(1)
    with ledger.read() as db:
        return db.scalar(query) is not None


def known_uids(ledger: Ledger, destination: int) -> frozenset[str]:
    """The uids of all messages that this ledger knows it sent there."""
    query = select(t.messages.c.uid).where(t.messages.c.destination == destination, t.messages.c.uid.is_not(None))
    with ledger.read() as db:
        return frozenset(db.scalars(query))


def unanswered(ledger: Ledger, destination: int) -> frozenset[tuple[str, str]]:
    """(phone, text) of all messages that may have been sent there without this ledger knowing their uid."""
    doubtful = and_(t.messages.c.destination == destination, t.messages.c.state.in_(("claimed", "unknown")))
    with ledger.read() as db:
        return frozenset((row.phone, row.text) for row in db.execute(select(t.messages).where(doubtful)))


def figures(ledger: Ledger, edition: Edition) -> dict[str, int]:
    """State → how many messages of the edition are in it."""
    query = select(t.messages.c.state, func.count()).where(_edition(edition)).group_by(t.messages.c.state)
    with ledger.read() as db:
        return {state: int(count) for state, count in db.execute(query)}


def parts_sent(ledger: Ledger, edition: Edition) -> int:
    query = select(func.coalesce(func.sum(t.messages.c.parts), 0)).where(
        _edition(edition), t.messages.c.state == "sent"
    )
    with ledger.read() as db:
        return int(db.scalar(query) or 0)


def note_audience(ledger: Ledger, edition: Edition, *, digest: str) -> None:
    """Date a frozen audience; previewing the same again makes it fresh."""
    same = and_(t.audiences.c.destination == edition.destination, t.audiences.c.digest == digest)
    with ledger.write() as db:
        if not db.execute(update(t.audiences).where(same).values(created_at=ledger.clock())).rowcount:
            row = {**_edition_values(edition), "digest": digest, "created_at": ledger.clock()}
            db.execute(insert(t.audiences).values(row))


def audience_made_at(ledger: Ledger, destination: int, digest: str) -> float | None:
    query = select(t.audiences.c.created_at).where(
        t.audiences.c.destination == destination, t.audiences.c.digest == digest
    )
    with ledger.read() as db:
        return db.scalar(query)


def started(ledger: Ledger, edition: Edition) -> Started | None:
    query = select(t.editions).where(*_same_edition(edition))
    with ledger.read() as db:
        row = db.execute(query).one_or_none()
    return Started(row.audience, row.baseline_uid, row.started_at) if row else None


def start(ledger: Ledger, edition: Edition, *, audience: str, baseline_uid: str) -> None:
    """Begin the edition, or go on with it for newcomers; the first baseline stays, whatever is handed in later."""
    with ledger.write() as db:
        if not db.execute(update(t.editions).where(*_same_edition(edition)).values(audience=audience)).rowcount:
            row = {**_edition_values(edition), "audience": audience, "baseline_uid": baseline_uid}
            db.execute(insert(t.editions).values(started_at=ledger.clock(), **row))


def started_editions(ledger: Ledger, destination: int) -> list[Edition]:
    query = select(t.editions.c.campaign, t.editions.c.edition).where(t.editions.c.destination == destination)
    with ledger.read() as db:
        rows = db.execute(query.order_by(t.editions.c.campaign, t.editions.c.edition)).all()
    return [Edition(destination, row.campaign, row.edition) for row in rows]


def _edition(edition: Edition) -> ColumnElement[bool]:
    return and_(
        t.messages.c.destination == edition.destination,
        t.messages.c.campaign == edition.campaign,
        t.messages.c.edition == edition.name,
    )


def _same_edition(edition: Edition) -> tuple[ColumnElement[bool], ...]:
    e = t.editions.c
    return (e.destination == edition.destination, e.campaign == edition.campaign, e.edition == edition.name)


def _edition_values(edition: Edition) -> dict[str, object]:
    return {"destination": edition.destination, "campaign": edition.campaign, "edition": edition.name}


def _claim_of(row: Row[tuple[object, ...]]) -> Claim:
    return Claim(row.id, Draft(row.phone, row.customer_key, row.text, row.parts), row.run, row.send_before)
