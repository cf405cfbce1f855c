"""The story of a plan: customers → desired contacts → difference to the live group → a file a person can read."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ampenet_sync.config import Config, Segment, did_you_mean
from ampenet_sync.contacts import Collisions, Holders
from ampenet_sync.customers import Answered, Intake
from ampenet_sync.errors import ConfigError, PlanRefused, sayable
from ampenet_sync.ledger import groups, holds, plans, statuses, suppressions
from ampenet_sync.ledger.linktable import read_links
from ampenet_sync.ledger.statuses import NOTHING_HEARD, Evidence
from ampenet_sync.pipeline.actual import Actual, find_actual
from ampenet_sync.pipeline.target import Target, find_target, places_of
from ampenet_sync.pipeline.trend import note_intake
from ampenet_sync.pipeline.world import World
from ampenet_sync.runs import Run
from ampenet_sync.sync.limits import Amounts, CutOff, SourceFigures, Violation, judge_plan, judge_source
from ampenet_sync.sync.listing import NEW_SEGMENT, Listing, find_group
from ampenet_sync.sync.optouts import calls_of_an_ask
from ampenet_sync.sync.plan import Counted, Known, Rules, Sides, compare
from ampenet_sync.sync.planfile import (
    Counts,
    Forecast,
    Header,
    PlanFile,
    PlanSource,
    stages_of_plan,
    write_plan,
)
from ampenet_sync.sync.relations import InMemory
from ampenet_sync.sync.rows import DRIFT, Change, Reason
from ampenet_sync.sync.stages import SEEN_BEFORE, CallsEach


@dataclass(frozen=True)
class Planned:
    """A plan, where it is kept, and the reading of the group it was made from, None where that is the ledger.

    `group_now` is what the group is called at Ampenet today; another name than the configured one is worth a warning.
    `collisions` are the customers of the segment who share a phone; `warnings` are what a person should know.
    `opt_outs` is of how many contacts of the group it is known whether they opted out, and since when.
    """

    plan: PlanFile
    path: Path
    listing: Listing | None
    group_now: str
    collisions: Collisions
    warnings: tuple[str, ...] = ()
    opt_outs: Evidence = NOTHING_HEARD


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


def plan_segment(
    world: World, intake: Intake, segment: str, *, folder: Path | None = None, refresh_opt_outs: bool = False
) -> Planned:
    """Compare one segment with its group and write the plan. Nothing at Ampenet is changed.

    With `refresh_opt_outs` whoever carries it out asks each contact of the group whether they opted out, too.
    """
    with world.working("plan", segment) as run:
        return make_segment_plan(world, intake, segment, run=run, folder=folder, refresh_opt_outs=refresh_opt_outs)


def make_segment_plan(
    world: World,
    intake: Intake,
    segment: str,
    *,
    run: Run,
    folder: Path | None = None,
    refresh_opt_outs: bool = False,
) -> Planned:
    """The same for a caller that holds the segment already."""
    settings = world.config.segments[segment]
    pinned = groups.pinned_group(world.ledger, world.destination, segment)
    group = find_group(world.client, settings.group, pinned=pinned) if settings.group else None
    if group:
        check_not_shared(world, segment, group.uid)
    actual = find_actual(world, segment, world.group_run(run, group.uid) if group else None)
    holders = Holders(intake, world.config)
    fields = world.fields(anybody=actual.anybody)
    target = find_target(world, holders, segment, fields=fields)
    sides = Sides(
        desired=target.desired,
        live=actual.live(fields),
        links=InMemory(read_links(world.ledger, world.destination, group.uid if group else "", fields)),
        **places_of(intake),
    )
    known, rules = _known(world, holders, target, actual), rules_of(settings, actual)
    with compare(sides, known, rules=rules, fields=fields, folder=run.folder) as compared:
        uid = group.uid if group else ""
        header = _header(
            world, intake, segment, compared.counted, target=target, group_uid=uid, actual=actual, fields=fields
        )
        known_opt_outs = statuses.evidence_of(world.ledger, world.destination, uid)
        if refresh_opt_outs:
            header = _asking(world, header, known_opt_outs)
        plan = write_plan(header, compared.batches(), folder or world.plans)
    plans.note_plan(world.ledger, world.destination, digest=plan.digest, segment=segment, read_at=actual.begun_at)
    note_intake(world, intake)
    return Planned(
        plan,
        plan.path,
        actual.listing,
        group.name if group else header.group_name,
        target.collisions,
        (
            *target.warnings,
            *_held(world, segment),
            *actual.warnings(segment, unlisted=plan.header.counts.unlisted),
        ),
        known_opt_outs,
    )


def _known(world: World, holders: Holders, target: Target, actual: Actual) -> Known:
    """Whom the plan leaves alone, and what it can't rely on."""
    return Known(
        held=target.held,
        suppressed=suppressions.all_suppressed(world.ledger),
        opted_out=holders.opted_out(),
        doubts=actual.doubts,
    )


def _asking(world: World, header: Header, known: Evidence) -> Header:
    """The same plan, at whose end each contact of the group is asked that may be texted, those to be linked too."""
    asks = known.seen + known.never + header.counts.links
    each = replace(header.each, ask=calls_of_an_ask(world.client))
    pages, new_group = header.forecast.pages, not header.group_uid
    priced = forecast(world, header.counts, new_group=new_group, pages=pages, each=each, asks=asks)
    return replace(header, asks=asks, each=each, forecast=priced)


def _held(world: World, segment: str) -> list[str]:
    """That nothing of the plan is carried out for now, where a run was undone in the segment."""
    hold = holds.held(world.ledger, world.destination).get(segment)
    return [f"run {hold.run} was undone here, so no plan is carried out until somebody releases it"] if hold else []


def check_not_shared(world: World, segment: str, group_uid: str) -> None:
    """Two segments in one group would delete each other's contacts: a group renamed there can bring them together."""
    other = groups.segment_of_group(world.ledger, world.destination, group_uid)
    if other not in (None, segment) and other in kept_segments(world.config):
        message = f"segment {segment} would be kept in group {group_uid}, which is segment {other}'s"
        raise PlanRefused(message, code="group_shared", hint=f"give it a group of its own; {NEW_SEGMENT}")


def source_violations(world: World, intake: Intake, segment: str) -> tuple[Violation | CutOff, ...]:
    """What the segment's limits say of the source as a whole: too much quarantined, shrunken, or perhaps cut off.

    Makes no call.
    """
    identity = intake.identity
    return judge_source(
        SourceFigures(identity.name, rows=intake.rows, quarantined=intake.quarantined, open_end=identity.open_end),
        accepted=plans.accepted_source(world.ledger, identity.name),
        limits=world.config.segments[segment].limits,
    )


def rules_of(settings: Segment, actual: Actual) -> Rules:
    """What the segment's configuration permits, and what stands for the group can show."""
    return Rules(
        mode=settings.mode or "mirror",
        delete_foreign=settings.deletes == "all",
        adopt_matched=settings.adopt == "matched",
        shows_absence=actual.shows_absence,
        keep_changed=settings.drift.changed == "keep",
        make_removed_again=settings.drift.removed == "recreate",
    )


def _header(
    world: World,
    intake: Intake,
    segment: str,
    counted: Counted,
    *,
    target: Target,
    group_uid: str,
    actual: Actual,
    fields: tuple[str, ...],
) -> Header:
    settings = world.config.segments[segment]
    counts = _counts(counted)
    violations = (*source_violations(world, intake, segment), *judge_plan(_amounts(counted), settings.limits))
    return Header(
        ledger=world.ledger.id,
        host=world.host,
        account=world.account.uid,
        segment=segment,
        group_name=(settings.group.name if settings.group else None) or "",
        group_uid=group_uid,
        mode=settings.mode or "",
        run_date=world.now().date().isoformat(),
        fields=fields,
        config_digest=world.config.digest(segment=segment),
        after=actual.after.plan,
        after_claims=actual.after.claims,
        customers=intake.usable,
        quarantined=intake.quarantined,
        source=_source(intake),
        counts=counts,
        forecast=forecast(world, counts, new_group=not group_uid, pages=actual.pages, each=actual.each),
        violations=tuple(str(violation) for violation in violations),
        shared_phones=target.collisions.phones,
        unknown_members=target.unknown,
        consent_answers=_answers(intake.consent),
        opted_out_answers=_answers(intake.opted_out),
        actual=actual.side,
        read_at=actual.said_read_at,
        each=actual.each,
    )


def forecast(
    world: World, counts: Counts, *, new_group: bool, pages: int, each: CallsEach = SEEN_BEFORE, asks: int = 0
) -> Forecast:
    """What carrying out a plan of these counts costs at the permitted rate."""
    calls = sum(stage.calls for stage in stages_of_plan(counts, new_group=new_group, each=each, asks=asks))
    return Forecast(calls, pages, round((calls + pages) * 60 / world.config.api.requests_per_minute))


def _answers(answered: Answered | None) -> dict[str, int]:
    """The four counts without the words."""
    return answered.counts if answered else {}


def _source(intake: Intake) -> PlanSource:
    """What was read, as the header tells it."""
    there: dict[str, Any] = dataclasses.asdict(intake.identity)
    names = {known.name for known in dataclasses.fields(PlanSource)} - {"repaired"}
    return PlanSource(repaired=intake.repaired, **{name: there[name] for name in names})


def _counts(counted: Counted) -> Counts:
    return Counts(
        creates=counted.count(Change.CREATE),
        updates=counted.count(Change.UPDATE),
        deletes=counted.count(Change.DELETE),
        links=counted.count(Change.LINK),
        unchanged=counted.unchanged,
        drift=counted.because(*DRIFT),
        foreign=counted.foreign,
        held=counted.because(Reason.HELD),
        suppressed=counted.because(Reason.SUPPRESSED),
        opted_out=counted.because(Reason.OPTED_OUT),
        in_doubt=counted.because(Reason.IN_DOUBT),
        linked=counted.linked,
        unlisted=counted.because(Reason.UNLISTED),
    )


def _amounts(counted: Counted) -> Amounts:
    return Amounts(
        creates=counted.count(Change.CREATE),
        updates=counted.count(Change.UPDATE),
        deletes=counted.count(Change.DELETE),
        linked=counted.linked,
        stranger_updates=counted.changes.get((Change.UPDATE, False), 0),
        stranger_deletes=counted.changes.get((Change.DELETE, False), 0),
    )
