"""Send a frozen audience, each number at most once. Whether it may be sent at all is decided elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import takewhile
from typing import assert_never

import pyarrow as pa

from ampenet_sync.api import Lane, Slot
from ampenet_sync.campaigns.drafts import drafts_in, left_of
from ampenet_sync.campaigns.lookup import find_sent
from ampenet_sync.campaigns.verdicts import Facts, against_claim
from ampenet_sync.ledger import leases, messages
from ampenet_sync.ledger.bounds import ClaimBounds
from ampenet_sync.ledger.messages import Draft, Edition
from ampenet_sync.ledger.messagetable import messaged_phones
from ampenet_sync.runs import Run, hand_out
from ampenet_sync.runs.attempt import CAUGHT, State, leave_after

ORDERED = {"paused": "somebody paused the campaign", "cancelled": "somebody cancelled this edition"}
OVER_BUDGET = "the month's budget leaves too few parts for the next message"


@dataclass(frozen=True)
class Sending:
    """A run that sends one audience."""

    run: Run
    edition: Edition
    audience: str
    sender_id: str
    facts: Facts
    bounds: ClaimBounds = messages.UNBOUNDED


def send_all(drafts: pa.Table, *, work: Sending, executor: Executor, begun: int = 0) -> None:
    """Send what was never claimed in this edition, then look up what got no answer. Outcomes stand in the ledger.

    `drafts` is a table as `drafts_of` gives it. Raises Unauthorised. Where it stops early, `work.run.breaker.why` says
    why, and the rest resumes with the next call. `begun` of the edition's messages were begun before.
    """
    todo = left_of(drafts, messaged_phones(work.run.ledger, work.edition))
    done = begun + drafts.num_rows - todo.num_rows
    counter = _Counter(work, total=begun + drafts.num_rows, done=done)
    unbroken = takewhile(lambda _: not work.run.breaker.is_open, drafts_in(todo))
    hand_out(unbroken, counter.send, executor=executor)
    if not work.run.breaker.is_open:
        wait_and_settle(work)


def settle_doubts(work: Sending) -> tuple[int, float]:
    """Look open claims up in GET /sms → (how many are still open, when the last of them can be judged).

    A message that is listed was sent. One that isn't, after the platform had its time, stays in doubt: a person's.
    """
    run = work.run
    claims = messages.open_claims(run.ledger, work.edition)
    if not claims:
        return 0, 0.0
    started = messages.started(run.ledger, work.edition)
    wanted = {(claim.draft.phone, claim.draft.text): claim.id for claim in claims}
    known = messages.KnownUids(run.ledger, work.edition.destination)
    since, asked_at = started.baseline_uid if started else "", run.ledger.clock()
    uids = find_sent(run.client, wanted, since=since, known=known, each_page=run.lease.renew)
    return _judge(run, claims, uids, asked_at=asked_at)


def wait_and_settle(work: Sending) -> None:
    """Look the doubts up now, and once more when the platform had its time."""
    waiting, until = settle_doubts(work)
    if not waiting:
        return
    work.run.wait_until(until, what=f"{waiting} unanswered message(s)")
    settle_doubts(work)


def _judge(run: Run, claims: Sequence[messages.Claim], uids: dict[int, str], *, asked_at: float) -> tuple[int, float]:
    """What was sent after `asked_at` may stand on a page that was read before."""
    gone = leases.gone_runs(run.ledger, {claim.run for claim in claims}) | {run.id}
    waiting, until = 0, 0.0
    for claim in claims:
        settled_at = run.patience.settled_at(claim.send_before, owner_gone=claim.run in gone)
        if claim.id in uids:
            messages.settle(run.ledger, claim, "sent", uid=uids[claim.id], code="looked_up")
        elif asked_at >= settled_at:
            messages.settle(run.ledger, claim, "in_doubt", code=messages.NOT_LISTED)
        else:
            waiting, until = waiting + 1, max(until, settled_at)
    return waiting, until


class _Counter:
    """Progress over the executor's threads."""

    def __init__(self, work: Sending, *, total: int, done: int) -> None:
        self._work, self._total, self._done, self._lock = work, total, done, threading.Lock()

    def send(self, draft: Draft) -> None:
        run = self._work.run
        run.breaker.keep_trying(lambda: _attempt(self._work, draft), sleep=run.sleep)
        if run.breaker.is_open:
            return
        with self._lock:
            self._done += 1
            run.progress("sending", self._done, self._total)


def _attempt(work: Sending, draft: Draft) -> bool:
    """One try at one message. True where it was certainly not sent and may be tried again."""
    run = work.run
    run.lease.renew()
    slot = run.client.throttle.take(Lane.CAMPAIGN)
    claim = None if run.breaker.is_open else _claim(work, draft)  # the wait for a slot may have been long
    if claim is None:
        run.client.throttle.give_back(slot)
        return False
    run.crash("claimed")
    return _send_and_settle(work, claim, slot)


def _claim(work: Sending, draft: Draft) -> messages.Claim | None:
    """The claim of this draft; None where it may not leave any more, or not now."""
    run = work.run
    now = run.ledger.clock()
    verdict = against_claim(work.facts.at(now))
    of = {"audience": work.audience, "run": run.id}
    if verdict is None:
        until = now + run.patience.send_within
        held = messages.claim(run.ledger, work.edition, draft, send_before=until, bounds=work.bounds, **of)
        if held == "over_budget":
            run.breaker.trip(OVER_BUDGET)
        return _unless_ordered(run, held)
    match verdict.effect:
        case "expires":
            _unless_ordered(run, messages.note_expired(run.ledger, work.edition, draft, **of))
        case "pauses":
            run.breaker.trip(verdict.sentence)
        case None:
            pass
        case _:
            assert_never(verdict.effect)
    return None


def _unless_ordered(run: Run, held: messages.Claim | str) -> messages.Claim | None:
    """Somebody's order ends the run; what keeps one number alone from being texted doesn't."""
    if isinstance(held, messages.Claim):
        return held
    if held in ORDERED:
        run.breaker.trip(ORDERED[held])
    return None


def _send_and_settle(work: Sending, held: messages.Claim, slot: Slot) -> bool:
    """Send the claimed message and write what became of it. True where it was certainly not sent for now."""
    run = work.run
    try:
        sent = run.client.send_message(
            phone=held.draft.phone,
            sender_id=work.sender_id,
            text=held.draft.text,
            slot=slot,
            send_before=held.send_before,
        )
    except CAUGHT as error:

        def leave(state: State, code: str) -> None:
            messages.settle(run.ledger, held, state, code=code)

        return leave_after(error, "message", leave, run.breaker)
    run.crash("answered")
    messages.settle(run.ledger, held, "sent", uid=sent.uid)
    run.breaker.worked()
    return False
