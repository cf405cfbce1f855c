"""What became of a campaign's messages after the send, for a person, a script and a file. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from rich.console import RenderableType

from ampenet_sync.campaigns.delivery import fate_of
from ampenet_sync.phones import shown_key, shown_phone
from ampenet_sync.pipeline.delivery import Addressee, DeliveryReport, Fate
from ampenet_sync.reports.columns import table_of
from ampenet_sync.reports.names import counted

Object = dict[str, Any]

HONEST = (
    "“Delivered” means that the gateway took the message. "
    "Nothing on this platform says whether a text reached the handset."
)
FATE_WORDS: dict[Fate, str] = {
    "delivered": "taken by the gateway",
    "pending": "on its way, or nobody knows yet",
    "failed": "not taken; the platform may have charged it all the same",
    "unknown": "nothing that can be read as one of the others",
}
COLUMNS = ("phone", "key", "state", "reason", "status", "delivery", "parts", "at", "status_read_at")


def delivery_object(report: DeliveryReport, *, calls: int) -> Object:
    figures = {key: value for key, value in asdict(report).items() if key != "course"}
    return {
        **figures,
        "delivery": dict(report.delivery),
        "statuses": [asdict(line) for line in report.statuses],
        "refusals": dict(report.refusals),
        "read_at": None if report.read_at is None else _iso(report.read_at),
        "calls": calls,
    }


def delivery_block(report: DeliveryReport) -> Iterator[RenderableType]:
    """The figures as a sentence, the statuses as a table, and what `Delivered` is worth."""
    yield figures_line(report)
    if not report.sent:
        return
    table = table_of("status", "messages", "what it means")
    for line in report.statuses:
        table.add_row(line.status, f"{line.messages:,}", f"{line.fate}: {FATE_WORDS[line.fate]}")
    yield table
    yield HONEST
    if report.unread:
        yield f"Not read yet: the status of {counted(report.unread, 'message')}."


def figures_line(report: DeliveryReport) -> str:
    """Zeros but `sent` are not mentioned."""
    parts = [f"{report.sent:,} sent ({counted(report.parts, 'part')})"]
    for name in ("refused", "unknown", "expired", "remaining"):
        if count := getattr(report, name):
            reasons = ", ".join(f"{code} {times:,}" for code, times in report.refusals.items())
            parts.append(f"{count:,} {name}" + (f" ({reasons})" if name == "refused" else ""))
    ordered = "" if report.state == "begun" else f"; {report.state}"
    return f"Campaign {report.campaign}, edition {report.edition}: {', '.join(parts)}{ordered}"


def recipient_rows(recipients: Iterable[Addressee], *, unmasked: bool) -> Iterator[Sequence[str]]:
    """A line of `COLUMNS` for each, all as text; moments in UTC."""
    for who in recipients:
        phone = shown_phone(who.phone, unmasked=unmasked) if who.phone[:1].isdigit() else who.phone
        key = shown_key(who.key, who.phone, unmasked=unmasked)
        fate = fate_of(who.status) if who.state == "sent" else ""
        read_at = "" if who.read_at is None else _iso(who.read_at)
        state = "unknown" if who.state in ("claimed", "in_doubt") else who.state
        yield (phone, key, state, who.code, _status(who), fate, str(who.parts), _iso(who.at), read_at)


def recipient_object(row: Sequence[str]) -> Object:
    shown = dict(zip(COLUMNS, row, strict=True))
    return {**shown, "parts": int(shown["parts"])}


def recipients_table(rows: Iterable[Sequence[str]]) -> RenderableType:
    table = table_of("phone", "key", "state", "reason", "status", "parts")
    for phone, key, state, reason, status, _fate, parts, *_ in rows:
        table.add_row(phone, key, state, reason, status, parts)
    return table


def _status(who: Addressee) -> str:
    if who.state != "sent":
        return ""
    return "not read yet" if who.status is None else who.status or "not listed"


def _iso(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="seconds")
