"""What became of a ledger's backup, restore and export, for a person and for a script. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from typing import Any

from ampenet_sync.pipeline.ledgers import Copied, Exported
from ampenet_sync.reports.names import counted

NAMED = {"contacts": "link", "changes": "change", "messages": "message", "suppressions": "suppression"}


def copied_object(copied: Copied, **where: object) -> dict[str, Any]:
    """`at` is when the backup was taken, in UTC; `rows` counts those of each table."""
    rows = {table: copied.rows.get(table, 0) for table in NAMED}
    named = {name: str(place) for name, place in where.items()}
    return {**named, "at": datetime.fromtimestamp(copied.at, UTC).isoformat(timespec="seconds"), "rows": rows}


def copied_words(copied: Copied) -> str:
    """`3 links, 5 changes, no message, 1 suppression`"""
    return ", ".join(counted(copied.rows.get(table, 0), word) for table, word in NAMED.items())


def restored_lines(copied: Copied, zone: tzinfo) -> Iterator[str]:
    """What it can't know, and what stands between that and a second text."""
    at = datetime.fromtimestamp(copied.at, UTC).astimezone(zone)
    yield f"It knows nothing of what was done after {at:%Y-%m-%d %H:%M}."
    yield "  Contacts made since are met by their phone and linked; they count as not ours, so no plan deletes them."
    yield "  A send looks at the platform's newest messages first, and stops where one of its texts is out already."
    if copied.rows.get("forgotten"):
        yield "  People were forgotten in it: bring back forgotten.key, too, from the data folder's backup."


def exported_object(exported: Exported) -> dict[str, Any]:
    return {"files": [{"path": str(path), "rows": rows} for path, rows in exported.files]}
