"""Exit codes, and which outcome ends in which. Errors carry their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ampenet_sync.pipeline.applying import Applied, SegmentRun
    from ampenet_sync.pipeline.planning import Planned
    from ampenet_sync.pipeline.scheduling import DueSends
    from ampenet_sync.pipeline.sending import Sent
    from ampenet_sync.pipeline.showing import OpenedPlan

DONE, PENDING, UNSAFE, UNFINISHED, PAUSED, BUSY = 0, 3, 4, 5, 6, 75


def pending(planned: Sequence[Planned | OpenedPlan]) -> bool:
    """Whether any plan would change something at Ampenet, or ask something there."""
    headers = [entry.plan.header for entry in planned]
    return any(header.counts.changes or header.asks for header in headers)


def of_plans(planned: Sequence[Planned]) -> int:
    if any(entry.plan.header.verdict == "unsafe" for entry in planned):
        return UNSAFE
    return PENDING if pending(planned) else DONE


def of_outcomes(applied: Sequence[Applied]) -> int:
    if any(segment.paused for segment in applied):
        return PAUSED
    return UNFINISHED if any(segment.refused or segment.in_doubt for segment in applied) else DONE


def of_runs(runs: Sequence[SegmentRun]) -> int:
    """Left-out segments come before what became of the others; where all of them are held elsewhere, it is busy."""
    left_out = [run for run in runs if run.applied is None]
    if left_out and all(run.refused and run.refused.exit_code == BUSY for run in left_out):
        return BUSY
    return UNSAFE if left_out else of_outcomes([run.applied for run in runs if run.applied is not None])


def of_due(due: DueSends) -> int:
    """What waits for a person comes before what became of the others."""
    if any(run.refused for run in due.runs):
        return UNSAFE
    outcomes = {of_send(run.sent) for run in due.runs if run.sent}
    if any(run.busy for run in due.runs):
        return BUSY
    return PAUSED if PAUSED in outcomes else max(outcomes, default=DONE)


def of_send(sent: Sent) -> int:
    if sent.paused:
        return PAUSED
    return UNFINISHED if sent.refused or sent.unknown else DONE
