"""Old outcomes lose whose they were: what names people goes, what was counted stays.

What keeps anybody from being made or texted twice is never touched: what has no outcome yet, the links, each segment's
last changing plan, and which number got which edition.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy import ColumnElement, Delete, Table, Update, and_, delete, func, insert, or_, select, update

from ampenet_sync.ledger import changes, messages
from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.changetable import PRUNED
from ampenet_sync.ledger.database import Ledger
from ampenet_sync.ledger.ordertables import approvals
from ampenet_sync.ledger.plans import last_changing_plan

NOTED = BEFORE, AT = "pruned_before", "pruned_at"  # in `meta`, as epoch seconds
REMOVED_AT = "removed_at"
AT_ONCE = 2_000  # rows of one transaction: nobody waits long for their own


def _no_crash(point: str) -> None:
    """Nobody simulates the end of the process."""


@dataclass(frozen=True)
class PrunedRows:
    """How many `changes` and `messages` lost whose they were, and how many `contacts`, deleted long ago, are gone."""

    changes: int = 0
    messages: int = 0
    contacts: int = 0

    def __bool__(self) -> bool:
        return any((self.changes, self.messages, self.contacts))


@dataclass(frozen=True)
class Pruned:
    """The last pruning: outcomes of before `before` are nobody's since `at`. Epoch seconds."""

    before: float
    at: float


def pruned(ledger: Ledger) -> Pruned | None:
    """How far outcomes were pruned, None: they never were."""
    with ledger.read() as db:
        noted = {row.key: float(row.value) for row in db.execute(select(t.meta).where(t.meta.c.key.in_(NOTED)))}
    return Pruned(noted[BEFORE], noted[AT]) if BEFORE in noted and AT in noted else None


def prunable(ledger: Ledger, *, before: float) -> PrunedRows:
    """What `prune` would do."""
    old = _old(ledger, before)
    with ledger.read() as db:
        counts = (db.scalar(select(func.count()).select_from(table).where(which)) for table, which in old)
        return PrunedRows(*(int(count or 0) for count in counts))


def prune(
    ledger: Ledger, *, before: float, at_once: int = AT_ONCE, crash: Callable[[str], None] = _no_crash
) -> PrunedRows:
    """Take whose they were from outcomes of before that moment, some thousand rows at a time.

    How far it goes is noted first, and each row says that it was pruned: nobody takes it for somebody who was
    forgotten. Whoever is interrupted runs it again.
    """
    if not prunable(ledger, before=before):
        return PrunedRows()
    of_changes, of_messages, of_contacts = _old(ledger, before)
    _note(ledger, before)
    code = func.coalesce(t.changes.c.code, PRUNED)
    nobodys = {"phone": "", "customer_key": "", "fields": "{}", "before": None, "code": code}
    in_turns = partial(_in_turns, ledger, at_once=at_once, crash=crash)
    return PrunedRows(
        in_turns(*of_changes, lambda which: update(t.changes).where(which).values(nobodys)),
        in_turns(*of_messages, lambda which: update(t.messages).where(which).values(customer_key="", text="")),
        in_turns(*of_contacts, lambda which: delete(t.contacts).where(which)),
    )


def last_removal(ledger: Ledger) -> float | None:
    """When all that is older than `retention` says was removed last, in epoch seconds."""
    with ledger.read() as db:
        at = db.scalar(select(t.meta.c.value).where(t.meta.c.key == REMOVED_AT))
    return None if at is None else float(at)


def note_removal(ledger: Ledger) -> None:
    _write(ledger, {REMOVED_AT: ledger.clock()})


def needed_digests(ledger: Ledger) -> frozenset[str]:
    """Plans and audiences whose file somebody may still need: what has something without an outcome, and what was
    approved for a time that is yet to come."""
    c, m, a = t.changes.c, t.messages.c, approvals.c
    with ledger.read() as db:
        return frozenset(
            [
                *db.scalars(select(c.plan).where(c.state.in_(changes.OPEN)).distinct()),
                *db.scalars(select(m.audience).where(m.state.in_(messages.OPEN)).distinct()),
                *db.scalars(select(a.audience).where(a.due_at.is_not(None))),
            ]
        )


def _note(ledger: Ledger, before: float) -> None:
    """A shorter time that is written later doesn't bring back what is gone: the latest moment counts."""
    noted = pruned(ledger)
    values = {BEFORE: max(before, noted.before if noted else before), AT: ledger.clock()}
    _write(ledger, values)


def _write(ledger: Ledger, values: Mapping[str, float]) -> None:
    with ledger.write() as db:
        db.execute(delete(t.meta).where(t.meta.c.key.in_(list(values))))
        db.execute(insert(t.meta), [{"key": key, "value": repr(value)} for key, value in values.items()])


def _old(ledger: Ledger, before: float) -> tuple[tuple[Table, ColumnElement[bool]], ...]:
    """The tables, and which of their rows are to go or to lose whose they were."""
    c, m, k = t.changes.c, t.messages.c, t.contacts.c
    kept = _last_plans(ledger)
    given_back = and_(c.state == "planned", c.claimed_at < before, or_(c.code.is_(None), c.code != changes.NOT_APPLIED))
    settled = and_(c.state.in_(("done", "refused")), c.finished_at < before)
    undoable = select(c.uid).where(c.plan.in_(kept), c.uid.is_not(None))
    ended = and_(m.state.in_(("sent", "refused", "expired")), m.finished_at < before)
    return (
        (t.changes, and_(or_(settled, given_back), c.plan.not_in(kept), c.phone != "")),
        (t.messages, and_(ended, or_(m.text != "", m.customer_key != ""))),
        (t.contacts, and_(k.state == "deleted", k.written_at < before, k.uid.not_in(undoable))),
    )


def _last_plans(ledger: Ledger) -> list[str]:
    """The digest of each segment's last changing plan, in every account."""
    with ledger.read() as db:
        segments = db.execute(select(t.plans.c.destination, t.plans.c.segment).distinct()).all()
    digests = (last_changing_plan(ledger, row.destination, row.segment) for row in segments)
    return [digest for digest in digests if digest]


def _in_turns(
    ledger: Ledger,
    table: Table,
    old: ColumnElement[bool],
    work: Callable[[ColumnElement[bool]], Update | Delete],
    *,
    at_once: int,
    crash: Callable[[str], None],
) -> int:
    """Do it to all the old rows, so many in a transaction. Returns how many they were."""
    done, last = 0, 0
    while True:
        with ledger.write() as db:
            ids = list(db.scalars(select(table.c.id).where(old, table.c.id > last).order_by(table.c.id).limit(at_once)))
            if not ids:
                return done
            db.execute(work(and_(old, table.c.id.between(ids[0], ids[-1]))))
        crash("pruned")
        done, last = done + len(ids), ids[-1]
