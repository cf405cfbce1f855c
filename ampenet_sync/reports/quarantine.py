"""The quarantine: its reasons, and its rows on their way out and back, for a person and for a script. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from rich.table import Table

from ampenet_sync.phones.reasons import HINTS
from ampenet_sync.pipeline.quarantine import Exported, Imported, Kept
from ampenet_sync.reports.columns import table_of
from ampenet_sync.reports.names import (
    counted,
)

Object = dict[str, Any]

SHOWN = 20  # rows that still can't be used; the rest is counted


def quarantine_table(counts: Mapping[str, int]) -> Table:
    """Each reason with its count and what it means for a clerk."""
    table = table_of("reason", "rows", "what it means")
    for reason, count in counts.items():
        table.add_row(reason, f"{count:,}", HINTS[reason].en)
    return table


def exported_block(exported: Exported, *, shown: Callable[[Path], Path]) -> Iterator[RenderableType]:
    """Each reason with its count, and where the rows are now; `shown` is how a path is told."""
    rows = sum(exported.reasons.values())
    if rows:
        yield quarantine_table(exported.reasons)
    repaired = f"; {exported.repaired:,} more are repaired already" if exported.repaired else ""
    yield f"{counted(rows, 'row')} written to {shown(exported.path)} (it holds phones){repaired}"
    if exported.spared:
        yield f"{shown(exported.spared)} was there already and stays as it is; --replace would overwrite it."


def exported_object(exported: Exported) -> Object:
    rows = sum(exported.reasons.values())
    return {"path": str(exported.path), "rows": rows, "reasons": exported.reasons, "repaired": exported.repaired}


def imported_block(imported: Imported) -> Iterator[RenderableType]:
    """How many rows were repaired, which of them can't be used all the same and why, and what else there is to know."""
    parts = [f"{imported.repaired:,} repaired and usable now"]
    if imported.problems:
        parts.append(f"{len(imported.problems):,} repaired, but still not usable")
    parts.append(f"{imported.untouched:,} untouched")
    yield f"{counted(imported.rows, 'row')} of {imported.path.name}: {', '.join(parts)}"
    if imported.problems:
        table = table_of("row", "reason", "what it means")
        for problem in imported.problems[:SHOWN]:
            table.add_row(f"{problem.row:,}", problem.reason, problem.hint)
        yield table
    if len(imported.problems) > SHOWN:
        yield f"… and {len(imported.problems) - SHOWN:,} more"
    if imported.unknown:
        rows = ", ".join(f"{row:,}" for row in imported.unknown[:SHOWN])
        more = ", …" if len(imported.unknown) > SHOWN else ""
        yield f"{counted(len(imported.unknown), 'row')} of the file without one in the quarantine: {rows}{more}"
        yield "  (changed or removed in the source meanwhile, or added to the file)"
    if imported.displaced:
        yield f"{counted(imported.displaced, 'good row')} quarantined now: a repaired row has the key and comes first."
    if imported.unneeded:
        what = counted(imported.unneeded, "repair")
        yield f"{what} no longer needed: the source as it is now has no such row (quarantine repairs lists all)."
    if imported.dry_run:
        yield "Nothing was kept: this was a dry run."


def imported_object(imported: Imported) -> Object:
    return {
        "path": str(imported.path),
        "rows": imported.rows,
        "repaired": imported.repaired,
        "not_usable": [problem.__dict__ for problem in imported.problems],
        "reasons": dict(Counter(problem.reason for problem in imported.problems).most_common()),
        "untouched": imported.untouched,
        "unknown": list(imported.unknown),
        "displaced": imported.displaced,
        "repairs": imported.repairs,
        "unneeded": imported.unneeded,
        "dry_run": imported.dry_run,
    }


def repairs_block(repairs: Sequence[Kept]) -> Iterator[RenderableType]:
    """Where each repaired row stands and why it was quarantined; none of its values."""
    used = sum(entry.used for entry in repairs)
    yield f"{counted(len(repairs), 'repair')}: {used:,} in use, {len(repairs) - used:,} no longer needed"
    if repairs:
        table = table_of("repair", "place", "reason", "imported", "state")
        for entry in repairs:
            repair = entry.repair
            place = f"{repair.source_file}:{repair.source_line}"
            state = "in use" if entry.used else "no longer needed"
            table.add_row(repair.row_id, place, repair.reason, repair.imported[:10], state)
        yield table


def repairs_object(repairs: Sequence[Kept]) -> Object:
    names = ("row_id", "source_file", "source_line", "reason", "imported")
    return {
        "repairs": [{**{name: getattr(entry.repair, name) for name in names}, "used": entry.used} for entry in repairs]
    }
