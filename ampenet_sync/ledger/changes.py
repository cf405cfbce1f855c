"""Claims of contact changes: noted before the bytes go out, settled after. What an answer means is decided elsewhere.

planned ──► claimed ──► done | refused
               └──► in_doubt ──(looked up)──► done | planned

To ask a contact is an update that changes nothing: it is claimed alike, but once answered or given back it leaves no
row.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, Row, TextClause, and_, bindparam, delete, func, select, text, update
from sqlalchemy.exc import IntegrityError

from ampenet_sync.ledger import forgotten, links, suppressions
from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger
from ampenet_sync.ledger.leases import Lease
from ampenet_sync.ledger.plans import is_overtaken
from ampenet_sync.ledger.statustable import note_status_in

Kind = Literal["create", "update", "delete", "ask"]
State = Literal["planned", "claimed", "done", "refused", "in_doubt"]
Unclaimed = Literal["suppressed", "in_doubt", "settled", "taken_over"]
Left = Literal["planned", "refused", "in_doubt"]
OPEN: tuple[State, ...] = ("claimed", "in_doubt")
LAST = 2**31 - 1  # greater than every position
NOT_APPLIED = "not_applied"  # looked up after the platform had its time, and not there


@dataclass(frozen=True)
class Intent:
    """What one change is about to do; phone and fields are those it leads to (of a delete: those it removes).

    `before` is what stood there as it was last seen, `phone` among the fields; None of a create. `uid` of a create is
    that of a contact which somebody removed there and which it stands for, if any.
    """

    plan: str
    position: int
    group_uid: str
    change: Kind
    uid: str | None
    customer_key: str
    phone: str
    fields: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, str] | None = None
    owned: bool = True


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


@dataclass(frozen=True)
class Outcomes:
    """What became of a plan's changes: state → changes, and of the refused ones code → changes."""

    states: Mapping[str, int]
    refusals: Mapping[str, int]


def claim(
    ledger: Ledger, destination: int, intent: Intent, *, run: str, send_before: float, lease: Lease | None = None
) -> Claim | Unclaimed:
    """Note the intent. Instead of a claim comes the reason why there is none:

    `suppressed`  the phone or customer may not be created, or was forgotten
    `in_doubt`    another open claim stands for this phone or contact
    `settled`     this change of this plan has its outcome already
    `taken_over`  the `lease` is no longer this run's, or another plan for the segment was begun: it knows not of this
    """
    record = {"destination": destination, **_record(intent)}

    def note(db: Connection) -> Claim | Unclaimed:
        if intent.change != "delete" and _never(db, ledger, intent):
            return "suppressed"
        fresh = {"run": run, "send_before": send_before, "at": ledger.clock()}
        made = db.scalar(_CLAIM[db.dialect.name], {**record, **fresh, "held": lease.asked if lease else None})
        if made is not None:
            return Claim(int(made), intent, "claimed", run, 1, send_before, None)
        if (lease is not None and not lease.holds_in(db)) or is_overtaken(db, destination, intent.plan):
            return "taken_over"
        return _claim_again(db, destination, intent, fresh)

    return ledger.together(note)


def extend(ledger: Ledger, held: Claim, *, send_before: float) -> bool:
    """Give a claim's second request its own time. False where the claim is no longer ours."""
    return ledger.together(lambda db: bool(db.execute(_EXTEND, {**_owner(held), "until": send_before}).rowcount))


def finish(
    ledger: Ledger,
    destination: int,
    held: Claim,
    *,
    uid: str | None = None,
    owned: bool | None = None,
    status_seen: bool = False,
) -> bool:
    """The change was applied: settle the claim and the link together. False where it was no longer ours.

    `status_seen`: the answer showed whether the contact opted out.
    """
    intent = held.intent

    def settle(db: Connection) -> bool:
        at, asked = ledger.clock(), intent.change == "ask"
        ours = _settle(db, held, None) if asked else _settle(db, held, "done", code=None, at=at, uid=uid)
        if ours and not asked:
            _record_link(db, destination, intent, uid=uid, owned=owned, at=at)
        if status_seen:
            note_status_in(db, destination, intent.group_uid, uid or intent.uid or "", at=at)
        return ours

    return ledger.together(settle)


def leave(ledger: Ledger, held: Claim, state: Left, *, code: str) -> bool:
    """The change was not applied (planned: may be tried again; refused: not by itself), or nobody knows yet."""
    if held.intent.change == "ask" and state == "planned":
        return ledger.together(lambda db: _settle(db, held, None))
    return ledger.together(lambda db: _settle(db, held, state, code=code, at=ledger.clock()))


def open_claims(ledger: Ledger, destination: int, group_uid: str) -> list[Claim]:
    """All claims of the group without an outcome, oldest first."""
    return _claims(ledger, destination, group_uid, t.changes.c.state.in_(OPEN))


def given_up_creates(ledger: Ledger, destination: int, group_uid: str) -> list[Claim]:
    """Creates of the group that were judged not applied after a lost answer, and not done again since."""
    given_up = and_(t.changes.c.change == "create", t.changes.c.state == "planned", t.changes.c.code == NOT_APPLIED)
    return _claims(ledger, destination, group_uid, given_up)


def outcomes(
    ledger: Ledger, destination: int, plan: str, *, first: int = 0, end: int = LAST
) -> dict[int, tuple[State, str]]:
    """Position → (state, code) of the plan's changes that were ever begun, from position `first` to before `end`."""
    with ledger.read() as db:
        rows = db.execute(_BEGUN, {"d": destination, "p": plan, "first": first, "end": end})
        return {row.position: (row.state, row.code or "") for row in rows}


def given_back(ledger: Ledger, destination: int, plan: str) -> list[int]:
    """The positions of the plan's changes that were begun and are planned again."""
    query = select(t.changes.c.position).where(_OF_PLAN, t.changes.c.state == "planned")
    with ledger.read() as db:
        return list(db.scalars(query, {"d": destination, "p": plan}))


def count_outcomes(ledger: Ledger, destination: int, plan: str) -> Outcomes:
    """What became of all of the plan's changes that were ever begun, in counts."""
    states, refusals = dict[str, int](), dict[str, int]()
    with ledger.read() as db:
        done = int(db.scalar(_ALL, {"d": destination, "p": plan}) or 0)
        for row in db.execute(_NOT_DONE, {"d": destination, "p": plan}):
            states[row.state] = states.get(row.state, 0) + row.changes
            done -= row.changes
            if row.state == "refused":
                refusals[row.code or ""] = row.changes
    if done:
        states["done"] = done
    return Outcomes(states, dict(sorted(refusals.items())))


def _claims(ledger: Ledger, destination: int, group_uid: str, which: ColumnElement[bool]) -> list[Claim]:
    of_group = and_(t.changes.c.destination == destination, t.changes.c.group_uid == group_uid)
    with ledger.read() as db:
        return [_claim_of(row) for row in db.execute(select(t.changes).where(of_group, which).order_by(t.changes.c.id))]


def _never(db: Connection, ledger: Ledger, intent: Intent) -> bool:
    """Whether nobody may make this contact, or write it for somebody who was forgotten."""
    who = {"phone": intent.phone, "customer_key": intent.customer_key}
    suppressed = intent.change == "create" and suppressions.is_suppressed(db, **who)
    return suppressed or forgotten.is_forgotten(db, ledger, **who)


def _claim_again(db: Connection, destination: int, intent: Intent, fresh: dict[str, Any]) -> Claim | Unclaimed:
    """The plan's change was begun before, or an open claim of another stands in its way."""
    same = {"d": destination, "p": intent.plan, "first": intent.position, "end": intent.position + 1}
    earlier = db.execute(_BEGUN, same).one_or_none()
    if earlier is None or earlier.state in OPEN:
        return "in_doubt"
    if earlier.state != "planned":
        return "settled"
    with db.begin_nested() as savepoint:
        try:
            db.execute(_CLAIM_AGAIN, {"of": earlier.id, **fresh})
        except IntegrityError:
            savepoint.rollback()
            return "in_doubt"
    return Claim(earlier.id, intent, "claimed", fresh["run"], earlier.attempts + 1, fresh["send_before"], None)


def _settle(
    db: Connection,
    held: Claim,
    state: State | None,
    *,
    code: str | None = None,
    at: float = 0.0,
    uid: str | None = None,
) -> bool:
    """Write the outcome; `state` None leaves no row."""
    if state is None:
        return bool(db.execute(_DROP, _owner(held)).rowcount)
    outcome = {"to": state, "why": code, "at": at, "contact": uid}
    return bool(db.execute(_SETTLE, {**_owner(held), **outcome}).rowcount)


def _owner(held: Claim) -> dict[str, Any]:
    return {"of": held.id, "was": held.state, "owner": held.run}


def _record_link(
    db: Connection, destination: int, intent: Intent, *, uid: str | None, owned: bool | None, at: float
) -> None:
    contact = uid or intent.uid
    if contact is None:
        raise ValueError("a finished change names its contact")
    if intent.change == "delete":
        links.drop_link_in(db, destination, intent.group_uid, contact, at=at)
        return
    if intent.uid not in (None, contact):  # a create that stands for a contact which somebody removed
        links.drop_link_in(db, destination, intent.group_uid, intent.uid or "", at=at)
    ours = intent.owned if owned is None else owned
    link = links.Link(contact, intent.customer_key, intent.phone, intent.fields, ours)
    links.write_link_in(db, destination, intent.group_uid, link, at=at)


def _record(intent: Intent) -> dict[str, Any]:
    """The intent as its row holds it."""
    before = None if intent.before is None else links.as_text(intent.before)
    return {**intent.__dict__, "fields": links.as_text(intent.fields), "before": before}


def _claim_of(row: Row[Any]) -> Claim:
    values = {name: getattr(row, name) for name in Intent.__dataclass_fields__}
    values["fields"] = json.loads(row.fields)
    values["before"] = None if row.before is None else json.loads(row.before)
    return Claim(row.id, Intent(**values), row.state, row.run, row.attempts, row.send_before, row.code)


_NAMES = tuple(Intent.__dataclass_fields__)
_TYPES = {"position": "INTEGER", "owned": "BOOLEAN"}  # of what is no text: a SELECT of values says what they are
_GIVEN = ", ".join(f"CAST(:{name} AS {_TYPES.get(name, 'TEXT')})" for name in _NAMES)
# Whatever stands in the way, nothing is written and no id comes back; why is asked afterwards. The lease is asked in
# the same statement, as another would be a round trip in each claim.


def _claiming(locking: str) -> TextClause:
    return text(
        f"""
    INSERT INTO changes (destination, {", ".join(_NAMES)}, state, run, attempts, send_before, claimed_at)
    SELECT CAST(:destination AS INTEGER), {_GIVEN}, 'claimed', CAST(:run AS TEXT), 1,
        CAST(:send_before AS DOUBLE PRECISION), CAST(:at AS DOUBLE PRECISION)
    WHERE (CAST(:held AS TEXT) IS NULL
        OR EXISTS (SELECT 1 FROM leases WHERE name = CAST(:held AS TEXT) AND run = CAST(:run AS TEXT)))
        AND coalesce(
            (SELECT p.state FROM plans p
            WHERE p.destination = CAST(:destination AS INTEGER) AND p.digest = CAST(:plan AS TEXT) {locking}),
            ''
        ) <> 'overtaken'
    ON CONFLICT DO NOTHING RETURNING id
    """  # noqa: S608 - the names are ours
    )


# SQLite has one writer at a time. PostgreSQL holds the plan's row to the transaction's end, so no other plan is begun
# between the look and the claim, and it looks at the row again where another transaction has just changed it.
_CLAIM: Final = {"sqlite": _claiming(""), "postgresql": _claiming("FOR SHARE")}
_CLAIM_AGAIN = (
    update(t.changes)
    .where(t.changes.c.id == bindparam("of"))
    .values(
        state="claimed",
        run=bindparam("run"),
        attempts=t.changes.c.attempts + 1,
        send_before=bindparam("send_before"),
        claimed_at=bindparam("at"),
        finished_at=None,
        code=None,
    )
)
# Compare-and-set on (state, owner): whoever lost the claim can't write its outcome.
_MINE = and_(
    t.changes.c.id == bindparam("of"), t.changes.c.state == bindparam("was"), t.changes.c.run == bindparam("owner")
)
_SETTLE = (
    update(t.changes)
    .where(_MINE)
    .values(
        state=bindparam("to"),
        code=bindparam("why"),
        finished_at=bindparam("at"),
        uid=func.coalesce(bindparam("contact"), t.changes.c.uid),
    )
)
_DROP = delete(t.changes).where(_MINE)
_EXTEND = update(t.changes).where(_MINE).values(send_before=bindparam("until"))
_OF_PLAN = and_(t.changes.c.destination == bindparam("d"), t.changes.c.plan == bindparam("p"))
_BEGUN = select(*(t.changes.c[name] for name in ("id", "position", "state", "code", "attempts"))).where(
    _OF_PLAN, t.changes.c.position >= bindparam("first"), t.changes.c.position < bindparam("end")
)
# Most are done, and those are counted by the index alone: sorting a million into groups takes half a second.
_ALL = select(func.count()).select_from(t.changes).where(_OF_PLAN)
_NOT_DONE = (
    select(t.changes.c.state, t.changes.c.code, func.count().label("changes"))
    .where(_OF_PLAN, t.changes.c.state != "done")
    .group_by(t.changes.c.state, t.changes.c.code)
)
