"""What `retention` removed, or would remove: lines and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from ampenet_sync.pipeline.retaining import Removal
from ampenet_sync.reports.names import counted

FOREVER = "ampenet.yaml has no retention, so everything is kept: ampenet-sync config retention"
STAYS = "Changes and messages lose whose they were; counts, times, and which number got which campaign stay."


def removal_lines(removal: Removal, zone: ZoneInfo, *, done: bool) -> Iterator[str]:
    """A line for each kind, with the day before which it goes."""
    if not removal.before:
        yield FOREVER
        return
    rows = removal.rows
    kinds = {
        "plans": ((len(removal.plans), "plan"), (len(removal.audiences), "audience")),
        "outcomes": ((rows.changes, "change"), (rows.messages, "message"), (rows.contacts, "deleted contact")),
        "quarantine": ((len(removal.readings), "file"),),
    }
    for what, amounts in kinds.items():
        if what in removal.before:
            day = removal.before[what].astimezone(zone).date()
            some = ", ".join(counted(count, name) for count, name in amounts if count)
            verb = "removed" if done else "to be removed"
            yield f"{what} before {day}: {some} {verb}" if some else f"{what} before {day}: nothing"
    if rows:
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
