"""Send a frozen audience, each number at most once. Whether it may be sent at all is decided elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from ampenet_sync.api import Client, Lane, Slot
from ampenet_sync.campaigns.lookup import find_sent
from ampenet_sync.config import QuietHours
from ampenet_sync.errors import InDoubt, Refused, Throttled, Unauthorised, Unreachable
from ampenet_sync.ledger import Ledger, leases, messages
from ampenet_sync.ledger.leases import Lease
from ampenet_sync.ledger.messages import Draft, Edition
from ampenet_sync.sync.breaker import Breaker
from ampenet_sync.sync.change import CrashPoint, no_crash
from ampenet_sync.sync.listing import Progress, no_progress
from ampenet_sync.sync.reconcile import Patience
from ampenet_sync.sync.waiting import wait_until

HOPELESS = ("balance", "sender")  # refusals that every further message would meet too


@dataclass(frozen=True)
class Hours:
    """When messages of this campaign may leave. `expires` is in epoch seconds."""

    zone: tzinfo = UTC
    quiet: QuietHours | None = None
    expires: float | None = None

    def resumes_at(self, now: float) -> datetime | None:
        """When sending may go on; None where it may now."""
        moment = datetime.fromtimestamp(now, self.zone)
        allowed = self.quiet.next_allowed(moment) if self.quiet else moment
        return None if allowed == moment else allowed

    def over(self, now: float) -> bool:
        return self.expires is not None and now >= self.expires


@dataclass(frozen=True)
class Sending:
    """Everything one sending run works with; handed in, so that all of it can be simulated."""

    client: Client
    ledger: Ledger
    edition: Edition
    audience: str
    sender_id: str
    run: str
    lease: Lease
    patience: Patience
    hours: Hours
    sleep: Callable[[float], None]
    progress: Progress = no_progress
    crash: CrashPoint = no_crash
    breaker: Breaker = field(default_factory=Breaker)


def send_all(drafts: Sequence[Draft], *, work: Sending, executor: Executor) -> None:
    """Send what was never claimed in this edition, then look up what got no answer. Outcomes stand in the ledger.

    Raises Unauthorised. Where it stops early, `work.breaker.why` says why, and the rest resumes with the next call.
    """
    done = messages.messaged_phones(work.ledger, work.edition)
    todo = [draft for draft in drafts if draft.phone not in done]
    counter = _Counter(work, total=len(drafts), done=len(drafts) - len(todo))
    list(executor.map(counter.send, todo))
    if not work.breaker.is_open:
        wait_and_settle(work)


def settle_doubts(work: Sending) -> tuple[int, float]:
    """Look open claims up in GET /sms → (how many are still open, when the last of them can be judged).

    A message that is listed was sent. One that isn't, after the platform had its time, is unknown: a person decides.
    """
    claims = messages.open_claims(work.ledger, work.edition)
    if not claims:
        return 0, 0.0
    started = messages.started(work.ledger, work.edition)
    wanted = {(claim.draft.phone, claim.draft.text): claim.id for claim in claims}
    known = messages.known_uids(work.ledger, work.edition.destination)
    since, asked_at = started.baseline_uid if started else "", work.ledger.clock()
    found = find_sent(work.client, wanted, since=since, known=known, each_page=work.lease.renew)
    return _judge(work, claims, found, asked_at=asked_at)


def wait_and_settle(work: Sending) -> None:
    """Look the doubts up now, and once more when the platform had its time."""
    waiting, until = settle_doubts(work)
    if not waiting:
        return
    wait_until(until, work, what=f"{waiting} unanswered message(s)")
    settle_doubts(work)


def _judge(
    work: Sending, claims: Sequence[messages.Claim], found: dict[int, str], *, asked_at: float
) -> tuple[int, float]:
    """What was sent after `asked_at` may stand on a page that was read before."""
    gone = leases.gone_runs(work.ledger, {claim.run for claim in claims}) | {work.run}
    waiting, until = 0, 0.0
    for claim in claims:
        settled_at = work.patience.settled_at(claim.send_before, owner_gone=claim.run in gone)
        if claim.id in found:
            messages.settle(work.ledger, claim, "sent", uid=found[claim.id], code="looked_up")
        elif asked_at >= settled_at:
            messages.settle(work.ledger, claim, "unknown", code="not_listed")
        else:
            waiting, until = waiting + 1, max(until, settled_at)
    return waiting, until


class _Counter:
    """Progress over the executor's threads."""

    def __init__(self, work: Sending, *, total: int, done: int) -> None:
        self._work, self._total, self._done, self._lock = work, total, done, threading.Lock()

    def send(self, draft: Draft) -> None:
        self._work.breaker.keep_trying(lambda: _attempt(self._work, draft), sleep=self._work.sleep)
        if self._work.breaker.is_open:
            return
        with self._lock:
            self._done += 1
            self._work.progress("sending", self._done, self._total)


def _attempt(work: Sending, draft: Draft) -> bool:
    """One try at one message. True where it was certainly not sent and may be tried again."""
    work.lease.renew()
    slot = work.client.throttle.take(Lane.CAMPAIGN)
    claim = None if work.breaker.is_open else _claim(work, draft)  # the wait for a slot may have been long
    if claim is None:
        work.client.throttle.give_back(slot)
        return False
    work.crash("claimed")
    return _send_and_settle(work, claim, slot)


def _claim(work: Sending, draft: Draft) -> messages.Claim | None:
    """The claim of this draft; None where it may not leave any more, or not now."""
    now = work.ledger.clock()
    if work.hours.over(now):
        messages.note_expired(work.ledger, work.edition, draft, audience=work.audience, run=work.run)
        return None
    if resumes := work.hours.resumes_at(now):
        work.breaker.trip(f"quiet hours: nobody is texted before {resumes:%Y-%m-%d %H:%M %Z}")
        return None
    send_before = now + work.patience.send_within
    held = messages.claim(
        work.ledger, work.edition, draft, audience=work.audience, run=work.run, send_before=send_before
    )
    return held if isinstance(held, messages.Claim) else None


def _send_and_settle(work: Sending, held: messages.Claim, slot: Slot) -> bool:
    """Send the claimed message and write what became of it. What is in doubt stays claimed until it is looked up."""
    try:
        sent = work.client.send_message(
            phone=held.draft.phone,
            sender_id=work.sender_id,
            text=held.draft.text,
            slot=slot,
            send_before=held.send_before,
        )
    except Refused as error:
        _leave_refused(work, held, error)
        return False
    except (Throttled, Unreachable) as error:
        messages.settle(work.ledger, held, "planned", code=error.code)
        if isinstance(error, Unreachable):
            work.breaker.failed(error.message)
        return True
    except Unauthorised as error:
        messages.settle(work.ledger, held, "planned", code=error.code)
        work.breaker.trip(error.message)
        raise
    except InDoubt as error:
        work.breaker.failed(error.message)
        return False
    work.crash("answered")
    messages.settle(work.ledger, held, "sent", uid=sent.uid)
    work.breaker.worked()
    return False


def _leave_refused(work: Sending, held: messages.Claim, error: Refused) -> None:
    """What only the account lacks (units, a sender id) is no refusal of this number: it is sent after the pause."""
    hopeless = error.code in HOPELESS
    messages.settle(work.ledger, held, "planned" if hopeless else "refused", code=error.code)
    if hopeless:
        work.breaker.trip(error.message)
    work.breaker.failed(f"message after message is refused: {error.message}")
