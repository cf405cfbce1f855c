"""A plan for whoever is to approve it: its figures, what it changes, what it costs; its rows see `planrows`. Pure."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from datetime import UTC, timedelta, tzinfo
from itertools import islice
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ampenet_sync.phones import shown_phone
from ampenet_sync.pipeline.intake import Intake
from ampenet_sync.pipeline.planning import Planned
from ampenet_sync.reports.collisions import collision_lines, collisions_object
from ampenet_sync.reports.columns import table_of
from ampenet_sync.reports.evidence import asks_words, evidence_object, evidence_words
from ampenet_sync.reports.intake import counts_object, source_object
from ampenet_sync.reports.names import (
    ALWAYS_SHOWN,
    FORECAST,
    PLAN_COUNTS,
    counted,
    in_words,
)
from ampenet_sync.reports.planrows import difference
from ampenet_sync.sync.planfile import Header, PlanFile
from ampenet_sync.sync.rows import CALLS, Reason, Row
from ampenet_sync.sync.stages import Name, Stage

Object = dict[str, Any]

EXAMPLES = 3


def plans_object(planned: Sequence[Planned], intake: Intake, *, unmasked: bool = False) -> Object:
    """Keys and phones masked, unless somebody asked for them."""
    headers = [entry.plan.header for entry in planned]
    return {
        "plans": [_plan(entry, unmasked=unmasked) for entry in planned],
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
        "not_restored": list(planned.plan.header.not_restored),
        "customers": 0,
        "quarantined": 0,
        "forecast": {name: getattr(forecast, name) for name in FORECAST},
    }


def actual_object(header: Header) -> Object:
    """What stood for the group. `read_at` is null where it was listed for this very plan, or never."""
    return {"actual": header.actual, "read_at": header.read_at or None}


def actual_line(header: Header) -> Iterator[str]:
    """Nothing where the group itself was listed."""
    if header.actual == "ledger":
        when = f"was last read whole at {header.read_at}" if header.read_at else "was not read whole so far"
        yield f"{header.segment}: planned from the ledger; the group {when}, and each contact is read before a change"


def stages_object(plan: PlanFile) -> list[Object]:
    """What is carried out, in its order: rows of the plan and calls for each stage that has any."""
    return [{"name": stage.name.value, "rows": stage.rows, "calls": stage.calls} for stage in _busy(plan)]


def stages_line(plan: PlanFile) -> str:
    """`In this order: make the group, update 2, create 1, delete 1 (2 calls each).`"""
    parts = []
    for stage in _busy(plan):
        each = stage.calls // stage.rows if stage.rows else 1
        calls = f" ({each} calls each)" if each > 1 else ""
        asks = f" ({stage.calls:,} calls)" if stage.name is Name.ASK else ""
        parts.append(f"{stage.name.value} {stage.rows:,}{calls}" if stage.rows else f"{stage.name.value}{asks}")
    return f"In this order: {', '.join(parts)}." if parts else "Nothing is to be carried out."


def _busy(plan: PlanFile) -> list[Stage]:
    return [stage for stage in plan.stages if stage.rows or stage.calls]


def _plan(planned: Planned, *, unmasked: bool) -> Object:
    header = planned.plan.header
    return {
        "segment": header.segment,
        "group": header.group_name or header.group_uid,
        "path": str(planned.path),
        "digest": planned.plan.digest,
        **{name: getattr(header.counts, name) for name in PLAN_COUNTS},
        "verdict": header.verdict,
        **actual_object(header),
        "violations": list(header.violations),
        "stages": stages_object(planned.plan),
        "asks": header.asks,
        "opt_outs": evidence_object(planned.opt_outs),
        "shared_phones": header.shared_phones,
        "collisions": collisions_object(planned.collisions, unmasked=unmasked),
        "unknown_members": header.unknown_members,
        "warnings": list(planned.warnings),
    }


def plan_block(planned: Sequence[Planned], *, unmasked: bool = False, zone: tzinfo = UTC) -> Iterator[RenderableType]:
    """The plans as one small table, with what it can't say below; times as in `zone`."""
    yield plans_table(planned)
    for entry in planned:
        yield from _notes(entry.plan, group_now=entry.group_now, unmasked=unmasked)
        yield from collision_lines(entry.collisions, segment=entry.plan.header.segment, unmasked=unmasked)
        if words := evidence_words(entry.opt_outs, zone):
            yield f"{entry.plan.header.segment}: {words}"
        yield from (f"Warning: {warning}" for warning in entry.warnings)
    yield _forecast([entry.plan.header for entry in planned])


def plans_table(planned: Sequence[Planned]) -> Table:
    return _table_of_plans([(entry.plan, entry.group_now) for entry in planned])


def planfile_block(plan: PlanFile, *, unmasked: bool = False) -> Iterator[RenderableType]:
    """One plan read back from its file."""
    yield _table_of_plans([(plan, plan.header.group_name)])
    yield from _notes(plan, group_now=plan.header.group_name, unmasked=unmasked)
    yield _forecast([plan.header])


def planfile_heading(plan: PlanFile) -> Iterator[RenderableType]:
    """Which plan it is, what it comes to, and each limit that it exceeds."""
    header = plan.header
    yield f"Plan {plan.digest} of segment {header.segment}, made from {header.source.name}"
    yield _table_of_plans([(plan, header.group_name)])
    yield from actual_line(header)
    yield from not_restored_lines(header)
    yield from (f"UNSAFE: {violation}" for violation in header.violations)
    yield stages_line(plan)


def changes_words(header: Header) -> str:
    """What a plan would do, for the question whether it shall: `vip in 'VIP': creates 3, updates 0, deletes 1`."""
    amounts = ", ".join(f"{name} {getattr(header.counts, name):,}" for name in PLAN_COUNTS[:3])
    asks = f", and asks {counted(header.asks, 'contact')} whether they opted out" if header.asks else ""
    return f"{header.segment} in '{header.group_name or header.group_uid}': {amounts}{asks}"


def _table_of_plans(plans: Sequence[tuple[PlanFile, str]]) -> Table:
    """What is rare (drift, foreign, held and the like) gets a column only where there is any."""
    rare = [name for name in PLAN_COUNTS[ALWAYS_SHOWN:] if any(getattr(plan.header.counts, name) for plan, _ in plans)]
    names = [*PLAN_COUNTS[:ALWAYS_SHOWN], *rare]
    table = table_of("segment", "group", *map(in_words, names), "verdict")
    for plan, group_now in plans:
        header = plan.header
        counts = [getattr(header.counts, name) for name in names]
        verdict = Text(header.verdict, style="green" if header.verdict == "safe" else "bold red")
        group = f"{group_now or header.group_uid}{'' if header.group_uid else ' (new)'}"
        table.add_row(header.segment, group, *(f"{count:,}" for count in counts), verdict)
    return table


def _notes(plan: PlanFile, *, group_now: str, unmasked: bool) -> Iterator[str]:
    """A renamed group, what is left alone, a few examples, and each limit that is exceeded."""
    header = plan.header
    yield from actual_line(header)
    if header.group_name and group_now != header.group_name:
        yield f"{header.segment}: the group '{header.group_name}' is called '{group_now}' there now"
    if header.unknown_members:
        keys = counted(header.unknown_members, "key")
        yield f"{header.segment}: {keys} of its members not found in {header.source.name}"
    yield from not_restored_lines(header) if header.undoes else _left_out(header)
    if header.asks:
        yield f"{header.segment}: {asks_words(header.asks, each=header.each.ask)}"
    counts = header.counts
    for change, rows in zip(CALLS, (counts.updates, counts.creates, counts.deletes), strict=True):
        for row in islice(plan.chosen(changes=[change]), min(rows, EXAMPLES)):
            yield f"{header.segment}: {_example(row, unmasked=unmasked)}"
        if rows > EXAMPLES:
            yield f"{header.segment}: … and {rows - EXAMPLES:,} more {change}s"
    yield from _drift(plan, unmasked=unmasked)
    for violation in header.violations:
        yield f"{header.segment}: UNSAFE: {violation}"


def not_restored_lines(header: Header) -> Iterator[str]:
    """What an undo doesn't bring back, or not as it was."""
    yield from (f"{header.segment}: not as it was before: {sentence}" for sentence in header.not_restored)


def _left_out(header: Header) -> Iterator[str]:
    """Who is not made or changed, and why."""
    for count, why in (
        (header.counts.suppressed, "not created: suppressed"),
        (header.counts.opted_out, "not created: opted out, as the source says"),
        (header.counts.unlisted, "left out until the group is listed: they may stand there already"),
        (header.counts.in_doubt, "left out: an earlier request had no answer yet; run again later"),
    ):
        if count:
            yield f"{header.segment}: {count:,} {why}"


def _drift(plan: PlanFile, *, unmasked: bool) -> Iterator[str]:
    """What somebody else did there, where no change of the plan shows it."""
    if not plan.header.counts.drift:
        return
    removed = yield from _named(
        plan, Reason.REMOVED_THERE, "removed there by somebody else, and not made again", unmasked
    )
    if removed:
        yield "  (if that was a mistake, add them to the group there; the next plan takes them up again)"
    yield from _named(plan, Reason.KEPT_THERE, "changed there by somebody else, and kept as they are", unmasked)


def _named(plan: PlanFile, reason: Reason, what: str, unmasked: bool) -> Generator[str, None, int]:
    """How many, and the first of them, in one line; → how many."""
    count = plan.count(reasons=[reason])
    if count:
        rows = islice(plan.chosen(reasons=[reason]), EXAMPLES)
        shown = ", ".join(shown_phone(row.values.phone, unmasked=unmasked) for row in rows)
        yield f"{plan.header.segment}: {count:,} {what}: {shown}{', …' if count > EXAMPLES else ''}"
    return count


def _forecast(headers: Sequence[Header]) -> str:
    forecasts = [header.forecast for header in headers]
    calls, pages = sum(forecast.calls for forecast in forecasts), sum(forecast.pages for forecast in forecasts)
    seconds = sum(forecast.seconds for forecast in forecasts)
    lasts = f"at least {timedelta(seconds=seconds)}" if seconds else "within a second"
    return f"Forecast: {counted(calls, 'call')} and {counted(pages, 'page')}, {lasts} at the permitted rate."


def _example(row: Row, *, unmasked: bool) -> str:
    phone = shown_phone((row.before or row.values).phone, unmasked=unmasked)
    return f"{row.change} {phone}: {difference(row, unmasked=unmasked)} ({row.reason})"
