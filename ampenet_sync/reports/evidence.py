"""Who opted out at Ampenet: how old the evidence is, and what asking costs and came to. Pure, and light to import."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from ampenet_sync.reports.names import counted

if TYPE_CHECKING:
    from ampenet_sync.pipeline.status import Evidence
    from ampenet_sync.sync.applied import Applied


def evidence_object(known: Evidence) -> dict[str, Any]:
    """`known_as_of` is when the longest unheard of the `asked` was last heard, in UTC; null where nobody was."""
    at = known.known_as_of
    as_of = None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
    return {"known_as_of": as_of, "asked": known.seen, "never_asked": known.never}


def evidence_words(known: Evidence, zone: tzinfo, *, whom: str = "contact") -> str:
    """How old the oldest evidence is, and of how many there is none; "" where there is nobody.

    `opt-outs known as of 2026-11-20 09:00 (2,196 contacts); 1,204 never asked`
    """
    never = f"{known.never:,} never asked" if known.seen else f"{counted(known.never, whom)} never asked"
    if known.known_as_of is None:
        return f"opt-outs not known: {never}" if known.never else ""
    at = datetime.fromtimestamp(known.known_as_of, zone)
    heard = f"opt-outs known as of {at:%Y-%m-%d %H:%M} ({counted(known.seen, whom)})"
    return f"{heard}; {never}" if known.never else heard


def asks_words(asks: int, *, each: int) -> str:
    """What a plan asks; `each` is the calls for one contact."""
    calls = "a call each" if each == 1 else f"{each} calls each"
    return f"at its end up to {counted(asks, 'contact')} are asked whether they opted out there ({calls})"


def asked_line(applied: Applied) -> Iterator[str]:
    """What became of that; nothing where nobody was to be asked."""
    if applied.asked or applied.unasked:
        left_it = f"{applied.opted_out_there:,} opted out there, suppressed from now on"
        opted_out = left_it if applied.opted_out_there else "nobody opted out there"
        left = f"; {applied.unasked:,} still to be asked" if applied.unasked else ""
        yield f"  asked {counted(applied.asked, 'contact')}: {opted_out}{left}"
