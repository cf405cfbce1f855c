"""Carry a plan out stage by stage, some thousand rows at a time, and look up every doubt."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from functools import partial
from typing import assert_never

import pyarrow as pa

from ampenet_sync.api.tally import Beside
from ampenet_sync.ledger import changes, groups, links, refusals
from ampenet_sync.phones import mask, shown_key
from ampenet_sync.runs import Run, hand_out
from ampenet_sync.sync.applied import NAMED, Applied, MovedRow, RefusedRow
from ampenet_sync.sync.asking import Asked, Asking
from ampenet_sync.sync.change import carry_out
from ampenet_sync.sync.group import GroupRun
from ampenet_sync.sync.listing import Listing
from ampenet_sync.sync.planfile import PlanFile, rows_of
from ampenet_sync.sync.rows import Change, Row
from ampenet_sync.sync.stages import Name, Stage
from ampenet_sync.sync.standing import Moved, Standing, Why, standing

ROUNDS = 3  # of looking doubts up and doing again what certainly wasn't applied


def apply_plan(
    plan: PlanFile,
    at: GroupRun,
    listing: Listing | None,
    *,
    executor: Executor,
    moved: Mapping[int, Why] | None = None,
    read_at: float | None = None,
    made_at: float = 0.0,
) -> Applied:
    """Make the group what the plan says; rows that moved since it was made are left alone.

    `moved` are positions of rows whose customer moved, as the source says; contacts that moved are seen here.
    `listing` is a complete reading of the group, which is there already, newer than the last change of any other run.
    None: the plan was made from the ledger, and each contact is read before it is changed. `read_at` is when the
    reading began that the plan was made from, which the ledger may rely on once whoever matches is linked. `made_at` is
    when the plan was made: whoever was heard since isn't asked.
    Run again after any interruption, it goes on where it was.
    """
    work = _Applying(plan, at, executor, moved or {}, listed=listing is not None)
    with standing(listing, plan.header.fields, at.run.folder) as there:
        for stage in plan.stages:
            at.run.crash(stage.name)
            match stage.name:
                case Name.SETTLE:
                    at.settle(listing) if listing is not None else at.settle_singly()
                case Name.LINK:
                    work.carry_out(stage, there)
                    if read_at is not None:
                        groups.note_listing(at.run.ledger, at.run.destination, at.group_uid, read_at=read_at)
                case Name.UPDATE | Name.CREATE | Name.DELETE:
                    work.carry_out(stage, there)
                case Name.ASK:
                    work.ask(made_at)
                case Name.LOOK_UP:
                    work.look_up()
                case Name.GROUP:
                    pass
                case _:
                    assert_never(stage.name)
    return work.applied()


def show_done(plan: PlanFile, run: Run) -> None:
    """How many of the plan's changes are settled, as the ledger knows it, where a run was interrupted."""
    states = changes.count_outcomes(run.ledger, run.destination, plan.digest).states
    run.progress("applying", states.get("done", 0) + states.get("refused", 0), plan.header.counts.changes)


class _Applying:
    """One plan being carried out. Keeps what the ledger doesn't: what was left out, and how far it is."""

    def __init__(
        self, plan: PlanFile, at: GroupRun, executor: Executor, moved: Mapping[int, Why], *, listed: bool
    ) -> None:
        self._plan, self._at, self._run, self._executor = plan, at, at.run, executor
        self._moved_in_source, self._reread = moved, None if listed else at.rereading
        self._moved, self._named = set[int](), list[MovedRow]()  # positions, and the first of their rows
        self._left_out: dict[int, changes.Unclaimed] = {}  # position → why; what a later round does is taken out
        self._asked = Asked()
        self._finished, self._lock = 0, threading.Lock()

    def carry_out(self, stage: Stage, there: Standing, *, only: frozenset[int] | None = None) -> None:
        """The stage's rows, or `only` those positions of them, that have no outcome and stand as the plan saw them."""
        intents = self._links if stage.name is Name.LINK else self._changes
        for first, piece in self._plan.pieces(stage.first, stage.first + stage.rows):
            if only is None or not only.isdisjoint(range(first, first + piece.num_rows)):
                intents(first, piece, there, only)

    def ask(self, made_at: float) -> None:
        """Ask who opted out, where the plan is to. Those whose contact moved are named."""
        if self._run.breaker.is_open:
            self._asked = Asked(total=self._plan.header.asks)
        if not self._plan.header.asks or self._run.breaker.is_open:
            return
        self._asked = Asking(self._at, self._plan.digest, made_at).ask(self._executor)
        for link, moved in self._asked.left_alone:
            if len(self._named) < NAMED:
                self._named.append(MovedRow("ask", *_shown(link.customer_key, link.phone), moved.why))

    def look_up(self) -> None:
        """Look up what got no answer, and do again what certainly was not applied. An ask is over by time alone."""
        with self._run.client.tally.under("doubts"):
            for _ in range(1, ROUNDS):
                if self._run.breaker.is_open or all(claim.intent.change == "ask" for claim in self._at.open_claims()):
                    return
                self._look_up_once()

    def _look_up_once(self) -> None:
        listing = None
        if self._reread is None:
            listing = self._at.wait_and_settle()
        else:
            self._at.wait_and_settle_singly()
        only = self._left()
        with standing(listing, self._plan.header.fields, self._run.folder) as there:
            for stage in self._plan.stages:
                if stage.name in (Name.UPDATE, Name.CREATE, Name.DELETE):
                    self.carry_out(stage, there, only=only)

    def applied(self) -> Applied:
        counted = changes.count_outcomes(self._run.ledger, self._run.destination, self._plan.digest)
        states, left_out = counted.states, Counter(self._left_out.values())
        return Applied(
            segment=self._plan.header.segment,
            done=states.get("done", 0),
            refused=states.get("refused", 0),
            in_doubt=states.get("claimed", 0) + states.get("in_doubt", 0) + left_out["in_doubt"],
            moved=len(self._moved) + len(self._asked.left_alone),
            suppressed=left_out["suppressed"],
            paused=self._run.breaker.why,
            refusals=dict(counted.refusals),
            total=self._plan.header.counts.changes,
            run=self._run.id,
            moved_rows=tuple(self._named),
            refused_rows=self._refused() if states.get("refused") else (),
            asked=self._asked.heard,
            opted_out_there=self._asked.opted_out,
            unasked=self._unasked(),
        )

    def _unasked(self) -> int:
        """Those who were to be asked and weren't heard, but for those left alone."""
        asked = self._asked
        return asked.total - asked.heard - len(asked.left_alone)

    def _refused(self) -> tuple[RefusedRow, ...]:
        rows = refusals.refused(self._run.ledger, self._run.destination, self._plan.digest, most=NAMED)
        return tuple(
            RefusedRow(row.change, shown_key(row.customer_key, row.phone), mask(row.phone), row.code, row.times)
            for row in rows
        )

    def _links(self, first: int, piece: pa.Table, there: Standing, only: frozenset[int] | None) -> None:
        """Learn whose the contacts are that match already."""
        moved = there.moved(first, piece)
        rows = enumerate(rows_of(piece, self._plan.header.fields), start=first)
        matched = (
            links.Link(row.uid or "", row.customer_key, row.values.phone, row.values.fields, row.owned)
            for position, row in rows
            if position not in moved
        )
        run = self._run
        links.write_links(run.ledger, run.destination, self._at.group_uid, matched, renew=run.lease.renew)

    def _changes(self, first: int, piece: pa.Table, there: Standing, only: frozenset[int] | None) -> None:
        work = partial(self._carry_out, why=self._run.client.tally.why)
        hand_out(self._intents(first, piece, there, only), work, executor=self._executor)

    def _intents(
        self, first: int, piece: pa.Table, there: Standing, only: frozenset[int] | None
    ) -> Iterator[changes.Intent]:
        """Those of the piece that are still to be carried out, until the breaker opens."""
        end = first + piece.num_rows
        states = changes.outcomes(self._run.ledger, self._run.destination, self._plan.digest, first=first, end=end)
        moved = there.moved(first, piece)
        for position, row in enumerate(rows_of(piece, self._plan.header.fields), start=first):
            if self._run.breaker.is_open:
                return
            if self._is_left(position, row, states, moved, only):
                yield self._intent(position, row)

    def _is_left(
        self,
        position: int,
        row: Row,
        states: Mapping[int, tuple[changes.State, str]],
        moved: Mapping[int, Why],
        only: frozenset[int] | None,
    ) -> bool:
        """Whether the row is still to be carried out; counts it where it is not."""
        if only is not None and position not in only:
            return False
        state, _ = states.get(position, ("planned", ""))
        if state != "planned":
            self._finished += only is None
            return False
        if why := self._moved_in_source.get(position) or moved.get(position):
            with self._lock:
                self._note_moved(position, MovedRow(row.change.value, *_shown(row.customer_key, row.values.phone), why))
            return False
        return True

    def _note_moved(self, position: int, row: MovedRow) -> None:
        self._moved.add(position)
        if len(self._named) < NAMED:
            self._named.append(row)

    def _carry_out(self, intent: changes.Intent, *, why: Beside | None) -> None:
        """Carry one change out, in one of the executor's threads. `why`: what its calls are for."""
        with self._run.client.tally.under(why):
            left_out = carry_out(self._run, intent, self._reread)
        with self._lock:
            again = self._left_out.pop(intent.position, None)
            if isinstance(left_out, Moved):
                row = MovedRow(intent.change, *_shown(intent.customer_key, intent.phone), left_out.why)
                self._note_moved(intent.position, row)
            elif left_out:
                self._left_out[intent.position] = left_out
            if not self._run.breaker.is_open:
                self._finished += again is None
                self._run.progress("applying", self._finished, self._plan.header.counts.changes)

    def _left(self) -> frozenset[int]:
        """The positions of what was given back, or couldn't be claimed as it was in doubt; not of what moved."""
        run, plan = self._run, self._plan.digest
        given_back = changes.given_back(run.ledger, run.destination, plan)
        in_doubt = (position for position, why in self._left_out.items() if why == "in_doubt")
        return frozenset((*given_back, *in_doubt)) - self._moved

    def _intent(self, position: int, row: Row) -> changes.Intent:
        kind: changes.Kind = "create" if row.change is Change.CREATE else "update"
        return changes.Intent(
            plan=self._plan.digest,
            position=position,
            group_uid=self._at.group_uid,
            change="delete" if row.change is Change.DELETE else kind,
            uid=row.uid,
            customer_key=row.customer_key,
            phone=row.values.phone,
            fields=row.values.fields,
            before=row.before.flat() if row.before else None,
            owned=row.owned,
        )


def _shown(key: str, phone: str) -> tuple[str, str]:
    """Key and phone as anybody may see them."""
    return shown_key(key, phone), mask(phone)
