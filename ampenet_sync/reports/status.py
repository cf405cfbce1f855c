"""What the ledger knows, and what became of a copy of it, for scripts and people. Pure, and light to import."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType

from ampenet_sync.pipeline.status import Status
from ampenet_sync.reports.columns import table_of
from ampenet_sync.reports.evidence import evidence_object, evidence_words
from ampenet_sync.reports.names import counted

if TYPE_CHECKING:
    from pathlib import Path

    from ampenet_sync.pipeline.backups import AnalystFiles, Copied

COPIED = {"contacts": "link", "changes": "change", "messages": "message", "suppressions": "suppression"}


def status_object(status: Status) -> dict[str, Any]:
    shown = asdict(status)
    for segment, known in zip(shown["segments"], status.segments, strict=True):
        segment["opt_outs"] = evidence_object(known.opt_outs)
        segment["made_at"] = datetime.fromtimestamp(segment["made_at"], UTC).isoformat(timespec="seconds")
    return shown


def status_tables(status: Status, zone: tzinfo) -> Iterator[RenderableType]:
    """Segments and campaigns as tables; a sentence where there is nothing yet."""
    if not status.segments and not status.campaigns:
        yield "Nothing was planned or sent with this ledger yet."
    if status.segments:
        segments = table_of("segment", "contacts", "newest plan", "state", "done", "refused", "in doubt")
        for segment in status.segments:
            counts = (segment.done, segment.refused, segment.in_doubt)
            segments.add_row(
                segment.segment,
                f"{segment.contacts:,}",
                segment.plan,
                segment.state,
                *(f"{count:,}" for count in counts),
            )
        yield segments
        heard = {segment.segment: evidence_words(segment.opt_outs, zone) for segment in status.segments}
        yield from (f"{name}: {words}" for name, words in heard.items() if words)
    if status.campaigns:
        campaigns = table_of("campaign", "edition", "sent", "refused", "unknown", "expired", "parts")
        for edition in status.campaigns:
            numbers = (edition.sent, edition.refused, edition.unknown, edition.expired, edition.parts)
            campaigns.add_row(edition.campaign, edition.edition, *(f"{number:,}" for number in numbers))
        yield campaigns
    if status.suppressed:
        yield f"{status.suppressed:,} suppression{'' if status.suppressed == 1 else 's'}"


def copied_object(copied: Copied, **where: object) -> dict[str, Any]:
    """`at` is when the backup was taken, in UTC; `rows` counts those of each table."""
    rows = {table: copied.rows.get(table, 0) for table in COPIED}
    named = {name: str(place) for name, place in where.items()}
    at = datetime.fromtimestamp(copied.at, UTC).isoformat(timespec="seconds")
    return {**named, "at": at, "rows": rows, "forgotten_key": copied.key}


def copied_words(copied: Copied) -> str:
    """`3 links, 5 changes, no message, 1 suppression`"""
    return ", ".join(counted(copied.rows.get(table, 0), word) for table, word in COPIED.items())


def backed_up_lines(copied: Copied, path: Path) -> Iterator[str]:
    """What goes with the backup, so that people who were forgotten are known again by a restored ledger."""
    if copied.key == "kept":
        yield f"With it goes {path}.forgotten.key, by which people who were forgotten are known again: keep both."
    if copied.key == "missing":
        yield "Careful: people were forgotten in it, and the data folder has no forgotten.key that knows them again."
        yield "  Without that file nobody is texted: bring it back from where they were forgotten, then back up again."


def restored_lines(copied: Copied, zone: tzinfo) -> Iterator[str]:
    """What it can't know, and what stands between that and a second text."""
    at = datetime.fromtimestamp(copied.at, UTC).astimezone(zone)
    yield f"It knows nothing of what was done after {at:%Y-%m-%d %H:%M}."
    yield "  Contacts made since are met by their phone and linked; they count as not ours, so no plan deletes them."
    yield "  A send looks at the platform's newest messages first, and stops where one of its texts is out already."
    if copied.key == "kept":
        yield "  People who were forgotten in it are known again: the data folder has their forgotten.key."
    if copied.key == "missing":
        yield "Careful: people were forgotten in it, and no forgotten.key beside the backup knows them again."
        yield "  Bring that file into the data folder: without it nothing is planned or sent."


def exported_object(exported: AnalystFiles) -> dict[str, Any]:
    return {"files": [{"path": str(path), "rows": rows} for path, rows in exported.files]}
