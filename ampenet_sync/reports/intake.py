"""What came in: counts, reasons, the source, and what the columns for consent and opting out say. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, tzinfo
from typing import Any

from rich.console import RenderableType

from ampenet_sync.customers import Answered
from ampenet_sync.phones import shown_name
from ampenet_sync.pipeline.intake import Intake
from ampenet_sync.reports.names import (
    counted,
)
from ampenet_sync.reports.plain import plain
from ampenet_sync.reports.quarantine import quarantine_table

Object = dict[str, Any]

CONSENT, OPTED_OUT = "Consent", "Opted out"
_SO_FAR = {CONSENT: "Nobody gets marketing on such a word.", OPTED_OUT: "Whatever is not understood counts as a yes."}


def answer_lines(consent: Answered | None, opted_out: Answered | None) -> Iterator[str]:
    """One line for each column; where something is not understood also what, and the setting that would settle it."""
    for name, answered in ((CONSENT, consent), (OPTED_OUT, opted_out)):
        if answered is not None:
            yield f"{name}: {counts_line(answered)}"
            yield from unclear_lines(name, answered)


def counts_line(answered: Answered) -> str:
    """`239 yes, 45 no, 14 didn't say`, and what is not understood, where there is any."""
    unclear = f", {answered.unclear:,} not understood" if answered.unclear else ""
    return f"{answered.yes:,} yes, {answered.no:,} no, {answered.nothing:,} didn't say{unclear}"


def unclear_lines(name: str, answered: Answered) -> Iterator[str]:
    if answered.unclear:
        yield f"  not understood: {words_line(answered)}"
        yield f"  {_SO_FAR[name]} {way_out(answered)}"
        if answered.line:
            yield f"    {answered.line}"


def way_out(answered: Answered) -> str:
    """The sentence before the line to write, or instead of it."""
    if not answered.line:
        return "None of these can be listed: is it the right column?"
    if answered.line.endswith("yes: any}"):
        return "If that is right, write under customers:"
    return "Strike each word from one of the lists, and write under customers:"


def words_line(answered: Answered) -> str:
    """`labda (3), subscribed (1), …`"""
    parts = [f"{plain(word)} ({count:,})" for word, count in answered.words]
    more = answered.unclear > sum(count for _, count in answered.words)
    return ", ".join([*parts, "…"] if more else parts)


def answers_object(consent: Answered | None, opted_out: Answered | None) -> dict[str, Any]:
    return {"consent": answered_object(consent), "opted_out": answered_object(opted_out)}


def answered_object(answered: Answered | None) -> dict[str, Any] | None:
    """The four counts, the commonest words that are not understood, and the line to write; None without a column."""
    if answered is None:
        return None
    words: Counter[str] = Counter()  # two may look alike once they are masked
    for word, count in answered.words:
        words[word] += count
    return {"column": shown_name(answered.column), **answered.counts, "words": dict(words), "line": answered.line}


def misfit_lines(misfits: Mapping[str, int]) -> Iterator[str]:
    """`points: 3 cells don't fit the type …` for each column that has any."""
    for column, cells in misfits.items():
        fit = "1 cell doesn't" if cells == 1 else f"{cells:,} cells don't"
        yield f"{shown_name(column)}: {fit} fit the column's type; nothing needs the column"


def counts_object(intake: Intake) -> Object:
    """How many rows became customers, how many did not and why, or were passed over; who agreed or opted out."""
    return {
        "customers": intake.usable,
        "quarantined": intake.quarantined,
        "repaired": intake.repaired,
        "reasons": intake.reasons,
        **answers_object(intake.consent, intake.opted_out),
        **passed_over_object(intake),
        "forgotten": intake.forgotten,
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


def intake_block(intake: Intake, zone: tzinfo) -> Iterator[RenderableType]:
    """What came in, what was quarantined for which reason, and who agreed to marketing or opted out."""
    good, bad = intake.usable, intake.quarantined
    rows, people = counted(intake.rows, "row"), counted(good, "customer")
    repaired = f", {intake.repaired:,} repaired by hand" if intake.repaired else ""
    yield f"{rows} of {intake.identity.name}: {people}, {bad:,} quarantined{repaired}"
    yield _source_line(intake, zone)
    yield from passed_over_line(intake.identity.blank_rows, intake.identity.rows_above)
    if intake.forgotten:
        yield f"Left out: {counted(intake.forgotten, 'row')} of people who were forgotten"
    if bad:
        yield quarantine_table(intake.reasons)
    yield from answer_lines(intake.consent, intake.opted_out)
    yield from misfit_lines(intake.misfits)


def repaired_line(intake: Intake) -> Iterator[str]:
    if intake.repaired:
        yield f"Repaired by hand: {counted(intake.repaired, 'row')} of the source."


def passed_over_line(blank_rows: int, rows_above: int) -> Iterator[str]:
    """What of the source is in none of the counts, if there is any."""
    if rows := passed_over(blank_rows, rows_above):
        yield f"Passed over: {rows}"


def passed_over(blank_rows: int, rows_above: int) -> str:
    parts = [counted(blank_rows, "blank row")] if blank_rows else []
    parts += [f"{counted(rows_above, 'row')} above the heading"] if rows_above else []
    return " and ".join(parts)


def _source_line(intake: Intake, zone: tzinfo) -> str:
    """Which state of the source it was: when somebody asks later what a plan was made from."""
    source = intake.identity
    files = counted(source.files, "file") if source.kind in ("csv", "xlsx", "parquet") else ""
    modified = datetime.fromisoformat(source.modified).astimezone(zone) if source.modified else None
    written = f"last written {modified:%Y-%m-%d %H:%M %Z}" if modified else ""
    parts = (files, f"{source.size:,} bytes", written, f"digest {source.digest[:16]}")
    return f"  {source.kind}: {', '.join(part for part in parts if part)}"
