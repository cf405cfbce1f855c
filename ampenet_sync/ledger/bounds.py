"""What a message must keep to beside its own campaign, asked within the transaction of its claim: a month's parts.

So two sends at once can't pass a bound together. No file and no configuration is read here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from ampenet_sync.ledger.spending import parts_spent_in

Span = Callable[[float], tuple[float, float]]  # a moment → the first of its month and of the next, epoch seconds

COUNTED_FOR = 300.0  # seconds for which an older count may stand for what was claimed before it
STEADY = 60.0  # a claim younger than this may still be dated by a clock that was set back


@dataclass
class _Counted:
    """The parts of a month that were claimed before `until`; none of them can become more."""

    since: float
    until: float
    parts: int


@dataclass
class PartsBound:
    """At most so many parts in a calendar month, over all campaigns of one account.

    A count of the month is kept for some minutes, and only what was claimed since is counted anew: it may be too high,
    as refused messages leave it, and is never too low. Where it is used up, everything is counted.
    """

    parts: int
    span: Span
    _counted: _Counted | None = field(default=None, init=False)

    def allows(self, db: Connection, destination: int, parts: int, *, now: float) -> bool:
        since, until = self.span(now)
        old = self._counted
        if old is None or old.since != since or not 0 <= now - STEADY - old.until < COUNTED_FOR:
            return self._recounted(db, destination, parts, now=now)
        newer = parts_spent_in(db, destination, since=old.until, until=until)
        return old.parts + newer + parts <= self.parts or self._recounted(db, destination, parts, now=now)

    def _recounted(self, db: Connection, destination: int, parts: int, *, now: float) -> bool:
        since, until = self.span(now)
        middle = max(since, now - STEADY)
        self._counted = _Counted(since, middle, parts_spent_in(db, destination, since=since, until=middle))
        return self._counted.parts + parts_spent_in(db, destination, since=middle, until=until) + parts <= self.parts


@dataclass(frozen=True)
class ClaimBounds:
    """Every bound that a claim of this run has to keep; None where there is none."""

    month: PartsBound | None = None

    def against(self, db: Connection, destination: int, parts: int, *, now: float) -> str:
        """Why this message may not be claimed: over_budget; "" where it may."""
        if self.month is not None and not self.month.allows(db, destination, parts, now=now):
            return "over_budget"
        return ""
