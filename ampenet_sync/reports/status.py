"""What the ledger knows, for a script and for a person. Times are in UTC. Pure, and light to import."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from rich.console import RenderableType

from ampenet_sync.pipeline.status import Status
from ampenet_sync.reports.columns import table_of


def status_object(status: Status) -> dict[str, Any]:
    shown = asdict(status)
    for segment in shown["segments"]:
        segment["made_at"] = datetime.fromtimestamp(segment["made_at"], UTC).isoformat(timespec="seconds")
    return shown


def status_tables(status: Status) -> Iterator[RenderableType]:
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
    if status.campaigns:
        campaigns = table_of("campaign", "edition", "sent", "refused", "unknown", "expired", "parts")
        for edition in status.campaigns:
            numbers = (edition.sent, edition.refused, edition.unknown, edition.expired, edition.parts)
            campaigns.add_row(edition.campaign, edition.edition, *(f"{number:,}" for number in numbers))
        yield campaigns
    if status.suppressed:
        yield f"{status.suppressed:,} suppression{'' if status.suppressed == 1 else 's'}"
