"""The story of an apply: is this plan still the one that was read? Then carry it out, and say what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ampenet_sync.api.tally import Beside, CallsUsed
from ampenet_sync.customers import Intake
from ampenet_sync.errors import ApiError, Busy, InDoubt, PlanRefused, Unsafe
from ampenet_sync.ledger import groups, holds, plans, runs
from ampenet_sync.pipeline.planning import (
    Planned,
    check_not_shared,
    kept_segments,
    make_segment_plan,
    source_violations,
)
from ampenet_sync.pipeline.rechecking import moved_in_source
from ampenet_sync.pipeline.retaining import remove_daily
from ampenet_sync.pipeline.world import World
from ampenet_sync.runs import UNBOUNDED, Run, Window
from ampenet_sync.sync.applied import Applied, not_begun
from ampenet_sync.sync.apply import apply_plan, show_done
from ampenet_sync.sync.group import GroupRun
from ampenet_sync.sync.listing import EMPTY, Listing
from ampenet_sync.sync.planfile import Header, PlanFile, read_plan
from ampenet_sync.sync.standing import Why

__all__ = ["Applied", "Beside", "CallsUsed", "SegmentRun", "Window", "apply_file", "read_plan", "sync_segments"]

PLAN_MAX_AGE = 24 * 3600.0  # seconds
NEW_PLAN = "make a new one: ampenet-sync plan"


@dataclass(frozen=True)
class SegmentRun:
    """What one segment's run came to. Left out: `applied` is None, and the plan is unsafe or `refused` says why not."""

    segment: str
    planned: Planned | None
    applied: Applied | None
    refused: PlanRefused | Busy | None = None

    @property
    def why_left_out(self) -> tuple[str, ...]:
        if self.refused is not None:
            return (self.refused.message,)
        return self.planned.plan.header.violations if self.planned and self.applied is None else ()


def apply_file(
    world: World, path: Path, *, allow: str | None = None, intake: Intake | None = None, window: Window = UNBOUNDED
) -> Applied:
    """Carry out a plan file. Raises PlanRefused where it is no longer good, Unsafe where nobody allowed it.

    With an `intake`, the customers as they are now, rows whose customer moved since are left alone, too. That
    somebody made another plan meanwhile changes nothing; that another run changed the group refuses this one. A used up
    `window` pauses it, and applied again it goes on.
    """
    plan, world = read_plan(path), replace(world, window=window)
    with world.working("apply", plan.header.segment) as run:
        _check_good(world, plan)
        _check_allowed(plan, allow)
        moved = moved_in_source(world, intake, plan, run=run) if intake is not None else {}
        remove_daily(world, using=(path, *(intake.files if intake else ())))
        return _carry_out(world, plan, run=run, moved=moved)


def sync_segments(
    world: World,
    intake: Intake,
    names: Sequence[str] = (),
    *,
    approved: Mapping[str, str] | None = None,
    window: Window = UNBOUNDED,
    refresh_opt_outs: bool = False,
) -> list[SegmentRun]:
    """Plan and apply segment after segment. A segment that is unsafe, refused or held by another process is left out
    and the others go on; a source over its limits stops them all.

    `approved` is segment → digest of the plan that a person saw and said yes to: a segment whose plan is another one by
    now is left out (`plan_moved`). None: every safe plan is carried out. Raises Unsafe for the source before anything
    is changed. A used up `window` pauses the segment at work, and those after it before they begin. With
    `refresh_opt_outs` each contact of the groups is asked whether they opted out, after the changes.
    """
    world = replace(world, window=window)
    segments = kept_segments(world.config, names)
    for segment in segments:
        _stop_for_source(world, intake, segment)
    remove_daily(world, using=intake.files)
    digests = approved if approved is not None else {}
    return [
        _sync_or_leave_out(world, intake, segment, digests.get(segment), refresh_opt_outs=refresh_opt_outs)
        for segment in segments
    ]


def _sync_or_leave_out(
    world: World, intake: Intake, segment: str, approved: str | None, *, refresh_opt_outs: bool
) -> SegmentRun:
    if why := world.used_up():
        return SegmentRun(segment, None, not_begun(segment, why))
    try:
        return _sync_segment(world, intake, segment, approved, refresh_opt_outs=refresh_opt_outs)
    except (PlanRefused, Busy) as error:
        return SegmentRun(segment, None, None, error)


def _stop_for_source(world: World, intake: Intake, segment: str) -> None:
    violations = source_violations(world, intake, segment)
    if violations:
        reasons = ". ".join(str(violation) for violation in violations)
        hint = "look at the source; if it is right, a person may allow what this shows: ampenet-sync plan"
        raise Unsafe(f"the source: {reasons}", code="unsafe_source", hint=hint)


def _sync_segment(
    world: World, intake: Intake, segment: str, approved: str | None, *, refresh_opt_outs: bool
) -> SegmentRun:
    with world.working("sync", segment) as run:
        planned = make_segment_plan(world, intake, segment, run=run, refresh_opt_outs=refresh_opt_outs)
        if approved not in (None, planned.plan.digest):
            message = "something moved since the plan was shown, so it was not carried out"
            raise PlanRefused(message, code="plan_moved", hint=f"look at the new one: ampenet-sync plan {segment}")
        _check_not_held(world, planned.plan)
        if planned.plan.header.verdict == "unsafe":
            return SegmentRun(segment, planned, None)
        applied = _carry_out(world, planned.plan, run=run, listing=planned.listing)
        if planned.plan.header.counts.in_doubt and not applied.paused:
            with world.client.tally.under("doubts"):
                applied = _finish_doubtful(world, intake, planned, run, applied)
        return SegmentRun(segment, planned, applied)


def _finish_doubtful(world: World, intake: Intake, planned: Planned, run: Run, first: Applied) -> Applied:
    """Rows the plan left out because an earlier run's request had no answer: look them up, then plan what is left."""
    segment = planned.plan.header.segment
    pinned = groups.pinned_group(world.ledger, world.destination, segment)
    if pinned and planned.listing is not None:
        world.group_run(run, pinned.uid).wait_and_settle()
    elif pinned:
        world.group_run(run, pinned.uid).wait_and_settle_singly()
    planned = make_segment_plan(world, intake, segment, run=run)
    if planned.plan.header.verdict == "unsafe":
        return first
    return first.plus(_carry_out(world, planned.plan, run=run, listing=planned.listing))


def _check_good(world: World, plan: PlanFile) -> None:
    """The plan was made here, for this account and configuration, lately, and nothing else changed the group since."""
    header = plan.header
    record = plans.plan_record(world.ledger, world.destination, plan.digest)
    if (header.ledger, header.host, header.account) != (world.ledger.id, world.host, world.account.uid) or not record:
        raise PlanRefused("the plan was made with another ledger or account", code="plan_foreign", hint=NEW_PLAN)
    if header.segment not in kept_segments(world.config):
        raise PlanRefused(f"there is no segment '{header.segment}' any more", code="plan_stale", hint=NEW_PLAN)
    if header.config_digest != world.config.digest(segment=header.segment):
        raise PlanRefused("the configuration changed since the plan was made", code="plan_stale", hint=NEW_PLAN)
    if world.clock() - record.created_at > PLAN_MAX_AGE:
        raise PlanRefused("the plan is older than 24 hours", code="plan_old", hint=NEW_PLAN)
    _check_not_held(world, plan)
    last = plans.last_change(world.ledger, world.destination, header.segment)
    if last != _after(header) and last.plan != plan.digest:
        raise _stale()


def _after(header: Header) -> plans.LastChange:
    return plans.LastChange(header.after, header.after_claims)


def _stale() -> PlanRefused:
    message = "another run changed this group since the plan was made"
    return PlanRefused(message, code="plan_stale", hint=NEW_PLAN)


def _check_not_held(world: World, plan: PlanFile) -> None:
    """What was undone must not be done again by the next schedule: a person releases the segment first."""
    header = plan.header
    if header.undoes:
        return
    if hold := holds.held(world.ledger, world.destination).get(header.segment):
        message = f"segment {header.segment} is held: run {hold.run} was undone in it"
        hint = f"correct what led to it, then let it change again: ampenet-sync release {header.segment}"
        raise PlanRefused(message, code="segment_held", hint=hint)


def _check_allowed(plan: PlanFile, allow: str | None) -> None:
    if allow is not None and allow != plan.digest:
        message = f"the digest {allow} names another plan than this one, {plan.digest}"
        raise PlanRefused(message, code="allow_mismatch", hint="look at the plan again, and allow the one you mean")
    if plan.header.verdict == "unsafe" and allow is None:
        reasons = ". ".join(plan.header.violations)
        hint = f"look at the plan; a person who agrees to it allows its digest, {plan.digest}"
        raise Unsafe(f"segment {plan.header.segment}: {reasons}", code="unsafe_plan", hint=hint)


def _carry_out(
    world: World,
    plan: PlanFile,
    *,
    run: Run,
    listing: Listing | None = None,
    moved: Mapping[int, Why] | None = None,
) -> Applied:
    world.client.tally.foresee(plan.header.forecast.calls)
    group_uid, is_new = _ensure_group(world, plan)
    _begin(world, plan, run)
    at = world.group_run(run, group_uid, segment=plan.header.segment)
    if listing is None and not _stands_for_it(world, plan, is_new=is_new):
        listing = EMPTY if is_new else _read_again(at, plan.header.forecast.pages)
    record = plans.plan_record(world.ledger, world.destination, plan.digest)
    read_at = record.read_at if record and (is_new or listing is not None) else None
    made_at = record.created_at if record else 0.0
    try:
        with world.at_work(run.breaker) as executor:
            applied = apply_plan(plan, at, listing, executor=executor, moved=moved, read_at=read_at, made_at=made_at)
    except BaseException:
        show_done(plan, run)
        raise
    if not applied.paused and not applied.in_doubt:
        plans.finish_plan(world.ledger, world.destination, plan.digest)
    return applied


def _read_again(at: GroupRun, pages: int) -> Listing:
    """The group as it is now. So many pages the plan foresaw; where it foresaw none, somebody made the group since."""
    tally = at.run.client.tally
    tally.foresee(pages)
    with tally.under(None if pages else "readings"):
        return at.read()


def _stands_for_it(world: World, plan: PlanFile, *, is_new: bool) -> bool:
    """Whether the ledger stands for the group. A group that the plan saw nobody in may have got somebody since."""
    header = plan.header
    known = header.group_uid or is_new
    return header.actual == "ledger" and bool(known or world.client.dialect.refuses_twins)


def _begin(world: World, plan: PlanFile, run: Run) -> None:
    """From here on the plan changes the group. One that undoes a run keeps every other plan out from now on."""
    header = plan.header
    if not plans.start_plan(world.ledger, world.destination, plan.digest, after=_after(header)):
        raise _stale()
    runs.note_plan(world.ledger, run.id, plan.digest)
    if header.undoes:
        holds.hold(world.ledger, world.destination, header.segment, run=header.undoes)
        return
    rows, open_end = header.customers + header.quarantined, header.source.open_end
    plans.accept_source(world.ledger, header.source.name, rows=rows, open_end=open_end)


def _ensure_group(world: World, plan: PlanFile) -> tuple[str, bool]:
    """(uid, whether it was made just now). A group's name is unique, so a lost answer is looked up by name."""
    header = plan.header
    pinned = groups.pinned_group(world.ledger, world.destination, header.segment)
    if pinned and header.group_uid not in ("", pinned.uid):
        raise PlanRefused("the segment moved to another group", code="plan_stale", hint=NEW_PLAN)
    if pinned:
        return pinned.uid, False
    uid, is_new = (header.group_uid, False) if header.group_uid else _make_group(world, header.group_name)
    check_not_shared(world, header.segment, uid)
    groups.pin_group(world.ledger, world.destination, header.segment, uid=uid, name=header.group_name)
    return uid, is_new


def _make_group(world: World, name: str) -> tuple[str, bool]:
    try:
        return world.client.create_group(name).uid, True
    except ApiError as error:
        if not isinstance(error, InDoubt) and error.code != "duplicate":
            raise
        groups = [group for page in world.client.group_pages() for group in page.items if group.name == name]
        if not groups:
            raise
        return groups[0].uid, False
