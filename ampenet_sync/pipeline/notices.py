"""What somebody is told of a run that ended: how urgent it is, and in which words. Pure. No phone is in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ampenet_sync.config import Urgency
from ampenet_sync.errors import AmpenetError, InDoubt, LedgerError, Unauthorised
from ampenet_sync.pipeline.applying import SegmentRun
from ampenet_sync.pipeline.scheduling import DueSends
from ampenet_sync.pipeline.sending import MOST_SENT, Sent
from ampenet_sync.runs.window import CALLS_MADE, TIME_OVER
from ampenet_sync.sync.applied import Applied

BY_INTENT = (CALLS_MADE, TIME_OVER)  # why a run paused, where somebody wanted it so
PAGED_CODES = ("already_there", "lease_lost")  # of errors whose class alone says less
KINDS = ("create", "update", "delete")
_NUMBER = re.compile(r"(?<![\w.])\+?\d[\d ().\-/]{5,}\d(?!\w)")
_WITHIN_A_WORD = re.compile(r"\w*\d{9}\w*")
_DIGEST = re.compile(r"[0-9a-f]{16}|[0-9a-f]{32}")
_DATE = re.compile(r"20\d\d-\d\d-\d\d")
WRITTEN_OUT: dict[Urgency, str] = {"page": "needs a person now", "morning": "needs a person", "info": "all went well"}


@dataclass(frozen=True)
class Notice:
    urgency: Urgency
    title: str
    body: str


@dataclass(frozen=True)
class Ending:
    """How a run ended, in the words of its notice; `what` is `sync`, `apply`, `import` or `campaign send`."""

    urgency: Urgency
    lines: tuple[str, ...]


def notice_of(what: str, ending: Ending, *, where: str, next_lines: Sequence[str]) -> Notice:
    """The whole notice, without whatever may be somebody's number and without signs that steer a screen."""
    title = f"ampenet-sync {what}: {WRITTEN_OUT[ending.urgency]}"
    body = "\n".join((where, *ending.lines, *next_lines))
    return Notice(ending.urgency, _harmless(title), _harmless(body))


def ending_of_runs(
    runs: Sequence[SegmentRun], *, calls: int, by_kind: Mapping[str, Mapping[str, int]] | None = None
) -> Ending:
    """`by_kind` is run → kind of change → how many were carried out in it."""
    lines = [*(_run_line(run, by_kind or {}) for run in runs), *_rows_line(runs), _calls(calls)]
    return Ending(_worst([_urgency_of_run(run) for run in runs]), tuple(lines))


def ending_of_sent(sent: Sent, *, parts: int, calls: int) -> Ending:
    counts = f"{sent.sent:,} sent ({parts:,} parts), {sent.refused:,} refused, {sent.unknown:,} unknown"
    rest = f"{sent.expired:,} expired, {sent.remaining:,} remaining, {sent.withdrawn:,} withdrawn"
    lines = [f"edition {sent.edition}: {counts}, {rest}"]
    if sent.paused:
        lines.append(f"paused: {sent.paused}")
    return Ending(_urgency_of_sent(sent), (*lines, _calls(calls)))


def ending_of_due(due: DueSends, *, parts: Mapping[str, int], calls: int) -> Ending | None:
    """Of all approved campaigns whose time had come; None: none had. `parts` is campaign → parts that were sent."""
    lines, urgencies = list[str](), list[Urgency]()
    for run in due.runs:
        if run.sent is not None:
            ending = ending_of_sent(run.sent, parts=parts[run.campaign], calls=0)
            lines += [f"{run.campaign}: {line}" for line in ending.lines[:-1]]
            urgencies.append(ending.urgency)
        elif left := run.refused or run.busy:
            lines.append(f"{run.campaign}: not started: {left.message} [{left.code}]")
            urgencies.append("morning" if run.busy else "page")
    return Ending(_worst(urgencies), (*lines, _calls(calls))) if urgencies else None


def ending_of_error(error: BaseException, *, stands: str = "") -> Ending:
    """`stands` is what was changed before it. Whatever isn't ours may hold anything, so its message is left out."""
    more = (stands,) if stands else ()
    match error:
        case AmpenetError():
            return Ending(_urgency_of_error(error), (f"{error.message} [{error.code}]", *more))
        case KeyboardInterrupt():
            return Ending("morning", ("stopped from outside [interrupted]", *more))
        case _:
            return Ending("page", (f"a {type(error).__name__} that nobody foresaw [unforeseen]", *more))


def _urgency_of_run(run: SegmentRun) -> Urgency:
    if run.applied is None:
        return "morning"
    applied = run.applied
    if applied.paused and applied.in_doubt:
        return "page"
    waits_for_somebody = applied.paused and applied.paused not in BY_INTENT
    return "morning" if waits_for_somebody or applied.refused or applied.in_doubt else "info"


def _urgency_of_sent(sent: Sent) -> Urgency:
    meant = sent.ordered or sent.paused == MOST_SENT or sent.paused.startswith("quiet hours")
    if sent.paused and not meant:
        return "page"
    return "morning" if sent.paused or sent.refused or sent.unknown or sent.expired else "info"


def _urgency_of_error(error: AmpenetError) -> Urgency:
    """A call whose answer was lost, outside of what the ledger claims, is looked up by nobody."""
    if isinstance(error, Unauthorised | LedgerError | InDoubt) or error.code in PAGED_CODES:
        return "page"
    return "page" if error.code == "unforeseen" else "morning"


def _worst(urgencies: Sequence[Urgency]) -> Urgency:
    order: tuple[Urgency, ...] = ("page", "morning")
    return next((urgency for urgency in order if urgency in urgencies), "info")


def _run_line(run: SegmentRun, by_kind: Mapping[str, Mapping[str, int]]) -> str:
    if run.applied is None:
        return f"{run.segment}: left out: {'; '.join(run.why_left_out)}"
    return f"{run.segment}: {_applied_words(run.applied, by_kind.get(run.applied.run, {}))}"


def _applied_words(applied: Applied, kinds: Mapping[str, int]) -> str:
    each = ", ".join(_many(kinds.get(kind, 0), kind) for kind in KINDS)
    words = f"{applied.done:,} of {max(applied.total, applied.done):,} done (in this run {each})"
    words += f", {applied.refused:,} refused, {applied.in_doubt:,} in doubt"
    words += f", {applied.moved:,} moved" if applied.moved else ""
    return words + (f", paused: {applied.paused}" if applied.paused else "")


def _rows_line(runs: Sequence[SegmentRun]) -> Iterator[str]:
    """What the source came to, as a plan of it tells."""
    header = next((run.planned.plan.header for run in runs if run.planned is not None), None)
    if header is not None:
        yield f"source: {_many(header.customers, 'customer')}, {header.quarantined:,} quarantined"


def _calls(calls: int) -> str:
    return _many(calls, "call")


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}" + ("" if count == 1 else "s")


def _harmless(text: str) -> str:
    lines = ("".join(sign for sign in line if sign.isprintable()) for line in text.splitlines())
    return "\n".join(_NUMBER.sub(_hidden, _WITHIN_A_WORD.sub(_unless_digest, line)) for line in lines)


def _unless_digest(word: re.Match[str]) -> str:
    return word[0] if _DIGEST.fullmatch(word[0]) else "•••"


def _hidden(number: re.Match[str]) -> str:
    """Seven digits and more may be a phone however it is written; a date or a digest is none."""
    digits = sum(sign.isdigit() for sign in number[0])
    return number[0] if digits < 7 or _DATE.match(number[0]) or _DIGEST.fullmatch(number[0]) else "•••"
