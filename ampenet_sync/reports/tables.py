"""What a person reads on a terminal: the same facts as tables and sentences. Phones are masked. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ampenet_sync.phones import shown_phone
from ampenet_sync.phones.reasons import HINTS
from ampenet_sync.pipeline.applying import SegmentRun
from ampenet_sync.pipeline.intake import Intake
from ampenet_sync.pipeline.planning import Planned
from ampenet_sync.reports.answers import answer_lines
from ampenet_sync.reports.columns import table_of
from ampenet_sync.reports.misfits import misfit_lines
from ampenet_sync.reports.names import ALWAYS_SHOWN, APPLIED_COUNTS, PLAN_COUNTS
from ampenet_sync.reports.planrows import difference
from ampenet_sync.reports.shared import collision_lines
from ampenet_sync.sync.apply import Applied
from ampenet_sync.sync.planfile import Header, PlanFile
from ampenet_sync.sync.rows import CALLS, Reason, Row
from ampenet_sync.sync.standing import Why

EXAMPLES = 3
MOVED_WORDS: dict[Why, str] = {
    "contact_gone": "the contact is not in the group any more",
    "contact_changed": "the contact was changed at Ampenet since",
    "phone_taken": "another contact has the number there now",
    "customer_gone": "the customer left the source or the segment since, or is set aside",
    "customer_changed": "the source says something else of the customer now",
    "customer_back": "the customer is in the segment again",
    "customer_held": "the customer's row is set aside now",
    "opted_out": "the customer opted out since, as the source says",
}


def intake_block(intake: Intake) -> Iterator[RenderableType]:
    """What came in, what was set aside for which reason, and who agreed to marketing or opted out."""
    good, bad = intake.usable, intake.rejected
    rows, people = counted(intake.rows, "row"), counted(good, "customer")
    repaired = f", {intake.repaired:,} repaired by hand" if intake.repaired else ""
    yield f"{rows} of {intake.identity.name}: {people}, {bad:,} quarantined{repaired}"
    yield _source_line(intake)
    yield from passed_over_line(intake.identity.blank_rows, intake.identity.rows_above)
    if bad:
        yield quarantine_table(intake.reasons)
    yield from answer_lines(intake.consent, intake.opted_out)
    yield from misfit_lines(intake.misfits)


def repaired_line(intake: Intake) -> Iterator[str]:
    if intake.repaired:
        yield f"Repaired by hand: {counted(intake.repaired, 'row')} of the source."


def passed_over_line(blank_rows: int, rows_above: int) -> Iterator[str]:
    """What of the source is in none of the counts, if there is any."""
    if said := passed_over(blank_rows, rows_above):
        yield f"Passed over: {said}"


def passed_over(blank_rows: int, rows_above: int) -> str:
    said = [counted(blank_rows, "blank row")] if blank_rows else []
    said += [f"{counted(rows_above, 'row')} above the heading"] if rows_above else []
    return " and ".join(said)


def _source_line(intake: Intake) -> str:
    """Which state of the source it was: when somebody asks later what a plan was made from."""
    found = intake.identity
    files = counted(found.files, "file") if found.kind in ("csv", "xlsx", "parquet") else ""
    written = f"last written {found.modified[:16].replace('T', ' ')} UTC" if found.modified else ""
    parts = (files, f"{found.size:,} bytes", written, f"digest {found.digest[:16]}")
    return f"  {found.kind}: {', '.join(part for part in parts if part)}"


def counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def quarantine_table(counts: Mapping[str, int]) -> Table:
    """Each reason with its count and what it means for a clerk."""
    table = table_of("reason", "rows", "what it means")
    for reason, count in counts.items():
        table.add_row(reason, f"{count:,}", HINTS[reason].en)
    return table


def plan_block(planned: Sequence[Planned], *, unmasked: bool = False) -> Iterator[RenderableType]:
    """The plans as one small table, with what it can't say below."""
    yield plans_table(planned)
    for found in planned:
        yield from _notes(found.plan, group_now=found.group_now, unmasked=unmasked)
        yield from collision_lines(found.collisions, segment=found.plan.header.segment, unmasked=unmasked)
        yield from (f"Warning: {warning}" for warning in found.warnings)
    yield _forecast([found.plan.header for found in planned])


def plans_table(planned: Sequence[Planned]) -> Table:
    return _table_of_plans([(found.plan, found.group_now) for found in planned])


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
    yield from (f"UNSAFE: {violation}" for violation in header.violations)


def changes_words(header: Header) -> str:
    """What a plan would do, for the question whether it shall: `vip in 'VIP': creates 3, updates 0, deletes 1`."""
    amounts = ", ".join(f"{name} {getattr(header.counts, name):,}" for name in PLAN_COUNTS[:3])
    return f"{header.segment} in '{header.group_name or header.group_uid}': {amounts}"


def runs_block(runs: Sequence[SegmentRun]) -> Iterator[str]:
    """One line for each segment: what became of it, or why it was left out; before it what its plan warned of."""
    for run in runs:
        warnings = run.planned.warnings if run.planned else ()
        yield from (f"{run.segment}: Warning: {warning}" for warning in warnings)
        if run.applied is None:
            yield f"{run.segment}: left out: {'; '.join(run.why_left_out)}"
        else:
            yield from applied_lines(run.applied)


def applied_lines(applied: Applied) -> Iterator[str]:
    """One segment's outcome, and below it the rows that were left alone because they moved."""
    yield applied_line(applied)
    for row in applied.moved_rows[:EXAMPLES]:
        yield f"  left alone: {row.change} {row.phone}{_of_key(row.key)}: {MOVED_WORDS[row.why]} ({row.why})"
    if applied.moved > EXAMPLES and applied.moved_rows:
        yield f"  … and {applied.moved - EXAMPLES:,} more that moved"


def applied_line(applied: Applied) -> str:
    """One line for one segment's outcome; zeros but `done` are not mentioned."""
    of_how_many = f" of {applied.total:,}" if applied.done < applied.total else ""
    said = [f"{applied.done:,}{of_how_many} done"]
    said += [f"{count:,} refused ({code})" for code, count in applied.refusals.items()]
    for name in APPLIED_COUNTS[2:]:
        if count := getattr(applied, name):
            said.append(f"{count:,} {_words(name)}")
    if applied.paused:
        said.append(f"paused: {applied.paused}")
    return f"{applied.segment}: {', '.join(said)}"


def _table_of_plans(plans: Sequence[tuple[PlanFile, str]]) -> Table:
    """What is rare (drift, foreign, held and the like) gets a column only where there is any."""
    rare = [name for name in PLAN_COUNTS[ALWAYS_SHOWN:] if any(getattr(plan.header.counts, name) for plan, _ in plans)]
    names = [*PLAN_COUNTS[:ALWAYS_SHOWN], *rare]
    table = table_of("segment", "group", *map(_words, names), "verdict")
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
    if header.group_name and group_now != header.group_name:
        yield f"{header.segment}: the group '{header.group_name}' is called '{group_now}' there now"
    if header.unknown_members:
        keys = counted(header.unknown_members, "key")
        yield f"{header.segment}: {keys} of its members not found in {header.source.name}"
    counts = header.counts
    if counts.suppressed:
        yield f"{header.segment}: {counts.suppressed:,} not created: suppressed"
    if counts.opted_out:
        yield f"{header.segment}: {counts.opted_out:,} not created: opted out, as the source says"
    if counts.in_doubt:
        yield f"{header.segment}: {counts.in_doubt:,} left out: an earlier request had no answer yet; run again later"
    for change, rows in zip(CALLS, (counts.updates, counts.creates, counts.deletes), strict=True):
        for row in islice(plan.chosen(changes=[change]), min(rows, EXAMPLES)):
            yield f"{header.segment}: {_example(row, unmasked=unmasked)}"
        if rows > EXAMPLES:
            yield f"{header.segment}: … and {rows - EXAMPLES:,} more {change}s"
    yield from _removed_there(plan, unmasked=unmasked)
    for violation in header.violations:
        yield f"{header.segment}: UNSAFE: {violation}"


def _removed_there(plan: PlanFile, *, unmasked: bool) -> Iterator[str]:
    removed = [Reason.REMOVED_THERE]
    count = plan.count(reasons=removed) if plan.header.counts.drift else 0
    if count:
        rows = islice(plan.chosen(reasons=removed), EXAMPLES)
        shown = ", ".join(shown_phone(row.values.phone, unmasked=unmasked) for row in rows)
        shown += ", …" if count > EXAMPLES else ""
        yield f"{plan.header.segment}: {count:,} removed there by somebody else, and not made again: {shown}"
        yield "  (if that was a mistake, add them to the group there; the next plan takes them up again)"


def _forecast(headers: Sequence[Header]) -> str:
    forecasts = [header.forecast for header in headers]
    calls, pages = sum(found.calls for found in forecasts), sum(found.pages for found in forecasts)
    seconds = sum(found.seconds for found in forecasts)
    lasts = f"at least {timedelta(seconds=seconds)}" if seconds else "within a second"
    return f"Forecast: {counted(calls, 'call')} and {counted(pages, 'page')}, {lasts} at the permitted rate."


def _example(row: Row, *, unmasked: bool) -> str:
    phone = shown_phone((row.before or row.values).phone, unmasked=unmasked)
    return f"{row.change} {phone}: {difference(row, unmasked=unmasked)} ({row.reason})"


def _of_key(key: str) -> str:
    return f" ({key})" if key else ""


def _words(name: str) -> str:
    return name.replace("_", " ")
