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
    Plan,
    Preview,
    SegmentStatus,
    Sent,
    Status,
    Synced,
)
from ampenet_sync.pipeline import applying, intake, planning, previewing, sending, status

FROM_PLAN = {known.name for known in fields(Plan)} - {"group", "digest", "path", "warnings"}


def customers_of(found: intake.Intake, config: Config) -> Customers:
    return Customers(
        source=found.identity.name,
        digest=found.identity.digest,
        rows=found.rows,
        usable=found.usable,
        quarantined=found.rejected,
        repaired=found.repaired,
        reasons=counts_of(found.reasons),
        _intake=found,
        _rules=rules_of(config),
    )


def rules_of(config: Config) -> str:
    """Names everything in the configuration that decides how a row is read, so also who agreed."""
    rules = config.model_dump(mode="json", include={"customers", "region", "countries", "time_zone"})
    return hashlib.sha256(json.dumps(rules, sort_keys=True, default=str).encode()).hexdigest()


def plan_of(found: planning.Planned) -> Plan:
    header = found.plan.header
    return Plan(
        group=header.group_name or header.group_uid,
        digest=found.plan.digest,
        path=found.path,
        warnings=found.warnings,
        **_flat(found),
    )


def _flat(plan: planning.Planned) -> dict[str, Any]:
    """The promises of the header that are shown here, and its figures."""
    header = plan.plan.header
    shown = {"segment": header.segment, "verdict": header.verdict, "violations": header.violations}
    shown |= {"actual": header.actual, "read_at": header.read_at}
    found = {**shown, **vars(header.counts), **vars(header.forecast)}
    return {name: value for name, value in found.items() if name in FROM_PLAN}


def applied_of(found: applying.Applied) -> Applied:
    counts = {name: value for name, value in asdict(found).items() if name not in ("moved_rows", "total")}
    return Applied(**{**counts, "refusals": counts_of(found.refusals)})


def synced_of(found: applying.SegmentRun) -> Synced:
    code = found.refused.code if found.refused else "" if found.applied else "unsafe_plan"
    return Synced(
        segment=found.segment,
        plan=plan_of(found.planned) if found.planned else None,
        applied=applied_of(found.applied) if found.applied else None,
        left_out=found.why_left_out,
        code=code,
    )


def preview_of(found: previewing.Preview) -> Preview:
    header = found.audience.header
    return Preview(
        campaign=header.campaign,
        edition=header.edition,
        audience=found.audience.digest,
        path=found.path,
        messages=header.messages,
        parts=header.parts,
        amount=Decimal(header.amount),
        currency=header.currency,
        balance=found.balance.text,
        ends_at=found.ends_at,
        excluded=counts_of(header.excluded),
        warnings=found.warnings,
        notes=found.notes,
    )


def sent_of(found: sending.Sent) -> Sent:
    return Sent(**asdict(found))


def status_of(found: status.Status) -> Status:
    return Status(
        segments=tuple(SegmentStatus(**{**asdict(seen), "made_at": _moment(seen.made_at)}) for seen in found.segments),
        campaigns=tuple(CampaignStatus(**asdict(seen)) for seen in found.campaigns),
        suppressed=found.suppressed,
    )


def counts_of(counts: Mapping[str, int]) -> Counts:
    return tuple(counts.items())


def _moment(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)
