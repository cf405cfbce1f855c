"""Which columns of a file were recognised, and which rows of it are quarantined: for people and for scripts. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any

from ampenet_sync.config.columnwords import with_meaning
from ampenet_sync.config.headings import shown_heading
from ampenet_sync.phones import shown_name
from ampenet_sync.pipeline.importing import Recognised, Recognition
from ampenet_sync.pipeline.intake import Intake
from ampenet_sync.reports.names import counted

PLACES = 10  # quarantined rows that are named one by one
LISTED = 12  # columns without a use that are named
_BY = {"heading": "", "content": ", by its content", "hand": ", by hand"}


def recognised_lines(recognition: Recognition, roles: Collection[str], *, region: str) -> Iterator[str]:
    """`phone ← 'Namba ya simu' (398 of 412)` for each column, and what else might be meant."""
    columns = {role: seen for role, seen in recognition.columns.items() if role in roles}
    looked_at = counted(recognition.rows, "row") if recognition.whole else f"the first {recognition.rows:,} rows"
    yield f"Recognised in {recognition.file}, by {looked_at}:"
    width = max(map(len, columns))
    for role, seen in columns.items():
        yield f"  {role.ljust(width)} ← '{shown_heading(seen.column)}' ({_share(seen, recognition)})"
        if seen.others:
            yield f"  {' ' * width}   not {_others(seen)}; to take another: --{role.replace('_', '-')} COLUMN"
    if "key" not in columns:
        yield f"  {_no_key(recognition.headings)}: the phone stands for the key"
    used = {seen.column for seen in columns.values()}
    used |= {name for seen in columns.values() for name, _ in seen.others}
    if rest := [name for name in recognition.headings if name not in used]:
        more = f" and {len(rest) - LISTED} more" if len(rest) > LISTED else ""
        yield f"  not used: {', '.join(map(shown_heading, rest[:LISTED]))}{more}"
    if "region" not in columns:
        yield f"  numbers without a country are read as {region}'s{_elsewhere(recognition)}"


def recognised_object(recognition: Recognition, roles: Collection[str]) -> dict[str, Any]:
    """`columns` are role → heading; `recognised` says what each rests on."""
    columns = {role: seen for role, seen in recognition.columns.items() if role in roles}
    return {
        "columns": {role: shown_name(seen.column) for role, seen in columns.items()},
        "recognised": {role: _object(seen) for role, seen in columns.items()},
        "looked_at": {"rows": recognition.rows, "whole": recognition.whole},
    }


def quarantined_lines(intake: Intake) -> Iterator[str]:
    """The first quarantined rows, each by its file and line."""
    if not intake.quarantined:
        return
    rows = intake.read_quarantine(["source_file", "source_line", "reason"], first=PLACES)
    for row in islice(rows.itertuples(index=False), PLACES):
        yield f"  quarantined: {row.source_file}:{row.source_line} ({row.reason})"
    if intake.quarantined > PLACES:
        yield f"  … and {intake.quarantined - PLACES:,} more"


def _elsewhere(recognition: Recognition) -> str:
    if recognition.elsewhere is None:
        return ""
    code, fits = recognition.elsewhere
    return f"; as {code}'s {fits:,} of {recognition.rows:,} would fit: --region {code}"


def _no_key(headings: Sequence[str]) -> str:
    called = with_meaning("key", headings)
    if not called:
        return "no column is an id of each customer"
    return f"'{shown_heading(called[0])}' is blank in some row, or twice the same (to take it: --key COLUMN)"


def _share(seen: Recognised, recognition: Recognition) -> str:
    return f"{seen.fits:,} of {recognition.rows:,}{_BY[seen.by]}"


def _others(seen: Recognised) -> str:
    return " or ".join(f"'{shown_heading(name)}' ({fits:,})" for name, fits in seen.others)


def _object(seen: Recognised) -> dict[str, Any]:
    others = [{"column": shown_name(name), "fits": fits} for name, fits in seen.others]
    return {"column": shown_name(seen.column), "fits": seen.fits, "by": seen.by, "others": others}
