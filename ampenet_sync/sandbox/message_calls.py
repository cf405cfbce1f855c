"""The documented calls on messages and the account. Each looks, refuses or records an effect, and shows the row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ampenet_sync.sandbox import inputs, refusals, rows
from ampenet_sync.sandbox.gsm import billed_parts
from ampenet_sync.sandbox.visit import Reply, Visit

LONGEST_SENDER_ID = 11
TEXT_TYPES = ("plain", "unicode")
ACCOUNT = {
    "uid": "5f0c3a9b1d2e4",
    "first_name": "Sandbox",
    "last_name": "Account",
    "email": "sandbox@example.invalid",
    "locale": "en",
}
ACCOUNT_EXPIRES = "2099-12-31 23:59:59"


def send_message(visit: Visit) -> Reply:
    recipients = [entry.strip() for entry in inputs.required(visit.fields, "recipient").split(",") if entry.strip()]
    sender, text = _checked_sender(visit), inputs.required(visit.fields, "message")
    unicode = _checked_type(visit) == "unicode"
    if not recipients:
        raise refusals.invalid_data()
    if len(recipients) == 1:
        return _send_to_one(visit, recipients[0], sender, text, unicode=unicode)
    if len(recipients) > visit.rules.dialect.most_recipients:
        raise refusals.too_many_recipients(visit.rules.dialect.most_recipients)
    return _send_to_several(visit, recipients, sender, text, unicode=unicode)


def view_message(visit: Visit, uid: str) -> Reply:
    message = visit.world.message_by_uid.get(uid)
    if message is None:
        raise refusals.message_not_found()
    return None, rows.message_item(message)


def all_messages(visit: Visit) -> Reply:
    """Newest first."""
    number = inputs.page_number(visit.fields)
    messages = visit.world.messages
    end = max(0, len(messages) - (number - 1) * rows.PER_PAGE)
    items = [rows.message_item(message) for message in reversed(messages[max(0, end - rows.PER_PAGE) : end])]
    return None, rows.page(items, number=number, total=len(messages), path="/sms")


def show_balance(visit: Visit) -> Reply:
    """The units left as a text for people: "1,250" or "Unlimited"."""
    balance = visit.world.balance
    shown = "Unlimited" if balance is None else f"{balance:,}"
    return None, {visit.rules.dialect.balance_key: shown, "expired_on": ACCOUNT_EXPIRES}


def show_account(visit: Visit) -> Reply:
    """The profile; it holds the token in clear, as the platform's does."""
    seen = datetime.fromtimestamp(visit.now, UTC).strftime("%Y-%m-%d %H:%M:%S")
    own = {"api_token": visit.rules.token, "timezone": visit.rules.time_zone, "last_access_at": seen}
    return None, {**ACCOUNT, **own}


def _send_to_one(visit: Visit, recipient: str, sender: str, text: str, *, unicode: bool) -> Reply:
    """A `schedule_time` is ignored with one recipient: the message leaves at once."""
    phone = inputs.phone(recipient)
    if phone in visit.world.blacklist:
        raise refusals.blacklisted()
    _check_balance(visit, billed_parts(text, unicode=unicode))
    message = visit.send(phone, sender, text, unicode=unicode)
    return "Your message was successfully delivered", rows.sent_item(message)


def _send_to_several(visit: Visit, recipients: list[str], sender: str, text: str, *, unicode: bool) -> Reply:
    """Numbers that can't be used are only named in `message`; the account's blacklist is not asked."""
    phones, faults = _usable(recipients)
    parts, due = billed_parts(text, unicode=unicode), _due(visit)
    _check_balance(visit, parts * len(phones))
    if due is not None:
        _schedule(visit, phones, due, {"from": sender, "message": text, "parts": parts})
        return ". ".join(faults) or "Your messages were successfully scheduled", None
    sent = [rows.sent_item(visit.send(phone, sender, text, unicode=unicode)) for phone in phones]
    return ". ".join(faults) or "Your messages were successfully delivered", sent


def _schedule(visit: Visit, phones: list[str], due: float, values: dict[str, Any]) -> None:
    for phone in phones:
        visit.world.record("message_scheduled", visit.now, due=due, to=phone, **values)


def _usable(recipients: list[str]) -> tuple[list[str], list[str]]:
    phones, faults = [], []
    for recipient in recipients:
        try:
            phones.append(inputs.phone(recipient))
        except refusals.Refusal as refusal:
            faults.append(refusal.message)
    return phones, faults


def _due(visit: Visit) -> float | None:
    """The moment `schedule_time` means in the account's time zone; None without one."""
    written = inputs.optional(visit.fields, "schedule_time")
    if not written:
        return None
    try:
        local = datetime.strptime(written, "%Y-%m-%d %H:%M")
    except ValueError:
        raise refusals.invalid_data() from None
    return local.replace(tzinfo=ZoneInfo(visit.rules.time_zone)).timestamp()


def _checked_sender(visit: Visit) -> str:
    """A sender id of the allowed ones; where none are listed, a number or up to 11 characters."""
    sender, allowed = inputs.required(visit.fields, "sender_id"), visit.rules.sender_ids
    number = sender.removeprefix("+")
    well_formed = len(sender) <= LONGEST_SENDER_ID or (number.isascii() and number.isdigit())
    if not (well_formed if allowed is None else sender in allowed):
        raise refusals.sender_not_authorised()
    return sender


def _checked_type(visit: Visit) -> str:
    kind = inputs.required(visit.fields, "type")
    if kind not in TEXT_TYPES:
        raise refusals.invalid_data()
    return kind


def _check_balance(visit: Visit, needed: int) -> None:
    balance = visit.world.balance
    if balance is not None and needed > balance:
        raise refusals.too_few_units(balance, needed)
