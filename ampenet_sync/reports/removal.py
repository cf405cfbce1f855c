"""What `retention` removed, or would remove: lines and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from ampenet_sync.pipeline.retaining import Removal
from ampenet_sync.reports.names import counted

FOREVER = "ampenet.yaml has no retention, so everything is kept: ampenet-sync config retention"
STAYS = "Which number got which campaign, counts, times and what has no outcome yet stay."


def removal_lines(removal: Removal, zone: ZoneInfo, *, done: bool) -> Iterator[str]:
    """A line for each kind, with the day before which it goes."""
    if not removal.before:
        yield FOREVER
        return
    verb = "removed" if done else "to be removed"
    for what, things in (
        ("plans", f"{counted(len(removal.plans), 'plan')}, {counted(len(removal.audiences), 'audience')}"),
        ("outcomes", f"whose {counted(removal.rows.changes, 'change')} and {counted(removal.rows.messages, 'message')} "
         f"were, {counted(removal.rows.contacts, 'contact')} deleted long ago"),
        ("quarantine", f"{counted(len(removal.readings), 'file')} of rows that were read"),
    ):  # fmt: skip
        if what in removal.before:
            yield f"{what}: older than {removal.before[what].astimezone(zone).date()}: {things} {verb}"
    if "outcomes" in removal.before:
        yield STAYS


def removal_object(removal: Removal) -> dict[str, Any]:
    return {
        "before": {what: moment.isoformat() for what, moment in removal.before.items()},
        "plans": len(removal.plans),
        "audiences": len(removal.audiences),
        "changes": removal.rows.changes,
        "messages": removal.rows.messages,
        "contacts": removal.rows.contacts,
        "readings": len(removal.readings),
    }
