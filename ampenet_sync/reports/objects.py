"""What a script reads: plans, outcomes, previews and figures as plain objects for JSON. Times are in UTC. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC
from typing import Any

from ampenet_sync.contacts import Collisions
from ampenet_sync.phones import shown_key, shown_name, shown_phone
from ampenet_sync.pipeline.applying import SegmentRun
from ampenet_sync.pipeline.intake import Intake
from ampenet_sync.pipeline.planning import Planned
from ampenet_sync.pipeline.previewing import Preview
from ampenet_sync.pipeline.sending import Sent
from ampenet_sync.reports.answers import answers_object
from ampenet_sync.reports.names import FORECAST, PLAN_COUNTS
from ampenet_sync.sync.apply import Applied

Object = dict[str, Any]


def plans_object(planned: Sequence[Planned], intake: Intake, *, unmasked: bool = False) -> Object:
    """Keys and phones masked, unless somebody asked for them."""
    headers = [found.plan.header for found in planned]
    return {
        "plans": [_plan(found, unmasked=unmasked) for found in planned],
        **counts_object(intake),
        "source": source_object(intake),
        "forecast": {name: sum(getattr(header.forecast, name) for header in headers) for name in FORECAST},
    }


def undo_object(planned: Planned, *, unmasked: bool = False) -> Object:
    """The plan that undoes a run, as `plans_object` has it; it is made from the ledger, so no source was read."""
    forecast = planned.plan.header.forecast
    return {
        "plans": [_plan(planned, unmasked=unmasked)],
        "undoes": planned.plan.header.undoes,
        "customers": 0,
        "quarantined": 0,
        "forecast": {name: getattr(forecast, name) for name in FORECAST},
    }


def counts_object(intake: Intake) -> Object:
    """How many rows became customers, how many did not and why, or were passed over; who agreed or opted out."""
    return {
        "customers": intake.usable,
        "quarantined": intake.rejected,
        "repaired": intake.repaired,
        "reasons": intake.reasons,
        **answers_object(intake.consent, intake.opted_out),
        **passed_over_object(intake),
        **misfits_object(intake),
    }


def passed_over_object(intake: Intake) -> dict[str, int]:
    """Blank rows, and rows above the heading; they are in no other count."""
    return {"blank_rows": intake.identity.blank_rows, "rows_above": intake.identity.rows_above}


def misfits_object(intake: Intake) -> Object:
    """Typed columns → cells that are not of their type, where nothing needs them."""
    return {"misfits": {shown_name(column): cells for column, cells in intake.misfits.items()}}


def source_object(intake: Intake) -> Object:
    """Which values were read: kind, name, files, rows, bytes, when last written to (UTC), and their digest."""
    elsewhere = {"open_end", *passed_over_object(intake)}
    return {name: value for name, value in asdict(intake.identity).items() if name not in elsewhere}


def collisions_object(collisions: Collisions, *, unmasked: bool = False) -> list[Object]:
    """The first groups of customers who share a phone; `others` counts those without a contact of their own."""
    return [
        {
            "winner_key": shown_key(group.winner_key, group.phone, unmasked=unmasked),
            "keys": [shown_key(key, group.phone, unmasked=unmasked) for key in group.keys],
            "others": group.others,
            "phone": shown_phone(group.phone, unmasked=unmasked),
        }
        for group in collisions.groups
    ]


def runs_object(runs: Sequence[SegmentRun], *, calls: int) -> Object:
    """Of a segment that was left out, every count is 0 and `left_out` says why."""
    return {"segments": [_run(run) for run in runs], "calls": calls}


def applied_object(applied: Applied, *, calls: int) -> Object:
    return {"segments": [_applied(applied)], "calls": calls}


def preview_object(preview: Preview, *, unmasked: bool = False) -> Object:
    header = preview.audience.header
    return {
        "campaign": header.campaign,
        "edition": header.edition,
        "audience": preview.audience.digest,
        "messages": header.messages,
        "parts": header.parts,
        "cost": {"amount": float(header.amount), "currency": header.currency},
        "excluded": header.excluded,
        "members": preview.members,
        "quarantined": preview.quarantined,
        "quiet_hours": quiet_object(preview),
        **answers_object(preview.consent, preview.opted_out),
        "balance": preview.balance.text,
        "ends_at": preview.ends_at.astimezone(UTC).isoformat(timespec="seconds"),
        "warnings": list(preview.warnings),
        "notes": list(preview.notes),
        "shared_phones": preview.collisions.phones,
        "collisions": collisions_object(preview.collisions, unmasked=unmasked),
        "unknown_members": preview.unknown,
        "path": str(preview.path),
    }


def quiet_object(preview: Preview) -> Object | None:
    """What quiet hours would do to the messages; `binding` is whether they do here, or only live."""
    if preview.quiet is None or preview.live is None:
        return None
    until = preview.live.until.astimezone(UTC).isoformat(timespec="seconds") if preview.live.until else None
    waiting = preview.live.waiting
    return {"span": str(preview.quiet), "waiting": waiting, "until": until, "binding": not preview.rehearsal}


def sent_object(sent: Sent, *, calls: int) -> Object:
    return {**asdict(sent), "paused": bool(sent.paused), "pause_reason": sent.paused, "calls": calls}


def _plan(found: Planned, *, unmasked: bool) -> Object:
    header = found.plan.header
    return {
        "segment": header.segment,
        "group": header.group_name or header.group_uid,
        "path": str(found.path),
        "digest": found.plan.digest,
        **{name: getattr(header.counts, name) for name in PLAN_COUNTS},
        "verdict": header.verdict,
        "violations": list(header.violations),
        "shared_phones": header.shared_phones,
        "collisions": collisions_object(found.collisions, unmasked=unmasked),
        "unknown_members": header.unknown_members,
        "warnings": list(found.warnings),
    }


def _run(run: SegmentRun) -> Object:
    warnings = {"warnings": list(run.planned.warnings) if run.planned else []}
    if run.applied is not None:
        return {**_applied(run.applied), **warnings}
    nothing = Applied(run.segment, done=0, refused=0, in_doubt=0, moved=0, suppressed=0, paused="")
    left_out = {**_applied(nothing), **warnings, "left_out": list(run.why_left_out)}
    if run.planned is None:
        return {**left_out, "code": run.refused.code if run.refused else ""}
    return {**left_out, "code": "unsafe_plan", "path": str(run.planned.path), "digest": run.planned.plan.digest}


def _applied(applied: Applied) -> Object:
    return {**asdict(applied), "paused": bool(applied.paused), "pause_reason": applied.paused, "left_out": []}
