"""Carry a plan out in its order and look up every doubt. Whether it may be carried out at all is decided elsewhere."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Literal

from ampenet_sync.ledger import changes, links
from ampenet_sync.phones import mask, shown_key
from ampenet_sync.sync.change import Work, carry_out
from ampenet_sync.sync.listing import Listing
from ampenet_sync.sync.planfile import PlanFile
from ampenet_sync.sync.reconcile import Settled, own_late_creates, settle_doubts
from ampenet_sync.sync.rows import CALLS, Change, Row, Values
from ampenet_sync.sync.waiting import wait_until

ROUNDS = 3  # of looking doubts up and doing again what certainly wasn't applied
NAMED = 20  # rows that moved and are named; the others are counted

Why = Literal[
    "contact_gone",  # nobody has this uid in the group any more
    "contact_changed",  # somebody changed the contact there since
    "phone_taken",  # another contact has the number there now
    "customer_gone",  # the source has the customer no more, or not in this segment, or set aside
    "customer_changed",  # the source says something else of the customer now
    "customer_back",  # of a delete: the customer is in the segment again
    "customer_held",  # of a delete: the customer's row is set aside now
    "opted_out",  # of a create: the source says so now
]


@dataclass(frozen=True)
class MovedRow:
    """A row of the plan that was left alone, as anybody may see it, and why."""

    change: str
    key: str
    phone: str
    why: Why


@dataclass(frozen=True)
class Applied:
    """What became of one plan. `paused` says why the run stopped early, "" where it didn't.

    `moved` rows were left alone; the first `NAMED` of them stand in `moved_rows`. `total` changes were to be made.
    """

    segment: str
    done: int
    refused: int
    in_doubt: int
    moved: int
    suppressed: int
    paused: str
    refusals: dict[str, int] = field(default_factory=dict)
    moved_rows: tuple[MovedRow, ...] = ()
    total: int = 0

    def plus(self, later: Applied) -> Applied:
        """Both together, where `later` went on with what this one had to leave in doubt."""
        codes = sorted(self.refusals.keys() | later.refusals.keys())
        return Applied(
            segment=self.segment,
            done=self.done + later.done,
            refused=self.refused + later.refused,
            in_doubt=later.in_doubt,
            moved=self.moved + later.moved,
            suppressed=self.suppressed + later.suppressed,
            paused=later.paused,
            refusals={code: self.refusals.get(code, 0) + later.refusals.get(code, 0) for code in codes},
            moved_rows=(self.moved_rows + later.moved_rows)[:NAMED],
            total=self.total,
        )


def apply_plan(
    plan: PlanFile,
    group_uid: str,
    listing: Listing,
    *,
    work: Work,
    executor: Executor,
    moved: Mapping[int, Why] | None = None,
) -> Applied:
    """Make the group what the plan says; rows that moved since it was made are left alone.

    `moved` are positions of rows whose customer moved, as the source says; contacts that moved are found here.
    `listing` is a complete reading of the group that is newer than the last change of any other run.
    Run again after any interruption, it goes on where it was.
    """
    tally = _Tally(work, total=sum(row.change in CALLS for row in plan.rows), moved=moved or {})
    settle_group(work, group_uid, listing)
    _write_links(plan, group_uid, listing, work)
    for round_ in range(ROUNDS):
        todo = _todo(plan, group_uid, listing, work, tally)
        for change in CALLS:
            list(executor.map(tally.carry_out, [intent for intent in todo if intent.change == change.value]))
        if work.breaker.is_open or round_ == ROUNDS - 1 or not _open(work, group_uid):
            break
        listing = wait_and_settle(work, group_uid)
    return _applied(plan, work, tally)


def settle_group(work: Work, group_uid: str, listing: Listing) -> Settled:
    """Look up every open claim of the group in a complete listing, and what appeared after it was given up."""
    given_up = changes.given_up_creates(work.ledger, work.destination, group_uid)
    own_late_creates(work.ledger, work.destination, given_up, listing, ours=_ours(work, group_uid))
    claims, ours = _open(work, group_uid), _ours(work, group_uid)
    return settle_doubts(
        work.ledger, work.destination, claims, listing, run=work.run, ours=ours, patience=work.patience
    )


def wait_and_settle(work: Work, group_uid: str) -> Listing:
    """Look the doubts up, wait until the rest can be judged, and judge them. Returns the newest listing."""
    listing = work.read_group(group_uid)
    settled = settle_group(work, group_uid, listing)
    if not settled.waiting:
        return listing
    wait_until(settled.until, work, what=f"{len(settled.waiting)} unanswered change(s)")
    listing = work.read_group(group_uid)
    settle_group(work, group_uid, listing)
    return listing


def tell_done(plan: PlanFile, work: Work) -> None:
    """How many of the plan's changes are settled, as the ledger knows it, where a run was interrupted."""
    states = changes.outcomes(work.ledger, work.destination, plan.digest).values()
    settled = sum(state in ("done", "refused") for state, _ in states)
    work.progress("applying", settled, sum(row.change in CALLS for row in plan.rows))


class _Tally:
    """Counts what the ledger doesn't: changes left out, and progress. Shared by the executor's threads."""

    def __init__(self, work: Work, *, total: int, moved: Mapping[int, Why]) -> None:
        self.left_out: dict[int, str] = {}  # position → why; what a later round could do stands here no more
        self.moved: dict[int, Why] = {}
        self.moved_in_source = moved
        self.finished: set[int] = set()
        self._work, self._total, self._lock = work, total, threading.Lock()

    def carry_out(self, intent: changes.Intent) -> None:
        left_out = carry_out(self._work, intent)
        with self._lock:
            self.left_out.pop(intent.position, None)
            if left_out:
                self.left_out[intent.position] = left_out
            if self._work.breaker.is_open:
                return
            self.finished.add(intent.position)
            self._work.progress("applying", len(self.finished), self._total)


def _todo(plan: PlanFile, group_uid: str, listing: Listing, work: Work, tally: _Tally) -> list[changes.Intent]:
    """The plan's changes that have no outcome yet and still fit what stands in the group."""
    states = changes.outcomes(work.ledger, work.destination, plan.digest)
    todo = []
    for position, row in enumerate(plan.rows):
        state, _ = states.get(position, ("planned", ""))
        if row.change not in CALLS or state != "planned":
            tally.finished |= {position} if row.change in CALLS else set()
        elif why := tally.moved_in_source.get(position) or _moved(row, listing):
            tally.moved[position] = why
        else:
            todo.append(_intent(plan, position, group_uid, row))
    return todo


def _moved(row: Row, listing: Listing) -> Why | None:
    """Whether the contact is no longer as the plan saw it, and how."""
    if row.change is Change.CREATE:
        return "phone_taken" if row.values.phone in listing.phones else None
    found = listing.by_uid.get(row.uid or "")
    if found is None:
        return "contact_gone"
    if Values(found.phone, found.first_name, found.last_name) != row.before:
        return "contact_changed"
    taken = row.values.phone != found.phone and row.values.phone in listing.phones
    return "phone_taken" if taken else None


def _intent(plan: PlanFile, position: int, group_uid: str, row: Row) -> changes.Intent:
    kind: changes.Kind = "create" if row.change is Change.CREATE else "update"
    return changes.Intent(
        plan=plan.digest,
        position=position,
        group_uid=group_uid,
        change="delete" if row.change is Change.DELETE else kind,
        uid=row.uid,
        customer_key=row.customer_key,
        owned=row.owned,
        **row.values._asdict(),
    )


def _write_links(plan: PlanFile, group_uid: str, listing: Listing, work: Work) -> None:
    """Learn whose the contacts are that match already."""
    found = [
        links.Link(row.uid or "", row.customer_key, *row.values, owned=row.owned)
        for row in plan.rows
        if row.change is Change.LINK and not _moved(row, listing)
    ]
    links.write_links(work.ledger, work.destination, group_uid, found)


def _ours(work: Work, group_uid: str) -> frozenset[str]:
    return frozenset(link.uid for link in links.links_of(work.ledger, work.destination, group_uid))


def _open(work: Work, group_uid: str) -> Sequence[changes.Claim]:
    return changes.open_claims(work.ledger, work.destination, group_uid)


def _applied(plan: PlanFile, work: Work, tally: _Tally) -> Applied:
    states = list(changes.outcomes(work.ledger, work.destination, plan.digest).values())
    count, left_out = Counter(state for state, _ in states), Counter(tally.left_out.values())
    return Applied(
        segment=plan.header.segment,
        done=count["done"],
        refused=count["refused"],
        in_doubt=count["claimed"] + count["in_doubt"] + left_out["in_doubt"],
        moved=len(tally.moved),
        suppressed=left_out["suppressed"],
        paused=work.breaker.why,
        refusals=dict(sorted(Counter(code for state, code in states if state == "refused").items())),
        total=sum(row.change in CALLS for row in plan.rows),
        moved_rows=tuple(_named(plan.rows[at], tally.moved[at]) for at in sorted(tally.moved)[:NAMED]),
    )


def _named(row: Row, why: Why) -> MovedRow:
    phone = row.values.phone
    return MovedRow(row.change.value, shown_key(row.customer_key, phone), mask(phone), why)
