"""A campaign before it is sent: who gets which text, its cost and end, and the question. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from ampenet_sync.campaigns.audience import AudienceFile
from ampenet_sync.campaigns.verdicts import BudgetLeft
from ampenet_sync.phones import shown_phone
from ampenet_sync.pipeline.previewing import Preview
from ampenet_sync.reports.collisions import collision_lines, collisions_object
from ampenet_sync.reports.evidence import evidence_object, evidence_words
from ampenet_sync.reports.intake import answer_lines, answers_object
from ampenet_sync.reports.names import (
    counted,
)

Object = dict[str, Any]

EXCLUDED_WORDS = {
    "no_consent": "did not agree to marketing",
    "suppressed": "are suppressed",
    "opted_out": "opted out, as the source says",
    "shared_phone": "share a phone with another customer, who stands for both",
    "already_messaged": "had this edition already",
    "missing_variable": "lack a value the text needs",
    "value_too_long": "have a value too long for a text",
    "empty_text": "would get an empty text",
    "text_too_long": "would get a text of more than 4,000 characters",
}


def preview_lines(preview: Preview, *, unmasked: bool = False) -> Iterator[str]:
    """Who, what, how much and until when, as sentences; with the longest text as it will be read."""
    audience, header = preview.audience, preview.audience.header
    yield _campaign_line(audience)
    yield f"{_size(audience)}. Balance {preview.balance.text} units."
    if preview.budget is not None:
        yield f"{_budget(preview.budget)}."
    for reason, count in header.excluded.items():
        yield f"  without {count:,} who {EXCLUDED_WORDS.get(reason, reason)} ({reason})"
    yield _account(preview)
    yield from answer_lines(preview.consent, preview.opted_out)
    if words := evidence_words(preview.opt_outs, preview.ends_at.tzinfo or UTC, whom="recipient"):
        yield f"At Ampenet, {words}."
    yield from _text_and_end(audience, preview.ends_at, unmasked=unmasked)
    yield from quiet_line(preview)
    yield from collision_lines(preview.collisions, segment=header.campaign, unmasked=unmasked)
    yield from (f"Note: {note}" for note in preview.notes)
    yield from (f"Warning: {warning}" for warning in preview.warnings)


def _budget(budget: BudgetLeft) -> str:
    return f"Budget of {budget.month}: {budget.left:,} of {budget.parts:,} parts left"


def quiet_line(preview: Preview) -> Iterator[str]:
    """How many messages quiet hours would keep waiting; nothing where there are no quiet hours or no messages."""
    if preview.quiet is None or preview.live is None or not preview.audience.header.messages:
        return
    live, until = "live, " if preview.rehearsal else "", preview.live.until
    waiting = f"{preview.live.waiting:,} would wait until {until:%Y-%m-%d %H:%M}" if until else "nobody would wait"
    yield f"Quiet hours {preview.quiet}: {live}{waiting}."


def _account(preview: Preview) -> str:
    """Everybody of the segment gets a message or is excluded for one reason: the line adds up."""
    messages, excluded = preview.audience.header.messages, sum(preview.audience.header.excluded.values())
    members = counted(preview.members, "customer")
    return f"  {messages:,} with a message + {excluded:,} without = {members} of segment {preview.segment}"


def size_lines(audience: AudienceFile) -> tuple[str, str]:
    """Sender, size and money."""
    return _campaign_line(audience), f"{_size(audience)}."


def send_lines(audience: AudienceFile, ends_at: datetime) -> Iterator[str]:
    """What stands above the question whether to send: sender, size, money, longest text, end."""
    yield _campaign_line(audience)
    yield f"{_size(audience)}."
    yield from _text_and_end(audience, ends_at)


def send_question(audience: AudienceFile, ends_at: datetime, *, warnings: int) -> str:
    """The same in one sentence, with a word of the warnings above it."""
    header = audience.header
    people = "1 person is" if header.messages == 1 else f"{header.messages:,} people are"
    cost = f"{counted(header.parts, 'part')}, about {_amount(audience)}, until {ends_at:%Y-%m-%d %H:%M %Z}"
    above = f", although there {'is a warning' if warnings == 1 else f'are {warnings} warnings'} above"
    return f"{people} texted by {header.sender_id}: {cost}{above if warnings else ''}."


def _campaign_line(audience: AudienceFile) -> str:
    header = audience.header
    return f"Campaign {header.campaign}, edition {header.edition}, from {header.sender_id} ({header.kind})"


def _size(audience: AudienceFile) -> str:
    header = audience.header
    return f"{counted(header.messages, 'message')}, {counted(header.parts, 'part')}, about {_amount(audience)}"


def _amount(audience: AudienceFile) -> str:
    return f"{audience.header.currency} {float(audience.header.amount):,.2f}".removesuffix(".00")


def _text_and_end(audience: AudienceFile, ends_at: datetime, *, unmasked: bool = False) -> Iterator[str]:
    """The longest text as it will be read, and when the last one leaves; nothing where nobody gets one."""
    recipients = audience.recipients
    if not len(recipients):
        return
    order = recipients.assign(letters=recipients["text"].str.len())
    longest = order.sort_values(["parts", "letters", "phone"], ascending=[False, False, True]).iloc[0]
    phone = shown_phone(longest["phone"], unmasked=unmasked)
    yield f"Longest text, {longest['parts']} part(s) {longest['encoding']}, to {phone}:"
    yield from (f"  │ {line}" for line in longest["text"].splitlines())
    yield f"The last message would leave about {ends_at:%Y-%m-%d %H:%M %Z}."


def preview_object(preview: Preview, *, unmasked: bool = False) -> Object:
    header = preview.audience.header
    return {
        "campaign": header.campaign,
        "edition": header.edition,
        "audience": preview.audience.digest,
        "messages": header.messages,
        "parts": header.parts,
        "cost": {"amount": float(header.amount), "currency": header.currency},
        "excluded": header.excluded,
        "members": preview.members,
        "quarantined": preview.quarantined,
        "quiet_hours": quiet_object(preview),
        **answers_object(preview.consent, preview.opted_out),
        "opt_outs": evidence_object(preview.opt_outs),
        "balance": preview.balance.text,
        "budget": budget_object(preview.budget),
        "ends_at": preview.ends_at.astimezone(UTC).isoformat(timespec="seconds"),
        "warnings": list(preview.warnings),
        "notes": list(preview.notes),
        "shared_phones": preview.collisions.phones,
        "collisions": collisions_object(preview.collisions, unmasked=unmasked),
        "unknown_members": preview.unknown,
        "path": str(preview.path),
    }


def budget_object(budget: BudgetLeft | None) -> Object | None:
    return None if budget is None else {**asdict(budget), "left": budget.left}


def quiet_object(preview: Preview) -> Object | None:
    """What quiet hours would do to the messages; `binding` is whether they do here, or only live."""
    if preview.quiet is None or preview.live is None:
        return None
    until = preview.live.until.astimezone(UTC).isoformat(timespec="seconds") if preview.live.until else None
    waiting = preview.live.waiting
    return {"span": str(preview.quiet), "waiting": waiting, "until": until, "binding": not preview.rehearsal}
