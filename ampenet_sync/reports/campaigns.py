"""How campaigns stand, what was approved, and what became of those that were due. Pure, and light to import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType

from ampenet_sync.pipeline.steering import CampaignState, Figures
from ampenet_sync.reports.columns import table_of
from ampenet_sync.reports.history import minute, moment

if TYPE_CHECKING:
    from ampenet_sync.pipeline.scheduling import DueSends
    from ampenet_sync.pipeline.steering import Approval

NO_FIGURES = {"sent": 0, "refused": 0, "unknown": 0, "expired": 0, "remaining": 0, "withdrawn": 0, "paused": False}


def campaign_object(state: CampaignState) -> dict[str, Any]:
    """`approved` is null where nobody did; moments are UTC."""
    approval = state.approval
    return {
        "campaign": state.campaign,
        "edition": state.edition,
        "segment": state.segment,
        "kind": state.kind,
        "state": state.state,
        "send_at": state.send_at.astimezone(UTC).isoformat(timespec="seconds") if state.send_at else None,
        "approved": None if approval is None else approval_facts(approval),
        "paused": state.standing.paused is not None,
        "by": _by(state),
        **asdict(state.figures),
    }


def campaigns_object(states: Sequence[CampaignState]) -> dict[str, Any]:
    return {"campaigns": [campaign_object(state) for state in states]}


def campaigns_tables(states: Sequence[CampaignState], zone: tzinfo) -> Iterator[RenderableType]:
    if not states:
        yield "There is no campaign in ampenet.yaml."
        return
    table = table_of("campaign", "edition", "segment", "kind", "state", "send_at", "approved by", "sent", "unknown")
    for state in states:
        approved = state.approval.by if state.approval else ""
        send_at = minute(state.send_at.timestamp(), zone) if state.send_at else ""
        counts = (f"{state.figures.sent:,}", f"{state.figures.unknown:,}")
        table.add_row(state.campaign, state.edition, state.segment, state.kind, state.state, send_at, approved, *counts)
    yield table


def campaign_lines(state: CampaignState, zone: tzinfo) -> Iterator[str]:
    by = f" by {_by(state)}" if _by(state) else ""
    yield f"Campaign {state.campaign}, edition {state.edition}: {state.state}{by}"
    if state.send_at:
        yield f"  send_at {minute(state.send_at.timestamp(), zone)}"
    if state.approval:
        yield f"  {approval_line(state.approval, zone)}"
    if state.figures != Figures():
        counts = asdict(state.figures)
        yield "  " + ", ".join(
            f"{counts[name]:,} {name}" for name in ("sent", "refused", "unknown", "expired", "parts")
        )


def approval_facts(approval: Approval) -> dict[str, Any]:
    return {
        "audience": approval.audience,
        "by": approval.by,
        "at": moment(approval.at),
        "send_at": moment(approval.send_at),
        "due_at": moment(approval.due_at),
    }


def approval_object(approval: Approval) -> dict[str, Any]:
    return {"campaign": approval.edition.campaign, "edition": approval.edition.name, **approval_facts(approval)}


def approval_line(approval: Approval, zone: tzinfo) -> str:
    when = minute(approval.send_at, zone)
    return f"Audience {approval.audience} is approved by {approval.by}, to be sent at {when}"


def due_object(due: DueSends) -> dict[str, Any]:
    """Of one that waits for a person every count is 0, and `code` and `why` say what keeps it."""
    return {
        "campaigns": [
            {
                "campaign": run.campaign,
                "edition": run.edition,
                "audience": run.audience,
                **(_figures(asdict(run.sent)) if run.sent else NO_FIGURES),
                "pause_reason": run.sent.paused if run.sent else "",
                "code": why.code if (why := run.refused or run.busy) else "",
                "why": why.message if why else "",
            }
            for run in due.runs
        ],
        "next_at": due.next_at.astimezone(UTC).isoformat(timespec="seconds") if due.next_at else None,
    }


def due_lines(due: DueSends) -> Iterator[str]:
    from ampenet_sync.reports.outcome import sent_line

    for run in due.runs:
        if run.sent:
            yield sent_line(run.sent)
        elif run.busy:
            yield f"Campaign {run.campaign}: {run.busy.message}"
        else:
            yield f"Campaign {run.campaign}: waits for a person: {run.refused}"
    if not due.runs:
        yield "Nothing is due."
    yield (
        f"The next one is due at {_local(due.next_at)}." if due.next_at else "No other campaign is approved for later."
    )


def _figures(sent: dict[str, Any]) -> dict[str, Any]:
    return {**{name: sent[name] for name in NO_FIGURES}, "paused": bool(sent["paused"])}


def _by(state: CampaignState) -> str:
    order = state.standing.cancelled or state.standing.paused
    return order.by if order else ""


def _local(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
