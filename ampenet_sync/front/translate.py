"""From the stories' own values to those of the front door, so that the stories may change and the door stays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ampenet_sync.config import Config
from ampenet_sync.front.results import (
    Applied,
    CampaignStatus,
    Counts,
    Customers,
    Due,
    OptOutsKnown,
    Plan,
    Preview,
    SegmentStatus,
    Sent,
    Status,
    Synced,
)
from ampenet_sync.pipeline import applying, intake, planning, previewing, scheduling, sending, status
from ampenet_sync.pipeline.status import Evidence

FROM_PLAN = {known.name for known in fields(Plan)} - {"group", "digest", "path", "warnings", "opt_outs"}


def customers_of(taken: intake.Intake, config: Config) -> Customers:
    return Customers(
        source=taken.identity.name,
        digest=taken.identity.digest,
        rows=taken.rows,
        usable=taken.usable,
        quarantined=taken.quarantined,
        repaired=taken.repaired,
        reasons=counts_of(taken.reasons),
        _intake=taken,
        _rules=rules_of(config),
    )


def rules_of(config: Config) -> str:
    """Names everything in the configuration that decides how a row is read, so also who agreed."""
    rules = config.model_dump(mode="json", include={"customers", "region", "countries", "time_zone"})
    return hashlib.sha256(json.dumps(rules, sort_keys=True, default=str).encode()).hexdigest()


def plan_of(planned: planning.Planned) -> Plan:
    header = planned.plan.header
    return Plan(
        group=header.group_name or header.group_uid,
        digest=planned.plan.digest,
        path=planned.path,
        warnings=planned.warnings,
        opt_outs=opt_outs_of(planned.opt_outs),
        **_flat(planned),
    )


def _flat(plan: planning.Planned) -> dict[str, Any]:
    """The promises of the header that are shown here, and its figures."""
    header = plan.plan.header
    shown = {"segment": header.segment, "verdict": header.verdict, "violations": header.violations}
    shown |= {"actual": header.actual, "read_at": header.read_at}
    values = {**shown, "asks": header.asks, **vars(header.counts), **vars(header.forecast)}
    return {name: value for name, value in values.items() if name in FROM_PLAN}


def applied_of(applied: applying.Applied) -> Applied:
    counts = {
        name: value for name, value in asdict(applied).items() if name not in ("moved_rows", "refused_rows", "total")
    }
    return Applied(**{**counts, "refusals": counts_of(applied.refusals)})


def synced_of(run: applying.SegmentRun) -> Synced:
    code = run.refused.code if run.refused else "" if run.applied else "unsafe_plan"
    return Synced(
        segment=run.segment,
        plan=plan_of(run.planned) if run.planned else None,
        applied=applied_of(run.applied) if run.applied else None,
        left_out=run.why_left_out,
        code=code,
    )


def preview_of(preview: previewing.Preview) -> Preview:
    header = preview.audience.header
    return Preview(
        campaign=header.campaign,
        edition=header.edition,
        audience=preview.audience.digest,
        path=preview.path,
        messages=header.messages,
        parts=header.parts,
        amount=Decimal(header.amount),
        currency=header.currency,
        balance=preview.balance.text,
        ends_at=preview.ends_at,
        excluded=counts_of(header.excluded),
        warnings=preview.warnings,
        notes=preview.notes,
        opt_outs=opt_outs_of(preview.opt_outs),
    )


def sent_of(sent: sending.Sent) -> Sent:
    return Sent(**asdict(sent))


def due_of(run: scheduling.DueRun) -> Due:
    left = run.refused or run.busy
    return Due(
        campaign=run.campaign,
        edition=run.edition,
        audience=run.audience,
        sent=sent_of(run.sent) if run.sent else None,
        code=left.code if left else "",
        why=left.message if left else "",
    )


def status_of(state: status.Status) -> Status:
    return Status(
        segments=tuple(_segment(seen) for seen in state.segments),
        campaigns=tuple(CampaignStatus(**asdict(seen)) for seen in state.campaigns),
        suppressed=state.suppressed,
    )


def _segment(seen: status.SegmentStatus) -> SegmentStatus:
    shown = {"made_at": _moment(seen.made_at), "opt_outs": opt_outs_of(seen.opt_outs)}
    return SegmentStatus(**{**asdict(seen), **shown})


def opt_outs_of(known: Evidence) -> OptOutsKnown:
    at = known.known_as_of
    return OptOutsKnown(None if at is None else _moment(at), known.seen, known.never)


def counts_of(counts: Mapping[str, int]) -> Counts:
    return tuple(counts.items())


def _moment(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
