"""Claims of contact changes: noted before the bytes go out, settled after. What an answer means is decided elsewhere.

planned ──► claimed ──► done | refused
               └──► in_doubt ──(looked up)──► done | planned
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from ampenet_sync.ledger import links, suppressions
from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger

Kind = Literal["create", "update", "delete"]
State = Literal["planned", "claimed", "done", "refused", "in_doubt"]
OPEN: tuple[State, ...] = ("claimed", "in_doubt")
NOT_APPLIED = "not_applied"  # looked up after the platform had its time, and not there


@dataclass(frozen=True)
class Intent:
    """What one change is about to do; the values are those it leads to (of a delete: those it removes)."""

    plan: str
    position: int
    group_uid: str
    change: Kind
    uid: str | None
    customer_key: str
    phone: str
    first_name: str
    last_name: str
    owned: bool


@dataclass(frozen=True)
class Claim:
    """An intent on record. `run` owns it; nobody else may judge it before `send_before` and the time to settle."""

    id: int
    intent: Intent
    state: State
    run: str
    attempts: int
    send_before: float
    code: str | None


def claim(ledger: Ledger, destination: int, intent: Intent, *, run: str, send_before: float) -> Claim | str:
    """Note the intent. Instead of a claim comes the reason why there is none:

    `suppressed`  the phone or customer may not be created
    `in_doubt`    another open claim stands for this phone or contact
    `settled`     this change of this plan has its outcome already
    """
    try:
        with ledger.write() as db:
            if intent.change == "create" and _suppressed(db, intent):
                return "suppressed"
            return _claim_in(db, destination, intent, run=run, send_before=send_before, at=ledger.clock())
    except IntegrityError:
        return "in_doubt"


def extend(ledger: Ledger, held: Claim, *, send_before: float) -> bool:
    """Give a claim's second request its own time. False where the claim is no longer ours."""
    with ledger.write() as db:
        return bool(db.execute(update(t.changes).where(_mine(held)).values(send_before=send_before)).rowcount)


def finish(ledger: Ledger, destination: int, held: Claim, *, uid: str | None = None, owned: bool | None = None) -> bool:
    """The change was applied: settle the claim and the link together. False where it was no longer ours."""
    with ledger.write() as db:
        if not _settle(db, held, "done", code=None, at=ledger.clock()):
            return False
        _record_link(db, destination, held.intent, uid=uid, owned=owned, at=ledger.clock())
    return True


def leave(ledger: Ledger, held: Claim, state: Literal["planned", "refused", "in_doubt"], *, code: str) -> bool:
    """The change was not applied (planned: may be tried again; refused: not by itself), or nobody knows yet."""
    with ledger.write() as db:
        return _settle(db, held, state, code=code, at=ledger.clock())


def open_claims(ledger: Ledger, destination: int, group_uid: str) -> list[Claim]:
    """All claims of the group without an outcome, oldest first."""
    return _claims(ledger, destination, group_uid, t.changes.c.state.in_(OPEN))


def given_up_creates(ledger: Ledger, destination: int, group_uid: str) -> list[Claim]:
    """Creates of the group that were judged not applied after a lost answer, and not done again since."""
    given_up = and_(t.changes.c.change == "create", t.changes.c.state == "planned", t.changes.c.code == NOT_APPLIED)
    return _claims(ledger, destination, group_uid, given_up)


def outcomes(ledger: Ledger, destination: int, plan: str) -> dict[int, tuple[State, str]]:
    """Position → (state, code) of each change of the plan that was ever begun."""
    columns = (t.changes.c.position, t.changes.c.state, t.changes.c.code)
    query = select(*columns).where(t.changes.c.destination == destination, t.changes.c.plan == plan)
    with ledger.read() as db:
        return {row.position: (row.state, row.code or "") for row in db.execute(query)}


def _claims(ledger: Ledger, destination: int, group_uid: str, which: ColumnElement[bool]) -> list[Claim]:
    of_group = and_(t.changes.c.destination == destination, t.changes.c.group_uid == group_uid)
    with ledger.read() as db:
        return [_claim_of(row) for row in db.execute(select(t.changes).where(of_group, which).order_by(t.changes.c.id))]


def _suppressed(db: Connection, intent: Intent) -> bool:
    return suppressions.is_suppressed(db, phone=intent.phone, customer_key=intent.customer_key)


def _claim_in(
    db: Connection, destination: int, intent: Intent, *, run: str, send_before: float, at: float
) -> Claim | str:
    same = and_(
        t.changes.c.destination == destination,
        t.changes.c.plan == intent.plan,
        t.changes.c.position == intent.position,
    )
    earlier = db.execute(select(t.changes).where(same)).one_or_none()
    fresh = {
        "state": "claimed",
        "run": run,
        "send_before": send_before,
        "claimed_at": at,
        "finished_at": None,
        "code": None,
    }
    if earlier is None:
        row = {"destination": destination, "attempts": 1, **asdict(intent), **fresh}
        key = db.execute(insert(t.changes).values(row).returning(t.changes.c.id)).scalar_one()
        return Claim(int(key), intent, "claimed", run, 1, send_before, None)
    if earlier.state != "planned":
        return "in_doubt" if earlier.state in OPEN else "settled"
    attempts = earlier.attempts + 1
    db.execute(update(t.changes).where(t.changes.c.id == earlier.id).values(attempts=attempts, **fresh))
    return Claim(earlier.id, intent, "claimed", run, attempts, send_before, None)


def _mine(held: Claim) -> ColumnElement[bool]:
    """Compare-and-set on (state, owner): whoever lost the claim can't write its outcome."""
    return and_(t.changes.c.id == held.id, t.changes.c.state == held.state, t.changes.c.run == held.run)


def _settle(db: Connection, held: Claim, state: State, *, code: str | None, at: float) -> bool:
    values = {"state": state, "code": code, "finished_at": at}
    return bool(db.execute(update(t.changes).where(_mine(held)).values(values)).rowcount)


def _record_link(
    db: Connection, destination: int, intent: Intent, *, uid: str | None, owned: bool | None, at: float
) -> None:
    contact = uid or intent.uid
    if contact is None:
        raise ValueError("a finished change names its contact")
    if intent.change == "delete":
        links.drop_link_in(db, destination, intent.group_uid, contact, at=at)
        return
    link = links.Link(
        uid=contact,
        customer_key=intent.customer_key,
        phone=intent.phone,
        first_name=intent.first_name,
        last_name=intent.last_name,
        owned=intent.owned if owned is None else owned,
    )
    links.write_link_in(db, destination, intent.group_uid, link, at=at)


def _claim_of(row: Row[tuple[object, ...]]) -> Claim:
    intent = Intent(**{name: getattr(row, name) for name in Intent.__dataclass_fields__})
    return Claim(row.id, intent, row.state, row.run, row.attempts, row.send_before, row.code)
