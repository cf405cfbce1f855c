"""Suppressions and stop lists, for a script and for a person. Phones and keys are masked unless asked for. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import tzinfo
from typing import Any

from rich.console import RenderableType

from ampenet_sync.phones import HINTS, shown_key, shown_phone
from ampenet_sync.pipeline.inbound import InboundRead
from ampenet_sync.pipeline.suppressing import Listed, Suppression
from ampenet_sync.reports.columns import table_of
from ampenet_sync.reports.history import letters, minute, moment
from ampenet_sync.reports.names import counted

REASON_WORDS = {
    "asked": "asked not to be texted",
    "on_a_list": "stands on a stop list",
    "opted_out_there": "opted out at Ampenet, as one of its answers said",
}


def suppressions_object(rows: Sequence[Suppression], *, unmasked: bool = False) -> dict[str, Any]:
    return {"suppressions": [_object(row, unmasked=unmasked) for row in rows]}


def inbound_object(read: InboundRead) -> dict[str, Any]:
    return asdict(read)


def inbound_lines(read: InboundRead) -> Iterator[str]:
    """What was seen, who is suppressed by it, and what may be missing."""
    seen = counted(read.messages, "inbound message")
    yield f"Read: {seen}; newly suppressed: {counted(read.suppressed, 'number')}. {counted(read.calls, 'call')}."
    if read.refused:
        yield f"Not read: the platform answered {read.refused}."
    elif not read.complete:
        yield "There is more to read: the same command goes on."
    if not read.listed:
        yield "No inbound message was ever seen here: this install may not list them."


def suppressions_tables(
    rows: Sequence[Suppression], zone: tzinfo, *, unmasked: bool = False
) -> Iterator[RenderableType]:
    """A table, oldest first, and what the reasons in it mean."""
    if not rows:
        yield "Nobody is suppressed."
        return
    table = table_of("phone", "key", "reason", "by", f"since ({letters(zone)})")
    for row in rows:
        shown = _object(row, unmasked=unmasked)
        table.add_row(shown["phone"], shown["key"], row.reason, row.by, minute(row.at, zone))
    yield table
    reasons = {row.reason for row in rows}
    yield from (f"  {reason}: {words}" for reason, words in REASON_WORDS.items() if reason in reasons)


def listed_object(listed: Listed) -> dict[str, Any]:
    """A list that was read; `new` of its numbers were not suppressed before."""
    numbers = listed.numbers
    return {
        "name": numbers.name,
        "column": numbers.column,
        "rows": numbers.rows,
        "numbers": len(numbers.phones),
        "new": listed.news,
        "unread": numbers.unread,
        "unread_rows": [row.__dict__ for row in numbers.unread_rows],
    }


def lists_lines(lists: Sequence[Listed]) -> Iterator[str]:
    """One line for each list, and below it the rows whose number nobody can read: who stands there may be texted."""
    for listed in lists:
        numbers = listed.numbers
        yield f"Never texted, by {numbers.name}: {counted(len(numbers.phones), 'number')}, {listed.news:,} of them new"
        if numbers.unread:
            yield f"  not readable, so not suppressed: {counted(numbers.unread, 'row')}"
        for row in numbers.unread_rows:
            yield f"    {row.file}:{row.line}: {row.masked}: {HINTS[row.reason].en}"
        if numbers.unread > len(numbers.unread_rows):
            yield f"    … and {numbers.unread - len(numbers.unread_rows):,} more"


def _object(row: Suppression, *, unmasked: bool) -> dict[str, Any]:
    return {
        "phone": shown_phone(row.phone, unmasked=unmasked) if row.phone else "",
        "key": shown_key(row.key, row.phone, unmasked=unmasked) if row.key else "",
        "reason": row.reason,
        "by": row.by,
        "at": moment(row.at),
    }
