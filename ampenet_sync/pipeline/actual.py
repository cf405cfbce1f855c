"""Which side stands for a group in a plan: a listing of it, or the ledger. Lists it where that is to be done.

| actual | the ledger                       | then                                           |
|--------|----------------------------------|------------------------------------------------|
| live   |                                  | the group is listed                            |
| ledger | knows nobody, and of no listing  | the group is listed, where that is possible    |
| ledger | otherwise                        | the ledger                                     |
| auto   | has up to 1,000 contacts         | the group is listed                            |
| auto   | knows of no listing, or its last is older than `list_every` | the group is listed |
| auto   | otherwise                        | the ledger                                     |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from ampenet_sync.config import Segment
from ampenet_sync.errors import BadAnswer
from ampenet_sync.ledger import groups, links, plans
from ampenet_sync.ledger.plans import LastChange
from ampenet_sync.pipeline.world import World
from ampenet_sync.sync.group import GroupRun
from ampenet_sync.sync.listing import EMPTY, Listing
from ampenet_sync.sync.plan import Doubts
from ampenet_sync.sync.relations import Relation
from ampenet_sync.sync.stages import SEEN_BEFORE, CallsEach, read_before

SMALL = 1_000  # contacts, as the ledger knows: 40 calls to list


@dataclass(frozen=True)
class Actual:
    """What stands for the group. `listing` None: the ledger, of a group that was last read whole at `read_at`, None:
    never. `begun_at` is when the reading began that this plan itself is made from. `in_doubt` creates wait for a
    listing. `after` is what had changed the segment last when all this began to be read."""

    listing: Listing | None
    doubts: Doubts = field(default_factory=Doubts)
    read_at: float | None = None
    begun_at: float | None = None
    shows_absence: bool = True
    each: CallsEach = SEEN_BEFORE
    anybody: bool = False
    in_doubt: int = 0
    after: LastChange = field(default_factory=LastChange)

    @property
    def side(self) -> Literal["live", "ledger"]:
        return "live" if self.listing is not None else "ledger"

    @property
    def pages(self) -> int:
        return self.listing.pages if self.listing is not None else 0

    @property
    def said_read_at(self) -> str:
        """When the group was last read whole, where that was before this plan."""
        if self.read_at is None:
            return ""
        return datetime.fromtimestamp(self.read_at, UTC).isoformat(timespec="seconds")

    def live(self, fields: Sequence[str]) -> Relation | None:
        """The group for the plan's query; None where the ledger stands for it."""
        return self.listing.relation(fields) if self.listing is not None else None

    def warnings(self, segment: str, *, unlisted: int) -> tuple[str, ...]:
        """What this side can't tell, and the way on."""
        lines = []
        way_on = f"to list the group, write segments.{segment}.actual: live"
        if self.listing is None and self.read_at is None and self.begun_at is None:
            lines.append("this group was never read whole: who was in it before and isn't linked stays as they are")
        if unlisted:
            lines.append(f"{unlisted:,} new numbers wait until the group is listed, as they may stand there; {way_on}")
        if self.in_doubt:
            lines.append(f"{self.in_doubt:,} creates without an answer can only be looked up in a listing; {way_on}")
        return tuple(lines)


def find_actual(world: World, segment: str, at: GroupRun | None) -> Actual:
    """Decide, read the group or the doubtful contacts of it, and settle what can be. `at` None: it is yet to be made.

    Its pages count as foreseen. Raises BadAnswer as `read_group` does.
    """
    after = plans.last_change(world.ledger, world.destination, segment)
    actual = replace(_find(world, at, world.config.segments[segment]), after=after)
    world.client.tally.foresee(actual.pages)
    return actual


def _find(world: World, at: GroupRun | None, settings: Segment) -> Actual:
    if at is None:
        return _of_a_new_group(world, settings)
    last = groups.last_listing(world.ledger, world.destination, at.group_uid)
    linked = links.count_links(world.ledger, world.destination, at.group_uid)
    if not lists(settings, linked=linked, last=last, now=world.clock()):
        return _by_ledger(world, at, last, linked)
    try:
        listing, doubts = at.read_and_settle()
    except BadAnswer as error:
        if error.code == "not_listable" and settings.actual == "ledger":
            return _by_ledger(world, at, last, linked)
        raise
    return Actual(listing, doubts, begun_at=listing.begun_at, anybody=listing.count > 0)


def lists(settings: Segment, *, linked: int, last: float | None, now: float) -> bool:
    """Whether the group is to be listed: the table above."""
    match settings.actual:
        case "live":
            return True
        case "ledger":
            return last is None and not linked
        case "auto":
            return linked <= SMALL or last is None or now - last >= settings.list_every.seconds


def _of_a_new_group(world: World, settings: Segment) -> Actual:
    """Nobody is in it."""
    listing = None if settings.actual == "ledger" else EMPTY
    return Actual(listing, begun_at=world.clock())


def _by_ledger(world: World, at: GroupRun, last: float | None, linked: int) -> Actual:
    settled = at.settle_singly()
    dialect = world.client.dialect
    each = read_before(search_shows_status=dialect.status_read == "search")
    creates = sum(claim.intent.change == "create" for claim in settled.waiting)
    return Actual(
        None,
        settled.doubts,
        last,
        shows_absence=dialect.refuses_twins,
        each=each,
        anybody=linked > 0,
        in_doubt=creates,
    )
