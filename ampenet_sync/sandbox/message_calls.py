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
    dialect, written = visit.rules.dialect, inputs.required(visit.fields, "recipient")
    recipients = [entry.strip() for entry in written.split(",") if entry.strip()]
    sender, text = _checked_sender(visit), inputs.required(visit.fields, "message")
    unicode = _checked_type(visit) == "unicode"
    if not recipients:
        raise refusals.invalid_data()
    if len(recipients) == 1:
        return _send_to_one(visit, recipients[0], sender, text, unicode=unicode)
    if not dialect.answers_several and len(recipients) != dialect.most_recipients:
        raise refusals.invalid_phone(written)
    if len(recipients) > dialect.most_recipients:
        raise refusals.too_many_recipients(dialect.most_recipients)
    return _send_to_several(visit, recipients, sender, text, unicode=unicode)


def view_message(visit: Visit, uid: str) -> Reply:
    message = visit.world.message_by_uid.get(uid)
    if message is None or not message.listed:
        raise refusals.message_not_found()
    return None, rows.message_item(message, visit.rules)


def all_messages(visit: Visit) -> Reply:
    number = inputs.page_number(visit.fields)
    start = (number - 1) * rows.PER_PAGE
    if visit.rules.dialect.report_of_token:
        total, shown = len(visit.world.token_report), visit.world.token_report[start : start + rows.PER_PAGE]
    else:
        total = len(visit.world.report)
        end = max(0, total - start)
        shown = visit.world.report[max(0, end - rows.PER_PAGE) : end][::-1]
    items = [rows.message_item(message, visit.rules) for message in shown]
    return None, rows.page(items, number=number, total=total, path="/sms")


def show_balance(visit: Visit) -> Reply:
    """The units left as a text for people: "1,250", "TSh1,250" or "Unlimited"."""
    balance = visit.world.balance
    shown = "Unlimited" if balance is None else f"{visit.rules.switches.currency}{balance:,}"
    return None, {visit.rules.dialect.balance_key: shown, "expired_on": ACCOUNT_EXPIRES}


def show_account(visit: Visit) -> Reply:
    """The profile; it holds the token in clear, as the platform's does."""
    seen = datetime.fromtimestamp(visit.now, UTC).strftime("%Y-%m-%d %H:%M:%S")
    own = {"api_token": visit.rules.token, "timezone": visit.rules.time_zone, "last_access_at": seen}
    return None, {**ACCOUNT, **own}


def _send_to_one(visit: Visit, recipient: str, sender: str, text: str, *, unicode: bool) -> Reply:
    """From 3.8 on a `schedule_time` is ignored with one recipient: the message leaves at once."""
    phone, parts = inputs.phone(recipient), billed_parts(text, unicode=unicode)
    if phone in visit.world.blacklist:
        raise refusals.contained_in_blacklist() if visit.rules.dialect.custom_fields else refusals.blacklisted()
    _check_balance(visit, parts)
    due = _due(visit) if visit.rules.dialect.schedules_one else None
    if due is not None:
        return _schedule(visit, [phone], due, {"from": sender, "message": text, "parts": parts})
    message = visit.send(phone, sender, text, unicode=unicode)
    if visit.gateway.refuses:
        raise refusals.gateway_refusal(visit.gateway.status, http=visit.gateway.refuses)
    return "Your message was successfully delivered", rows.sent_item(message, visit.rules)


def _send_to_several(visit: Visit, recipients: list[str], sender: str, text: str, *, unicode: bool) -> Reply:
    """One after another; numbers that can't be used are only named in `message`."""
    phones, faults = _usable(visit, recipients)
    parts, due = billed_parts(text, unicode=unicode), _due(visit)
    _check_balance(visit, parts * len(phones))
    if due is not None:
        reply = _schedule(visit, phones, due, {"from": sender, "message": text, "parts": parts})
        return ". ".join(faults) or reply[0], None
    leaving = phones[: len(phones) // 2] if visit.gateway.half else phones
    sent = [visit.send(phone, sender, text, unicode=unicode) for phone in leaving]
    if visit.gateway.refuses:
        faults += [f"{message.to}: {message.status}" for message in sent]
        sent = []
    outcome = ". ".join(faults) or "Your messages were successfully delivered"
    shown = [rows.sent_item(message, visit.rules) for message in sent]
    return outcome, shown if visit.rules.dialect.answers_several else None


def _schedule(visit: Visit, phones: list[str], due: float, values: dict[str, Any]) -> Reply:
    for phone in phones:
        visit.world.record("message_scheduled", visit.now, due=due, to=phone, **values)
    return "Your messages were successfully scheduled", None


def _usable(visit: Visit, recipients: list[str]) -> tuple[list[str], list[str]]:
    """The numbers that get the message, and why others don't. Most installs do not ask the account's blacklist here."""
    barred = visit.world.blacklist if visit.rules.dialect.several_ask_blacklist else ()
    phones, faults = [], []
    for recipient in recipients:
        try:
            phone = inputs.phone(recipient)
        except refusals.Refusal as refusal:
            faults.append(refusal.message)
            continue
        if phone in barred:
            faults.append(f"{phone}: {refusals.contained_in_blacklist().message}")
        else:
            phones.append(phone)
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
    if well_formed if allowed is None else sender in allowed:
        return sender
    if visit.rules.dialect.custom_fields:
        raise refusals.sender_named_not_authorised(sender)
    raise refusals.sender_not_authorised()


def _checked_type(visit: Visit) -> str:
    kind = inputs.required(visit.fields, "type")
    if kind not in TEXT_TYPES:
        raise refusals.invalid_data()
    return kind


def _check_balance(visit: Visit, needed: int) -> None:
    balance = visit.world.balance
    if balance is not None and needed > balance:
        raise refusals.too_few_units(balance, needed)
