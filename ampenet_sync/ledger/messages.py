"""Claims of messages: one row for each campaign, edition and phone, for ever. Looking a doubt up is not done here.

planned ──► claimed ──► sent | refused | expired
               └──► in_doubt ──(looked up)──► sent, or stays in doubt until a person decides
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, not_, select, text, update

from ampenet_sync.ledger import forgotten, orders, suppressions
from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.bounds import ClaimBounds
from ampenet_sync.ledger.database import Ledger

UNBOUNDED = ClaimBounds()
NOT_LISTED = "not_listed"  # looked up after the platform had its time, and not there

State = Literal["planned", "claimed", "sent", "refused", "in_doubt", "expired"]
OPEN: tuple[State, ...] = ("claimed", "in_doubt")


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
    """A draft on record as about to be sent by `run`, not after `send_before`, or as perhaps sent (`in_doubt`)."""

    id: int
    draft: Draft
    run: str
    send_before: float
    state: State = "claimed"


@dataclass(frozen=True)
class Started:
    """An edition that was begun: with which audience, and the newest message uid before its first one ("" for none)."""

    audience: str
    baseline_uid: str
    started_at: float


def claim(
    ledger: Ledger,
    edition: Edition,
    draft: Draft,
    *,
    audience: str,
    run: str,
    send_before: float,
    bounds: ClaimBounds = UNBOUNDED,
) -> Claim | str:
    """Note that this text is about to be sent; or the reason why it may not be: suppressed | already_messaged | paused
    | cancelled, or what the `bounds` say against it."""

    def note(db: Connection) -> Claim | str:
        if stopped := orders.is_stopped(db, edition):
            return stopped
        who = {"phone": draft.phone, "customer_key": draft.customer_key}
        if suppressions.is_suppressed(db, **who) or forgotten.is_forgotten(db, ledger, **who):
            return "suppressed"
        if why := bounds.against(db, edition.destination, draft.parts, now=ledger.clock()):
            return why
        values = {**_edition_values(edition), **draft.__dict__, "audience": audience}
        values |= {"run": run, "send_before": send_before, "at": ledger.clock()}
        key = db.scalar(_CLAIM, values)
        if key is None:  # claimed before: only what was given back may be sent again
            key = db.scalar(_CLAIM_AGAIN, values)
        return "already_messaged" if key is None else Claim(int(key), draft, run, send_before)

    return ledger.together(note)


def settle(ledger: Ledger, held: Claim, state: State, *, uid: str | None = None, code: str | None = None) -> bool:
    """Write the outcome, compare-and-set on (state, owner). False where the claim is no longer ours."""
    values = {
        "of": held.id,
        "was": held.state,
        "owner": held.run,
        "to": state,
        "sms": uid,
        "why": code,
        "at": ledger.clock(),
    }
    return ledger.together(lambda db: bool(db.execute(_SETTLE, values).rowcount))


def note_expired(ledger: Ledger, edition: Edition, draft: Draft, *, audience: str, run: str) -> Claim | str:
    """Too late for this one: nobody was asked, and nobody will be in this edition. Else why not, as `claim` says."""
    held = claim(ledger, edition, draft, audience=audience, run=run, send_before=0.0)
    if isinstance(held, Claim):
        settle(ledger, held, "expired", code="expired")
    return held


def open_claims(ledger: Ledger, edition: Edition) -> list[Claim]:
    """Claims of the edition that may still be looked up, oldest first: whom a person decides on is none of them."""
    looked_up = and_(t.messages.c.code.is_not(None), t.messages.c.code == NOT_LISTED)
    query = select(t.messages).where(_edition(edition), t.messages.c.state.in_(OPEN), not_(looked_up))
    with ledger.read() as db:
        return [_claim_of(row) for row in db.execute(query.order_by(t.messages.c.id))]


def was_begun(ledger: Ledger, edition: Edition, audience: str) -> bool:
    """Whether any message of this frozen audience was ever claimed."""
    query = select(t.messages.c.id).where(_edition(edition), t.messages.c.audience == audience).limit(1)
    with ledger.read() as db:
        return db.scalar(query) is not None


@dataclass(frozen=True, eq=False)  # compared as any set is
class KnownUids(Set[str]):
    """The uids of all messages that this ledger knows it sent there. They stay in the database."""

    ledger: Ledger
    destination: int

    def __contains__(self, uid: object) -> bool:
        with self.ledger.read() as db:
            return db.execute(_KNOWN, {"destination": self.destination, "uid": uid}).first() is not None

    def __iter__(self) -> Iterator[str]:
        ours = (t.messages.c.destination == self.destination, t.messages.c.uid.is_not(None))
        with self.ledger.read() as db:
            yield from db.scalars(select(t.messages.c.uid).where(*ours))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def unanswered(ledger: Ledger, destination: int) -> frozenset[tuple[str, str]]:
    """(phone, text) of all messages that may have been sent there without this ledger knowing their uid."""
    doubtful = and_(t.messages.c.destination == destination, t.messages.c.state.in_(OPEN))
    with ledger.read() as db:
        rows = db.execute(select(t.messages.c.phone, t.messages.c.text).where(doubtful))
        return frozenset((row.phone, row.text) for row in rows)


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
    return Claim(row.id, Draft(row.phone, row.customer_key, row.text, row.parts), row.run, row.send_before, row.state)


# Whoever was claimed in this edition stands in the way, whatever became of it; then nothing is written.
_CLAIM = text(
    "INSERT INTO messages (destination, campaign, edition, phone, customer_key, audience, text, parts, state, run, "
    "send_before, claimed_at) VALUES (:destination, :campaign, :edition, :phone, :customer_key, :audience, :text, "
    ":parts, 'claimed', :run, :send_before, :at) ON CONFLICT DO NOTHING RETURNING id"
)
_CLAIM_AGAIN = text(
    "UPDATE messages SET customer_key = :customer_key, audience = :audience, text = :text, parts = :parts, "
    "state = 'claimed', run = :run, send_before = :send_before, claimed_at = :at, finished_at = NULL, uid = NULL, "
    "code = NULL WHERE destination = :destination AND campaign = :campaign AND edition = :edition AND phone = :phone "
    "AND state = 'planned' RETURNING id"
)
_SETTLE = text(
    "UPDATE messages SET state = :to, uid = :sms, code = :why, finished_at = :at "
    "WHERE id = :of AND state = :was AND run = :owner"
)
_KNOWN = text("SELECT 1 FROM messages WHERE destination = :destination AND uid = :uid LIMIT 1")
