"""One person's story for a script and for a person. Phones and keys are masked unless asked for. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import tzinfo
from typing import Any

from rich.console import RenderableType

from ampenet_sync.phones import HINTS, shown_key, shown_phone
from ampenet_sync.pipeline.events import Event
from ampenet_sync.pipeline.explaining import Explained
from ampenet_sync.reports.columns import table_of
from ampenet_sync.reports.history import letters, minute, moment
from ampenet_sync.reports.planrows import REASON_WORDS as PLANNED
from ampenet_sync.reports.suppressions import REASON_WORDS as SUPPRESSED
from ampenet_sync.sync.rows import Reason

HEARSAY = "hearsay"
NOT_THERE = {
    "where": "the segment's condition doesn't choose them",
    "members": "the segment's members don't name them",
    "shared_phone": "another customer has the contact for their phone",
}


def explained_object(explained: Explained, *, unmasked: bool = False) -> dict[str, Any]:
    """`text` is what the message said; null where phones are masked, as it may name them."""
    phones = sorted({event.phone for event in explained.events} | {explained.phone})
    return {
        "phone": _phone(explained.phone, unmasked),
        "keys": [_key(key, phones, unmasked) for key in explained.keys],
        "groups": [
            {
                "segment": contact.segment,
                "group": contact.group_name or contact.group_uid,
                "uid": contact.uid,
                "phone": _phone(contact.phone, unmasked),
                "owned": contact.owned,
                "hearsay": not contact.ours,
            }
            for contact in explained.contacts
        ],
        "suppressed": explained.suppressed,
        "events": [_event(event, phones, unmasked) for event in explained.events],
        "not_read": [asdict(part) for part in explained.not_read],
    }


def explained_lines(explained: Explained, zone: tzinfo, *, unmasked: bool = False) -> Iterator[RenderableType]:
    """Who they are, what happened in order of time, what the words mean, and what couldn't be read."""
    shown = explained_object(explained, unmasked=unmasked)
    yield from (f"Not read: {part.name}: {part.why}" for part in explained.not_read)
    if not explained.events:
        yield "Nobody of this phone or key is known."
        return
    yield f"{shown['phone'] or 'no phone known'}  (keys: {', '.join(shown['keys']) or 'none known'})"
    yield f"Groups: {', '.join(place['group'] for place in shown['groups']) or 'none'}"
    if explained.suppressed:
        yield "Suppressed: never made a contact, never texted."
    table = table_of(f"when ({letters(zone)})", "what happened", "before → after", "reason")
    for event, cells in zip(explained.events, shown["events"], strict=True):
        reason = " ".join(filter(None, (event.reason, f"({HEARSAY})" if event.hearsay else "")))
        table.add_row(minute(event.at, zone), f"{happened(event)}{_whose(cells, shown)}", _sides(cells), reason)
    yield table
    yield from _meanings(explained)


def happened(event: Event) -> str:
    """One event in words, without phone and key."""
    where = f"{event.segment or event.group}"
    match event.kind:
        case "change":
            return f"{event.what} in {where}: {event.outcome} (run {event.run[:8]})"
        case "contact":
            return f"contact in {where}: {event.outcome}, {event.what}"
        case "message":
            return f"message {event.campaign} {event.edition}: {event.outcome}"
        case "suppression":
            return f"suppressed by {event.by or 'nobody knows whom'}"
        case "forgotten":
            return "forgotten: erased here, never made a contact, never texted"
        case "plan":
            return f"plan {event.plan[:8]} of {event.segment}: {event.what}"
        case "audience":
            return f"audience of {event.campaign} {event.edition}: {event.what}"
        case "source":
            return f"stands in the source: {event.source}"
        case "quarantine":
            return f"stands in the source, quarantined: {event.source}"
        case "segment":
            return f"has no contact in {event.segment}" if event.reason else f"belongs in {event.segment}"


def _meanings(explained: Explained) -> Iterator[str]:
    for reason in dict.fromkeys(event.reason for event in explained.events):
        if words := _words(reason):
            yield f"  {reason}: {words}"
    if any(event.hearsay for event in explained.events):
        yield f"  {HEARSAY}: not our doing, or not known to be done; others said so, or a listing showed it"


def _words(reason: str) -> str:
    if reason in NOT_THERE:
        return NOT_THERE[reason]
    if reason in HINTS:
        return HINTS[reason].en
    if reason in SUPPRESSED:
        return SUPPRESSED[reason]
    return PLANNED[Reason(reason)] if reason in {known.value for known in Reason} else ""


def _event(event: Event, phones: list[str], unmasked: bool) -> dict[str, Any]:
    return {
        **asdict(event),
        "at": moment(event.at),
        "phone": _phone(event.phone, unmasked),
        "key": _key(event.key, phones, unmasked),
        "before": _values(event.before, unmasked),
        "after": _values(event.after, unmasked),
        "text": event.text if unmasked else None,
    }


def _whose(cells: Mapping[str, Any], shown: Mapping[str, Any]) -> str:
    """Phone and key, where there is another than the one at the head of the story."""
    phone = cells["phone"] if cells["phone"] != shown["phone"] else ""
    key = cells["key"] if [cells["key"]] != shown["keys"] else ""
    return f" [{', '.join(filter(None, (phone, key)))}]" if phone or key else ""


def _sides(cells: Mapping[str, Any]) -> str:
    """What an event changed; of a contact that comes or goes, its fields."""
    before, after = cells["before"], cells["after"]
    if before is None or after is None:
        side = before or after or {}
        return " ".join(value for name, value in side.items() if name != "phone" and value)
    names = [name for name in after if before.get(name, "") != after[name]]
    return ", ".join(f"{name} {before.get(name, '') or '(blank)'} → {after[name] or '(blank)'}" for name in names)


def _values(side: Mapping[str, str] | None, unmasked: bool) -> dict[str, str] | None:
    if side is None:
        return None
    return {name: _phone(value, unmasked) if name == "phone" else value for name, value in side.items()}


def _phone(phone: str, unmasked: bool) -> str:
    return shown_phone(phone, unmasked=unmasked) if phone else ""


def _key(key: str, phones: list[str], unmasked: bool) -> str:
    """Also a key that was one of their numbers is masked."""
    shown = (shown_key(key, phone, unmasked=unmasked) for phone in phones or [""])
    return next((masked for masked in shown if masked != key), key)
