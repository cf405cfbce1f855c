"""Runs that changed something, and what is held: for a script in UTC, for a person in the time of the shop. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from typing import Any

from rich.console import RenderableType

from ampenet_sync.pipeline.status import LookBack, RunRecord
from ampenet_sync.reports.columns import table_of

OUTCOMES = ("done", "sent", "refused", "in_doubt", "expired")


def runs_object(past: LookBack) -> dict[str, Any]:
    """`ended` is null of a run that goes on or was killed; `plan` is "" of one that carried none out."""
    return {
        "runs": [
            {
                "run": run.id,
                "kind": run.kind,
                "subject": run.subject,
                "plan": run.plan,
                "host": run.host,
                "started": moment(run.started_at),
                "ended": moment(run.ended_at),
                "outcomes": outcomes_of(run),
            }
            for run in past.runs
        ],
        "held": [{"segment": hold.segment, "run": hold.run, "since": moment(hold.since)} for hold in past.held],
    }


def runs_tables(past: LookBack, zone: tzinfo) -> Iterator[RenderableType]:
    """A table of runs; a sentence where there is none, and a line for each segment that is held."""
    if not past.runs:
        yield "No run of this ledger changed anything yet."
    else:
        table = table_of(
            "run", "kind", "segment or campaign", f"started ({letters(zone)})", f"ended ({letters(zone)})", "outcome"
        )
        for run in past.runs:
            outcomes = ", ".join(
                f"{count:,} {name.replace('_', ' ')}" for name, count in outcomes_of(run).items() if count
            )
            started, ended = (minute(at, zone) for at in (run.started_at, run.ended_at))
            table.add_row(run.id, run.kind, run.subject, started, ended or "not ended", outcomes or "nothing to do")
        yield table
    for hold in past.held:
        yield f"Held since {minute(hold.since, zone)}: {hold.segment}, as run {hold.run} was undone in it"


def outcomes_of(run: RunRecord) -> dict[str, int]:
    """Changes and messages that this run claimed last, by what became of them."""
    counts = {name: run.changes.get(name, 0) + run.messages.get(name, 0) for name in OUTCOMES}
    counts["in_doubt"] += run.changes.get("claimed", 0) + run.messages.get("claimed", 0)
    return counts


def moment(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def minute(at: float | None, zone: tzinfo) -> str:
    return "" if at is None else f"{datetime.fromtimestamp(at, zone):%Y-%m-%d %H:%M}"


def letters(zone: tzinfo) -> str:
    """What people call the zone, such as EAT; where nobody has a name for it, its distance from UTC."""
    return f"{datetime.fromtimestamp(0, zone):%Z}"
