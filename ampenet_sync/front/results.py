"""What the front door hands out: frozen values of plain types, which no later version takes a field from.

Counts by reason are pairs (reason, how many), the most frequent first or in a fixed order; `dict()` makes a mapping.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

    from ampenet_sync.customers import Intake

Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Customers:
    """One reading of the source. Every one of `rows` is either `usable` or `quarantined`, for one of the `reasons`.

    `repaired` of the usable rows were repaired. `digest` names the values that were read.
    """

    source: str
    digest: str
    rows: int
    usable: int
    quarantined: int
    repaired: int
    reasons: Counts
    _intake: Intake = field(repr=False, compare=False)
    _rules: str = field(repr=False)  # names what decides how a row is read

    def table(self) -> pd.DataFrame:
        """Those that can be used, in the shape of `ampenet_sync.schemas.Customers`: with whole phones and names."""
        return self._intake.customers

    def quarantine(self) -> pd.DataFrame:
        """The rows that can't be used, in the shape of `ampenet_sync.schemas.Quarantine`."""
        return self._intake.quarantine


@dataclass(frozen=True)
class OptOutsKnown:
    """Of how many people an answer of Ampenet showed whether they opted out there, and of how many none did so far.

    `known_as_of` is when the longest unheard of those `asked` was last heard; None where nobody was.
    """

    known_as_of: datetime | None
    asked: int
    never_asked: int


NOTHING_ASKED = OptOutsKnown(None, 0, 0)


@dataclass(frozen=True)
class Plan:
    """What would change in one segment's group; nothing has changed yet. `path` is its file, good for 24 hours.

    The file's rows have the shape of `ampenet_sync.schemas.Plan`. An unsafe plan is over a limit, and `violations` are
    the sentences that say which. `actual` is what stood for the group: itself, listed for the plan, or the ledger, and
    then `read_at` is when the group was last read whole (UTC, ISO; "" where it never was). `calls`, `pages` and
    `seconds` forecast what applying it takes at least; up to `asks` contacts are asked then whether they opted out.
    """

    segment: str
    group: str
    digest: str
    path: Path
    verdict: Literal["safe", "unsafe"]
    violations: tuple[str, ...]
    warnings: tuple[str, ...]
    creates: int
    updates: int
    deletes: int
    unchanged: int
    drift: int
    foreign: int
    held: int
    suppressed: int
    opted_out: int
    in_doubt: int
    unlisted: int
    actual: Literal["live", "ledger"]
    read_at: str
    calls: int
    pages: int
    seconds: int
    asks: int = 0
    opt_outs: OptOutsKnown = NOTHING_ASKED


@dataclass(frozen=True)
class Applied:
    """What became of a plan's changes. `paused` says why the run stopped early, "" where it didn't.

    `refused` by the platform, for these `refusals`; `in_doubt` had no answer and are looked up by the next run; `moved`
    were changed by somebody else since the plan was made and left alone; `suppressed` since then as well. `run` is the
    run's id in the ledger. Where the plan asks who opted out: `asked` contacts were heard, `opted_out_there` of them
    did and are suppressed now, `unasked` are left to be asked.
    """

    segment: str
    done: int
    refused: int
    in_doubt: int
    moved: int
    suppressed: int
    paused: str
    refusals: Counts
    run: str
    asked: int = 0
    opted_out_there: int = 0
    unasked: int = 0


@dataclass(frozen=True)
class Synced:
    """What one segment's sync came to. Left out: `applied` is None, `code` and `left_out` say why; nothing was changed.

    `plan` is None where none could be made.
    """

    segment: str
    plan: Plan | None
    applied: Applied | None
    left_out: tuple[str, ...]
    code: str


@dataclass(frozen=True)
class Preview:
    """A frozen audience: who gets which text, at what cost. Nothing is sent yet. `audience` is the digest to send by.

    `parts` are the billed ones. `excluded` are customers of the segment who get nothing, by reason. `warnings` are what
    is hardly meant, `notes` what may well be. `balance` is as the platform writes it. `path` is the audience's file, in
    the shape of `ampenet_sync.schemas.Audience`.
    """

    campaign: str
    edition: str
    audience: str
    path: Path
    messages: int
    parts: int
    amount: Decimal
    currency: str
    balance: str
    ends_at: datetime
    excluded: Counts
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    opt_outs: OptOutsKnown = NOTHING_ASKED


@dataclass(frozen=True)
class Sent:
    """What became of an edition so far. `paused` says why the run stopped early, "" where it didn't.

    `unknown` had no answer and are not listed: they are left to a person. `remaining` of the audience were not begun;
    `withdrawn` of those lost consent, opted out or were suppressed since the preview.
    """

    campaign: str
    edition: str
    audience: str
    sent: int
    refused: int
    unknown: int
    expired: int
    remaining: int
    withdrawn: int
    paused: str


@dataclass(frozen=True)
class Due:
    """An approved campaign whose time had come. Where it waits for a person, `sent` is None and `why` and `code` say
    what keeps it."""

    campaign: str
    edition: str
    audience: str
    sent: Sent | None
    code: str
    why: str


@dataclass(frozen=True)
class SegmentStatus:
    """The contacts the ledger knows in a segment's group; its newest plan, and what became of that one's changes."""

    segment: str
    contacts: int
    plan: str
    state: str
    made_at: datetime
    done: int
    refused: int
    in_doubt: int
    opt_outs: OptOutsKnown = NOTHING_ASKED


@dataclass(frozen=True)
class CampaignStatus:
    """The figures of one edition that was begun; `parts` are what was paid."""

    campaign: str
    edition: str
    audience: str
    sent: int
    refused: int
    unknown: int
    expired: int
    parts: int


@dataclass(frozen=True)
class Status:
    """What the ledger knows. `suppressed` counts the numbers and customers that are never texted."""

    segments: tuple[SegmentStatus, ...]
    campaigns: tuple[CampaignStatus, ...]
    suppressed: int
