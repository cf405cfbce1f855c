"""One change, from throttle slot to outcome: slot, claim, bytes, outcome. The order of changes is decided elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import assert_never

from ampenet_sync.api import Client, Contact, Lane, Slot
from ampenet_sync.errors import InDoubt, Refused, Throttled, Unauthorised, Unreachable
from ampenet_sync.ledger import Ledger, changes, suppressions
from ampenet_sync.ledger.leases import Lease
from ampenet_sync.sync.breaker import Breaker
from ampenet_sync.sync.listing import Progress, no_progress
from ampenet_sync.sync.reconcile import Patience

UNSUBSCRIBED = "unsubscribe"
GONE = ("not_found", "wrong_group")

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
    sleep: Callable[[float], None]
    progress: Progress = no_progress
    crash: CrashPoint = no_crash
    breaker: Breaker = field(default_factory=Breaker)


def carry_out(work: Work, intent: changes.Intent) -> str | None:
    """Make one change happen. Its outcome stands in the ledger; returned is why it was not even claimed, or None.

    Raises Unauthorised: no further change can succeed.
    """
    left_out: str | None = None

    def attempt() -> bool:
        nonlocal left_out
        work.lease.renew()
        slot = work.client.throttle.take(Lane.SYNC)
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
        changes.leave(work.ledger, held, "refused", code=error.code)
        work.breaker.worked()
        return False
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
    work.crash("answered")
    changes.finish(work.ledger, work.destination, held, uid=uid)
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
    """Read the contact's status first, through an update that changes nothing: a deleted opt-out would be forgotten."""
    intent, uid = held.intent, held.intent.uid or ""
    try:
        _note_opt_out(work, intent, _write(work, held, slot))
    except InDoubt as error:
        message = "the contact's status couldn't be read, so it was not deleted"
        raise Unreachable(message, code="status_unread") from error
    except Refused as error:
        if error.code not in GONE:
            raise
        return uid
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


def _note_opt_out(work: Work, intent: changes.Intent, contact: Contact) -> Contact:
    """Any answer that shows an opt-out binds the phone and the customer from now on."""
    if contact.status == UNSUBSCRIBED:
        key = intent.customer_key
        suppressions.suppress(work.ledger, phone=intent.phone, customer_key=key, reason="opted_out_there")
    return contact


def _fields(intent: changes.Intent) -> dict[str, str]:
    return {"phone": intent.phone, "first_name": intent.first_name, "last_name": intent.last_name}


def _send_before(work: Work) -> float:
    return work.ledger.clock() + work.patience.send_within
