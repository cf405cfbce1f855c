"""A campaign for a person: who gets which text, its cost, the question before it is sent, what became of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ampenet_sync.campaigns.audience import AudienceFile
from ampenet_sync.phones import shown_phone
from ampenet_sync.pipeline.previewing import Preview
from ampenet_sync.pipeline.sending import Sent
from ampenet_sync.reports.answers import answer_lines
from ampenet_sync.reports.names import SENT_COUNTS
from ampenet_sync.reports.shared import collision_lines
from ampenet_sync.reports.tables import counted

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
    for reason, count in header.excluded.items():
        yield f"  without {count:,} who {EXCLUDED_WORDS.get(reason, reason)} ({reason})"
    yield _account(preview)
    yield from answer_lines(preview.consent, preview.opted_out)
    yield from _text_and_end(audience, preview.ends_at, unmasked=unmasked)
    yield from quiet_line(preview)
    yield from collision_lines(preview.collisions, segment=header.campaign, unmasked=unmasked)
    yield from (f"Note: {note}" for note in preview.notes)
    yield from (f"Warning: {warning}" for warning in preview.warnings)


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


def sent_line(sent: Sent) -> str:
    """One line for one edition; zeros but `sent` are not mentioned."""
    said = [f"{sent.sent:,} sent"]
    for name in SENT_COUNTS[1:]:
        if count := getattr(sent, name):
            said.append(f"{count:,} {name}")
    if sent.paused:
        said.append(f"paused: {sent.paused}")
    return f"Campaign {sent.campaign}, edition {sent.edition}: {', '.join(said)}"
