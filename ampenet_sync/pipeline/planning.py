"""The story of a plan: customers → desired contacts → difference to the live group → a file a person can read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ampenet_sync.config import Config, Segment, did_you_mean
from ampenet_sync.contacts import Answered, Collisions, Intake, opt_outs
from ampenet_sync.errors import ConfigError, PlanRefused, sayable
from ampenet_sync.ledger import links, records, suppressions
from ampenet_sync.pipeline.places import with_places
from ampenet_sync.pipeline.target import Target, find_target
from ampenet_sync.pipeline.trend import note_intake
from ampenet_sync.pipeline.world import World
from ampenet_sync.sync.apply import settle_group
from ampenet_sync.sync.change import Work
from ampenet_sync.sync.limits import Amounts, CutOff, SourceFigures, Violation, judge_plan, judge_source
from ampenet_sync.sync.listing import EMPTY, NEW_SEGMENT, Listing, find_group
from ampenet_sync.sync.plan import Comparison, Doubts, Known, Rules, compare
from ampenet_sync.sync.planfile import Header, PlanFile, make_plan, write_plan
from ampenet_sync.sync.rows import DRIFT, Change, Reason


@dataclass(frozen=True)
class Planned:
    """A plan, where it is kept, and the reading of the group it was made from.

    `group_now` is what the group is called at Ampenet today; another name than the configured one is worth a warning.
    `collisions` are the customers of the segment who share a phone; `warnings` are what a person should know.
    """

    plan: PlanFile
    path: Path
    listing: Listing
    group_now: str
    collisions: Collisions
    warnings: tuple[str, ...] = ()


def kept_segments(config: Config, names: Sequence[str] = ()) -> list[str]:
    """The segments that are kept in a group: all, or those named. Raises ConfigError for a name that isn't one."""
    kept = [name for name, segment in config.segments.items() if segment.group]
    for name in names:
        if name not in kept:
            known = ", ".join(kept) or "none"
            message = f"there is no segment '{sayable(name)}' that is kept in a group"
            if name in config.segments:
                message = f"segment {name} is kept in no group: there is no segments.{name}.group"
            hint = f"{did_you_mean(name, kept)}kept in a group: {known}"
            raise ConfigError(message, code="unknown_segment", hint=hint)
    return [name for name in kept if not names or name in names]


def plan_segment(world: World, intake: Intake, segment: str, *, folder: Path | None = None) -> Planned:
    """Compare one segment with its group and write the plan. Nothing at Ampenet is changed."""
    with world.working("plan", segment) as work:
        return make_segment_plan(world, intake, segment, work=work, folder=folder)


def make_segment_plan(world: World, intake: Intake, segment: str, *, work: Work, folder: Path | None = None) -> Planned:
    """The same for a caller that holds the segment already."""
    settings = world.config.segments[segment]
    pinned = records.pinned_group(world.ledger, world.destination, segment)
    group = find_group(world.client, settings.group, pinned=pinned) if settings.group else None
    if group:
        check_not_shared(world, segment, group.uid)
    listing = work.read_group(group.uid) if group else EMPTY
    waiting = settle_group(work, group.uid, listing).doubts if group else Doubts()
    target = find_target(world, intake, segment)
    known = Known(
        links=links.links_of(world.ledger, world.destination, group.uid) if group else (),
        held=target.held,
        suppressed=suppressions.all_suppressed(world.ledger),
        opted_out=opt_outs(intake, world.config),
        doubts=waiting,
    )
    comparison = compare(target.desired, listing.contacts, known, rules=rules_of(world.config, settings))
    uid = group.uid if group else ""
    header = _header(world, intake, segment, comparison, target=target, group_uid=uid, pages=listing.pages)
    plan = make_plan(header, with_places(comparison.rows, intake))
    path = write_plan(plan, folder or world.plans)
    records.note_plan(world.ledger, world.destination, digest=plan.digest, segment=segment)
    note_intake(world, intake)
    return Planned(plan, path, listing, group.name if group else header.group_name, target.collisions, target.warnings)


def check_not_shared(world: World, segment: str, group_uid: str) -> None:
    """Two segments in one group would delete each other's contacts: a group renamed there can bring them together."""
    other = records.segment_of_group(world.ledger, world.destination, group_uid)
    if other not in (None, segment) and other in kept_segments(world.config):
        message = f"segment {segment} would be kept in group {group_uid}, which is segment {other}'s"
        raise PlanRefused(message, code="group_shared", hint=f"give it a group of its own; {NEW_SEGMENT}")


def source_violations(world: World, intake: Intake, segment: str) -> tuple[Violation | CutOff, ...]:
    """What the segment's limits say of the source as a whole: too much quarantined, shrunken, or perhaps cut off.

    Makes no call.
    """
    identity = intake.identity
    return judge_source(
        SourceFigures(identity.name, rows=intake.rows, quarantined=intake.rejected, open_end=identity.open_end),
        accepted=records.accepted_source(world.ledger, identity.name),
        limits=world.config.segments[segment].limits,
    )


def rules_of(config: Config, settings: Segment) -> Rules:
    """What the segment's configuration permits, and which fields it manages."""
    return Rules(
        mode=settings.mode or "mirror",
        delete_foreign=settings.deletes == "all",
        adopt_matched=settings.adopt == "matched",
        first_name=config.customers.first_name is not None,
        last_name=config.customers.last_name is not None,
    )


def _header(
    world: World,
    intake: Intake,
    segment: str,
    comparison: Comparison,
    *,
    target: Target,
    group_uid: str,
    pages: int,
) -> Header:
    settings = world.config.segments[segment]
    amounts = _amounts(comparison)
    source = source_violations(world, intake, segment)
    calls = amounts.creates + amounts.updates + 2 * amounts.deletes + (not group_uid)
    return Header(
        ledger=world.ledger.id,
        host=world.host,
        account=world.account.uid,
        segment=segment,
        group_name=(settings.group.name if settings.group else None) or "",
        group_uid=group_uid,
        mode=settings.mode or "",
        run_date=world.now().date().isoformat(),
        **_source(intake),
        config_digest=world.config.digest(segment=segment),
        after=records.last_changing_plan(world.ledger, world.destination, segment),
        customers=intake.usable,
        quarantined=intake.rejected,
        creates=amounts.creates,
        updates=amounts.updates,
        deletes=amounts.deletes,
        links=comparison.count(Change.LINK),
        unchanged=comparison.unchanged,
        drift=comparison.because(*DRIFT),
        foreign=comparison.foreign,
        held=comparison.because(Reason.HELD),
        suppressed=comparison.because(Reason.SUPPRESSED),
        in_doubt=comparison.because(Reason.IN_DOUBT),
        linked=comparison.linked,
        calls=calls,
        pages=pages,
        seconds=round((calls + pages) * 60 / world.config.api.requests_per_minute),
        violations=tuple(str(violation) for violation in (*source, *judge_plan(amounts, settings.limits))),
        shared_phones=target.collisions.phones,
        unknown_members=target.unknown,
        opted_out=comparison.because(Reason.OPTED_OUT),
        consent_answers=_counts(intake.consent),
        opted_out_answers=_counts(intake.opted_out),
    )


def _counts(answered: Answered | None) -> dict[str, int]:
    """The four counts without the words."""
    return answered.counts if answered else {}


def _source(intake: Intake) -> dict[str, Any]:
    """What was read, as the header tells it."""
    found = intake.identity
    told = ("kind", "rows", "size", "files", "modified", "open_end", "digest", "blank_rows", "rows_above")
    figures = {f"source_{name}": getattr(found, name) for name in told}
    return {"source": found.name, "repaired": intake.repaired, **figures}


def _amounts(comparison: Comparison) -> Amounts:
    strangers = Counter(row.change for row in comparison.rows if not row.owned)
    return Amounts(
        creates=comparison.count(Change.CREATE),
        updates=comparison.count(Change.UPDATE),
        deletes=comparison.count(Change.DELETE),
        linked=comparison.linked,
        stranger_updates=strangers[Change.UPDATE],
        stranger_deletes=strangers[Change.DELETE],
    )
