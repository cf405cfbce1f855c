"""One change, from throttle slot to outcome: slot, claim, bytes, outcome. The order of changes is decided elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypedDict, assert_never

from ampenet_sync.api import Client, Contact, Lane, Slot
from ampenet_sync.errors import BadAnswer, InDoubt, Refused, Throttled, Unauthorised, Unreachable
from ampenet_sync.ledger import Ledger, changes, links, suppressions
from ampenet_sync.ledger.leases import Lease
from ampenet_sync.stopping import Stopped
from ampenet_sync.sync.breaker import Breaker
from ampenet_sync.sync.listing import Listing, Progress, no_progress, read_group
from ampenet_sync.sync.reconcile import Patience

UNSUBSCRIBED = "unsubscribe"
GONE = ("not_found", "wrong_group")
HOPELESS = ("group_not_found",)  # refusals that every further change would meet too

CrashPoint = Callable[[str], None]


def no_crash(point: str) -> None:
    """Go on. A simulation hands in something that doesn't."""


@dataclass(frozen=True)
class Work:
    """Everything one run works with; handed in, so that all of it can be simulated."""

    client: Client
    ledger: Ledger
    destination: int
    run: str
    lease: Lease
    patience: Patience
    region: str
    sleep: Callable[[float], None]
    progress: Progress = no_progress
    crash: CrashPoint = no_crash
    breaker: Breaker = field(default_factory=Breaker)

    def read_group(self, group_uid: str) -> Listing:
        """A complete reading of the group; the lease stays ours however many pages it takes."""

        def renew_and_tell(what: str, done: int, total: int | None) -> None:
            self.lease.renew()
            self.progress(what, done, total)

        clock = self.ledger.clock
        return read_group(self.client, group_uid, region=self.region, clock=clock, progress=renew_and_tell)


def carry_out(work: Work, intent: changes.Intent) -> str | None:
    """Make one change happen. Its outcome stands in the ledger; returned is why it was not even claimed, or None.

    Raises Unauthorised: no further change can succeed.
    """
    left_out: str | None = None

    def attempt() -> bool:
        nonlocal left_out
        work.lease.renew()
        slot = work.client.throttle.take(Lane.SYNC)
        if work.breaker.is_open:  # the wait for a slot may have been long
            work.client.throttle.give_back(slot)
            return False
        held = changes.claim(work.ledger, work.destination, intent, run=work.run, send_before=_send_before(work))
        if isinstance(held, str):
            work.client.throttle.give_back(slot)
            left_out = held
            return False
        work.crash("claimed")
        return _request_and_settle(work, held, slot)

    work.breaker.keep_trying(attempt, sleep=work.sleep)
    return left_out


def _request_and_settle(work: Work, held: changes.Claim, slot: Slot) -> bool:
    """Send the claimed change and write what became of it. True where it was certainly not applied for now."""
    try:
        uid = _request(work, held, slot)
    except Refused as error:
        return _leave_refused(work, held, error)
    except (Throttled, Unreachable) as error:
        changes.leave(work.ledger, held, "planned", code=error.code)
        if isinstance(error, Unreachable):
            work.breaker.failed(error.message)
        return True
    except Unauthorised as error:
        changes.leave(work.ledger, held, "planned", code=error.code)
        work.breaker.trip(error.message)
        raise
    except InDoubt as error:
        changes.leave(work.ledger, held, "in_doubt", code=error.code)
        work.breaker.failed(error.message)
        return False
    except Stopped:  # in a wait, so what would change the contact had not left
        changes.leave(work.ledger, held, "planned", code="stopped")
        raise
    work.crash("answered")
    changes.finish(work.ledger, work.destination, held, uid=uid)
    work.breaker.worked()
    return False


def _leave_refused(work: Work, held: changes.Claim, error: Refused) -> bool:
    if error.code in HOPELESS:
        changes.leave(work.ledger, held, "planned", code=error.code)
        work.breaker.trip(error.message)
    elif error.code == "duplicate" and held.intent.change == "create" and held.attempts > 1:
        # An earlier try of this very create may have been carried out after all: the listing will tell.
        changes.leave(work.ledger, held, "in_doubt", code=error.code)
    else:
        changes.leave(work.ledger, held, "refused", code=error.code)
        work.breaker.worked()
    return False


def _request(work: Work, held: changes.Claim, slot: Slot) -> str:
    """The uid of the contact as it is after the change."""
    intent, client = held.intent, work.client
    match intent.change:
        case "create":
            made = client.store_contact(intent.group_uid, **_fields(intent), slot=slot, send_before=held.send_before)
            return _note_opt_out(work, intent, made).uid
        case "update":
            return _note_opt_out(work, intent, _write(work, held, slot)).uid
        case "delete":
            return _delete(work, held, slot)
    assert_never(intent.change)


def _write(work: Work, held: changes.Claim, slot: Slot) -> Contact:
    intent = held.intent
    return work.client.update_contact(
        intent.group_uid, intent.uid or "", **_fields(intent), slot=slot, send_before=held.send_before
    )


def _delete(work: Work, held: changes.Claim, slot: Slot) -> str:
    """Read the contact's status first: a deleted opt-out would be forgotten."""
    intent, uid = held.intent, held.intent.uid or ""
    try:
        there = _read_status(work, held, slot)
    except (InDoubt, BadAnswer) as error:
        message = "the contact's status couldn't be read, so it was not deleted"
        raise Unreachable(message, code="status_unread") from error
    except Refused as error:
        if error.code not in GONE:
            raise
        there = None
    if there is None:
        return uid
    _note_opt_out(work, intent, there)
    slot, send_before = work.client.throttle.take(Lane.SYNC), _send_before(work)
    if not changes.extend(work.ledger, held, send_before=send_before):
        work.client.throttle.give_back(slot)
        raise Unreachable("the claim was taken over", code="claim_lost")
    work.crash("status read")
    try:
        work.client.delete_contact(intent.group_uid, uid, slot=slot, send_before=send_before)
    except Refused as error:
        if error.code not in GONE:
            raise
    return uid


def _read_status(work: Work, held: changes.Claim, slot: Slot) -> Contact | None:
    """The contact with its status, where the dialect shows it; elsewhere an update that changes nothing shows it."""
    if work.client.dialect.status_read == "search":
        return work.client.search_contact(held.intent.group_uid, held.intent.uid or "", slot=slot)
    return _write(work, held, slot)


def _note_opt_out(work: Work, intent: changes.Intent, contact: Contact) -> Contact:
    """Any answer that shows an opt-out binds the phone and the customer from now on.

    It was said by whoever had the contact until now, under the number it had until now.
    """
    if contact.status == UNSUBSCRIBED:
        link = links.link_of(work.ledger, work.destination, intent.group_uid, contact.uid)
        key = link.customer_key if link else intent.customer_key
        for phone in sorted({intent.phone, link.phone if link else intent.phone}):
            suppressions.suppress(work.ledger, phone=phone, customer_key=key, reason="opted_out_there")
    return contact


class _Fields(TypedDict):
    phone: str
    first_name: str
    last_name: str


def _fields(intent: changes.Intent) -> _Fields:
    return {"phone": intent.phone, "first_name": intent.first_name, "last_name": intent.last_name}


def _send_before(work: Work) -> float:
    return work.ledger.clock() + work.patience.send_within
