"""Judge a source and how much a plan would change, before anybody acts on it. It reads neither, only their figures."""

from __future__ import annotations

from dataclasses import dataclass

from ampenet_sync.config import Limit, Limits
from ampenet_sync.ledger.plans import AcceptedSource


@dataclass(frozen=True)
class Violation:
    """One limit that is exceeded. One of the source stops every segment, one of a segment leaves that segment out.

    `strangers` of the `count` are contacts that we did not make, so they are none of the `base`.
    """

    kind: str
    count: int
    base: int
    limit: str
    of: str
    source: bool = False
    strangers: int = 0

    def __str__(self) -> str:
        return f"{self.kind} {self._how_many()}; the limit is {self.limit}"

    def _how_many(self) -> str:
        if not self.base:
            unmade = " we did not make" if self.strangers else ""
            return f"{self.count:,} {self.of}{unmade} (none of ours is there yet)"
        share = f"{self.count:,} of {self.base:,} {self.of} ({100 * self.count / self.base:.3g} %)"
        return f"{share}, {self.strangers:,} of them contacts we did not make" if self.strangers else share


@dataclass(frozen=True)
class CutOff:
    """The source's last line lacks its line break, and had it when a plan from it was last begun. Stops every segment.

    A file cut off between two cells has whole rows and a last one that looks like any other: only this tells.
    """

    name: str
    kind: str = "truncated"
    source: bool = True

    def __str__(self) -> str:
        return f"the last line of {self.name} has no line break, unlike at the last run: it may have been cut off"


@dataclass(frozen=True)
class SourceFigures:
    """A source as it was read: its name, its rows, how many of them are quarantined, and whether its end is open."""

    name: str
    rows: int
    quarantined: int
    open_end: bool = False


@dataclass(frozen=True)
class Amounts:
    """What a plan would do to a group with `linked` contacts of ours.

    `stranger_updates` and `stranger_deletes` of them are to contacts that we did not make.
    """

    creates: int
    updates: int
    deletes: int
    linked: int
    stranger_updates: int = 0
    stranger_deletes: int = 0


def judge_plan(amounts: Amounts, limits: Limits) -> tuple[Violation, ...]:
    """Shares are of the linked contacts before the run. Deleting all of them is never within a limit."""
    violations = [
        _over("deletes", amounts.deletes, amounts.linked, limits.deletes, strangers=amounts.stranger_deletes),
        _over("updates", amounts.updates, amounts.linked, limits.updates, strangers=amounts.stranger_updates),
        _over("creates", amounts.creates, amounts.linked, limits.creates),
    ]
    if amounts.deletes and amounts.deletes >= amounts.linked and violations[0] is None:
        violations[0] = Violation(
            "deletes",
            amounts.deletes,
            amounts.linked,
            "never all of them",
            "contacts",
            strangers=amounts.stranger_deletes,
        )
    return tuple(violation for violation in violations if violation)


def judge_source(
    figures: SourceFigures, *, accepted: AcceptedSource | None, limits: Limits
) -> tuple[Violation | CutOff, ...]:
    """`accepted` is the source as it was when a plan from it was last begun; None before the first."""
    rows, violations = figures.rows, list[Violation | CutOff | None]()
    violations.append(_over("quarantined", figures.quarantined, rows, limits.quarantined, of="rows", source=True))
    if accepted is not None:
        gone = max(0, accepted.rows - rows)
        violations.append(_over("source_shrink", gone, accepted.rows, limits.source_shrink, of="rows", source=True))
        violations.append(CutOff(figures.name) if figures.open_end and accepted.open_end is False else None)
    return tuple(violation for violation in violations if violation)


def _over(
    kind: str,
    count: int,
    base: int,
    limit: Limit,
    *,
    of: str = "contacts",
    source: bool = False,
    strangers: int = 0,
) -> Violation | None:
    allowed = limit.allowed(base)
    if allowed is None or count <= allowed:
        return None
    return Violation(kind, count, base, str(limit), of, source, strangers)
