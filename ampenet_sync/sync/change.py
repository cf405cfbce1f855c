"""One change, from throttle slot to outcome: slot, claim, bytes, outcome."""

from __future__ import annotations

from typing import TypedDict, assert_never

from ampenet_sync.api import Contact, Lane, Slot
from ampenet_sync.errors import BadAnswer, InDoubt, Refused, Unreachable
from ampenet_sync.ledger import changes
from ampenet_sync.runs import Run
from ampenet_sync.runs.attempt import CAUGHT, leave_after
from ampenet_sync.sync.optouts import note_opt_out
from ampenet_sync.sync.reread import Rereading
from ampenet_sync.sync.rows import SHOWN
from ampenet_sync.sync.stages import SEEN_BEFORE, read_before
from ampenet_sync.sync.standing import Moved

GONE = ("not_found", "wrong_group")


def carry_out(run: Run, intent: changes.Intent, reread: Rereading | None = None) -> changes.Unclaimed | Moved | None:
    """Make one change happen. Its outcome stands in the ledger; returned is why it was not even claimed, or None.

    With `reread` the contact is read first, and left alone where it is not as the intent saw it.

    Raises Unauthorised: no further change can succeed; Busy: another process holds the group now.
    """
    left_out: changes.Unclaimed | Moved | None = None

    def attempt() -> bool:
        """Whether all of it is to be done again, so that its calls were made in vain."""
        tally, before = run.client.tally, run.client.tally.foreseen_here
        again = attempted()
        if again:
            tally.in_vain(tally.foreseen_here - before)
        return again

    def attempted() -> bool:
        nonlocal left_out
        run.lease.renew()
        # One permit for all of its calls: nobody is read who can't be changed any more.
        with run.permitted(_calls(run, intent, reread)) as permitted:
            if not permitted:
                return False
            try:
                seen = _look(intent, reread)
            except CAUGHT as error:
                return leave_after(error, "change", _leave_unclaimed, run.breaker)
            if isinstance(seen, Moved):
                left_out = seen
                return False
            slot = run.client.throttle.take(Lane.SYNC)
            if not run.goes_on():
                run.client.throttle.give_back(slot)
                return False
            held = _claim(run, intent, slot)
            if isinstance(held, str):
                left_out = held
                return False
            run.crash("claimed")
            return _request_and_settle(run, held, slot, seen)

    run.breaker.keep_trying(attempt, sleep=run.sleep)
    return left_out


def _calls(run: Run, intent: changes.Intent, reread: Rereading | None) -> int:
    """All that are to be made for it: what is read before it, and the change."""
    if intent.change == "create":
        return 1
    each = SEEN_BEFORE
    if reread is not None:  # else nobody asks for the dialect, which may take calls of its own
        each = read_before(search_shows_status=run.client.dialect.status_read == "search")
    return each.delete if intent.change == "delete" else each.update


def _look(intent: changes.Intent, reread: Rereading | None) -> Contact | Moved | None:
    """The contact as it stands there, where it is to be read first."""
    return None if reread is None or intent.change == "create" else reread.look(intent)


def _claim(run: Run, intent: changes.Intent, slot: Slot) -> changes.Claim | changes.Unclaimed:
    """The claim, or why there is none; then the slot is free again. Raises Busy where another run has the group."""
    until, lease = run.send_before(), run.lease
    held = changes.claim(run.ledger, run.destination, intent, run=run.id, send_before=until, lease=lease)
    if isinstance(held, str):
        run.client.throttle.give_back(slot)
    if held == "taken_over":
        raise lease.lost()
    return held


def _leave_unclaimed(state: changes.Left, code: str) -> None:
    """Nothing was claimed yet, so nothing is to be given back: the row stays planned."""


def _request_and_settle(run: Run, held: changes.Claim, slot: Slot, seen: Contact | None) -> bool:
    """Send the claimed change and write what became of it. True where it was certainly not applied for now."""
    try:
        uid, shown = _request(run, held, slot, seen)
    except CAUGHT as error:
        # An earlier try of this very create may have been carried out after all: the listing will tell.
        twin = held.intent.change == "create" and held.attempts > 1

        def leave(state: changes.Left, code: str) -> None:
            changes.leave(run.ledger, held, state, code=code)

        return leave_after(error, "change", leave, run.breaker, twin=twin)
    run.crash("answered")
    changes.finish(run.ledger, run.destination, held, uid=uid, status_seen=shown)
    run.breaker.worked()
    return False


def _request(run: Run, held: changes.Claim, slot: Slot, seen: Contact | None) -> tuple[str, bool]:
    """The uid of the contact as it is after the change, and whether the answer showed the status it has.

    `seen`: as it was read just now.
    """
    intent, client = held.intent, run.client
    match intent.change:
        case "create":
            made = client.store_contact(intent.group_uid, **_values(intent), slot=slot, send_before=held.send_before)
            return _answered(run, intent, made)
        case "update":
            return _answered(run, intent, _write(run, held, slot))
        case "delete":
            if seen is not None and client.dialect.status_read == "search":
                _answered(run, intent, seen)
                return _delete_now(run, held, slot, held.send_before), False
            return _delete(run, held, slot), False
        case "ask":
            raise ValueError("contacts are asked elsewhere")
    assert_never(intent.change)


def _answered(run: Run, intent: changes.Intent, contact: Contact) -> tuple[str, bool]:
    """Note an opt-out that the answer shows; → the contact's uid, and whether it shows a status at all."""
    note_opt_out(run, intent.group_uid, contact, phone=intent.phone, customer_key=intent.customer_key)
    return contact.uid, bool(contact.status)


def _write(run: Run, held: changes.Claim, slot: Slot) -> Contact:
    intent = held.intent
    return run.client.update_contact(
        intent.group_uid, intent.uid or "", **_values(intent), slot=slot, send_before=held.send_before
    )


def _delete(run: Run, held: changes.Claim, slot: Slot) -> str:
    """Read the contact's status first: a deleted opt-out would be forgotten."""
    intent, uid = held.intent, held.intent.uid or ""
    try:
        there = _read_status(run, held, slot)
    except (InDoubt, BadAnswer) as error:
        message = "the contact's status couldn't be read, so it was not deleted"
        raise Unreachable(message, code="status_unread") from error
    except Refused as error:
        if error.code not in GONE:
            raise
        there = None
    if there is None:
        return uid
    _answered(run, intent, there)
    slot, send_before = run.client.throttle.take(Lane.SYNC), run.send_before()
    if not changes.extend(run.ledger, held, send_before=send_before):
        run.client.throttle.give_back(slot)
        raise Unreachable("the claim was taken over", code="claim_lost")
    return _delete_now(run, held, slot, send_before)


def _delete_now(run: Run, held: changes.Claim, slot: Slot, send_before: float) -> str:
    run.crash("status read")
    uid = held.intent.uid or ""
    try:
        run.client.delete_contact(held.intent.group_uid, uid, slot=slot, send_before=send_before)
    except Refused as error:
        if error.code not in GONE:
            raise
    return uid


def _read_status(run: Run, held: changes.Claim, slot: Slot) -> Contact | None:
    """The contact with its status, where the dialect shows it; elsewhere an update that changes nothing shows it."""
    if run.client.dialect.status_read == "search":
        return run.client.search_contact(held.intent.group_uid, held.intent.uid or "", slot=slot)
    return _write(run, held, slot)


class _Values(TypedDict):
    phone: str
    first_name: str
    last_name: str
    fields: dict[str, str]


def _values(intent: changes.Intent) -> _Values:
    """What a request writes; custom fields are those beside the two names."""
    custom = {name: text for name, text in intent.fields.items() if name not in SHOWN}
    return {
        "phone": intent.phone,
        "first_name": intent.fields.get("first_name", ""),
        "last_name": intent.fields.get("last_name", ""),
        "fields": custom,
    }
