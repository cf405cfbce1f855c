"""What became of plans and of messages, for a person and for a script. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from ampenet_sync.pipeline.applying import Beside, CallsUsed, SegmentRun
from ampenet_sync.pipeline.sending import Sent
from ampenet_sync.reports.evidence import asked_line
from ampenet_sync.reports.names import (
    APPLIED_COUNTS,
    SENT_COUNTS,
    counted,
    in_words,
)
from ampenet_sync.sync.applied import Applied
from ampenet_sync.sync.standing import Why

Object = dict[str, Any]

EXAMPLES = 3
BESIDE_WORDS: dict[Beside, str] = {
    "lookups": "to see the account and its groups",
    "repeated": "asked again, as the answer before was of no use",
    "doubts": "to look up what had no answer, and to do again what was not done",
    "readings": "to read pages again, as the group changed meanwhile",
    "dialect": "to find out the dialect",
    "shown": "for the plan that was shown first",
}
OBSTINATE = 3  # refusals in a row for one reason, from which on trying again is no way out
MOVED_WORDS: dict[Why, str] = {
    "contact_gone": "the contact is not in the group any more",
    "contact_changed": "the contact was changed at Ampenet since",
    "phone_otherwise": "its number is written there in a way that asking would change",
    "phone_taken": "another contact has the number there now",
    "customer_gone": "the customer left the source or the segment since, or is quarantined",
    "customer_changed": "the source says something else of the customer now",
    "customer_back": "the customer is in the segment again",
    "customer_held": "the customer's row is quarantined now",
    "opted_out": "the customer opted out since, as the source says",
}


def runs_object(runs: Sequence[SegmentRun], *, calls: CallsUsed) -> Object:
    """Of a segment that was left out, every count is 0 and `left_out` says why."""
    return {"segments": [_run(run) for run in runs], **calls_object(calls)}


def applied_object(applied: Applied, *, calls: CallsUsed) -> Object:
    return {"segments": [_applied(applied)], **calls_object(calls)}


def calls_object(used: CallsUsed) -> Object:
    """The calls made, those that the plans foresaw, and what others were for."""
    return {"calls": used.calls, "forecast_calls": used.forecast, "beside_forecast": dict(used.beside)}


def calls_line(used: CallsUsed) -> str:
    """`3,213 calls; the forecast was 3,200. Beside it: 13 to see the account and its groups.`"""
    beside = [f"{calls:,} {BESIDE_WORDS[why]}" for why, calls in used.beside.items() if calls]
    named = f" Beside it: {'; '.join(beside)}." if beside else ""
    return f"{counted(used.calls, 'call')}; the forecast was {used.forecast:,}.{named}"


def sent_object(sent: Sent, *, calls: int) -> Object:
    return {**asdict(sent), "paused": bool(sent.paused), "pause_reason": sent.paused, "calls": calls}


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
    """One segment's outcome, and below it the rows that were refused, or left alone because they moved."""
    yield applied_line(applied)
    yield from asked_line(applied)
    yield from _refused_lines(applied)
    for row in applied.moved_rows[:EXAMPLES]:
        yield f"  left alone: {row.change} {row.phone}{_of_key(row.key)}: {MOVED_WORDS[row.why]} ({row.why})"
    if applied.moved > EXAMPLES and applied.moved_rows:
        yield f"  … and {applied.moved - EXAMPLES:,} more that moved"


def _refused_lines(applied: Applied) -> Iterator[str]:
    """Where some are refused again and again, those; else the first few."""
    obstinate = [row for row in applied.refused_rows if row.times >= OBSTINATE]
    for row in obstinate or applied.refused_rows[:EXAMPLES]:
        times = f" {row.times} times in a row" if row.times > 1 else ""
        yield f"  refused{times}: {row.change} {row.phone}{_of_key(row.key)}: {row.code}"
    if obstinate:
        yield "  (trying again is no way out here: correct the customer's record, or leave them out of the segment)"


def applied_line(applied: Applied) -> str:
    """One line for one segment's outcome; zeros but `done` are not mentioned."""
    of_how_many = f" of {applied.total:,}" if applied.done < applied.total else ""
    parts = [f"{applied.done:,}{of_how_many} done"]
    parts += [f"{count:,} refused ({code})" for code, count in applied.refusals.items()]
    for name in APPLIED_COUNTS[2:]:
        if count := getattr(applied, name):
            parts.append(f"{count:,} {in_words(name)}")
    if applied.paused:
        parts.append(f"paused: {applied.paused}")
    return f"{applied.segment}: {', '.join(parts)}"


def _of_key(key: str) -> str:
    return f" ({key})" if key else ""


def sent_line(sent: Sent) -> str:
    """One line for one edition; zeros but `sent` are not mentioned."""
    parts = [f"{sent.sent:,} sent"]
    for name in SENT_COUNTS[1:]:
        if count := getattr(sent, name):
            parts.append(f"{count:,} {name}")
    if sent.paused:
        parts.append(f"paused: {sent.paused}")
    return f"Campaign {sent.campaign}, edition {sent.edition}: {', '.join(parts)}"
