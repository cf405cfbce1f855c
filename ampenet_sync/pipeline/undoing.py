"""The story of an undo: what a run did to its group, turned round, as a plan that a person looks at like any other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ampenet_sync.contacts import Collisions
from ampenet_sync.errors import PlanRefused, sayable
from ampenet_sync.ledger import groups, holds, links, plans, pruning, runs, suppressions
from ampenet_sync.ledger.changetable import count_forgotten, count_pruned, groups_changed, read_done
from ampenet_sync.ledger.linktable import read_links
from ampenet_sync.ledger.runs import RunRecord
from ampenet_sync.pipeline.actual import Actual, find_actual
from ampenet_sync.pipeline.planning import Planned, forecast, kept_segments
from ampenet_sync.pipeline.world import World
from ampenet_sync.sync.limits import Amounts, judge_plan
from ampenet_sync.sync.listing import find_group
from ampenet_sync.sync.planfile import Counts, Header, PlanSource, write_plan
from ampenet_sync.sync.relations import InMemory
from ampenet_sync.sync.rows import Change, Reason
from ampenet_sync.sync.undo import Undoing, undoing

UNDONE = ("apply", "sync")  # kinds of runs that change a group
SHORTEST = 4  # signs of a run's id that may stand for the whole


def find_run(world: World, wanted: str) -> RunRecord:
    """The run that changed a group and whose id begins like this.

    Raises PlanRefused: `unknown_run`, `run_ambiguous`.
    """
    named = runs.runs_named(world.ledger, wanted) if len(wanted) >= SHORTEST else []
    matching = [run for run in named if run.kind in UNDONE]
    if not matching:
        message = f"the ledger knows no run {sayable(wanted)} that changed a group"
        raise PlanRefused(message, code="unknown_run", hint="look at them: ampenet-sync runs")
    if len(matching) > 1:
        names = ", ".join(f"{run.id} ({run.subject})" for run in matching)
        message = f"{len(matching)} runs begin with {wanted}: {names}"
        raise PlanRefused(message, code="run_ambiguous", hint="type more of the id")
    return matching[0]


def plan_undo(world: World, wanted: str, *, folder: Path | None = None) -> Planned:
    """Write the plan that brings the group back to what it was before the run. Nothing at Ampenet is changed.

    The group is listed or not as for any other plan of the segment. Raises PlanRefused: those of `find_run`,
    `nothing_to_undo` where the run changed nothing, and `pruned`.
    """
    undone = find_run(world, wanted)
    changed = groups_changed(world.ledger, world.destination, undone.id)
    if not changed:
        message = f"run {undone.id} changed no contact at {world.host}"
        raise PlanRefused(message, code="nothing_to_undo", hint="look at the others: ampenet-sync runs")
    segment = _segment(world, undone, changed[0])
    _check_not_pruned(world, undone, changed[0])
    with world.working("undo", segment) as run:
        settings = world.config.segments[segment]
        pinned = groups.pinned_group(world.ledger, world.destination, segment)
        group = find_group(world.client, settings.group, pinned=pinned) if settings.group else None
        actual = find_actual(world, segment, world.group_run(run, changed[0]))
        fields = world.fields(anybody=actual.anybody)
        with undoing(
            read_done(world.ledger, world.destination, undone.id, changed[0]),
            actual.live(fields),
            InMemory(read_links(world.ledger, world.destination, changed[0], fields)),
            suppressed=suppressions.all_suppressed(world.ledger),
            doubts=actual.doubts,
            fields=fields,
            shows_absence=actual.shows_absence,
            clears=world.client.dialect.clears_with_empty,
            folder=run.folder,
        ) as reversal:
            header = _header(world, undone, segment, reversal, group_uid=changed[0], actual=actual)
            plan = write_plan(header, reversal.batches(), folder or world.plans)
    plans.note_plan(world.ledger, world.destination, digest=plan.digest, segment=segment)
    warnings = (
        *actual.warnings(segment, unlisted=header.counts.unlisted),
        f"once this is begun, no other plan changes {segment} until somebody releases it",
    )
    group_now = group.name if group else header.group_name
    return Planned(plan, plan.path, actual.listing, group_now, Collisions(), warnings)


def release(world: World, segment: str) -> bool:
    """Let plans change the segment's group again. False where nobody held it."""
    kept_segments(world.config, [segment])
    return holds.release(world.ledger, world.destination, segment)


def _check_not_pruned(world: World, undone: RunRecord, group_uid: str) -> None:
    """Raises PlanRefused `pruned` where what stood there before isn't kept any more."""
    blank, last = count_pruned(world.ledger, world.destination, undone.id, group_uid), pruning.pruned(world.ledger)
    if blank and last:
        day = datetime.fromtimestamp(last.at, world.config.zone).date().isoformat()
        message = (
            f"run {undone.id} can't be undone: what stood there before {blank:,} of its changes was removed by "
            f"{day}, as retention.outcomes in {world.config.path.name} says"
        )
        raise PlanRefused(message, code="pruned", hint="look for a younger run: ampenet-sync runs")


def _segment(world: World, undone: RunRecord, group_uid: str) -> str:
    """The segment that is kept in the group now. Raises PlanRefused where none is."""
    segment = groups.segment_of_group(world.ledger, world.destination, group_uid)
    if segment not in kept_segments(world.config):
        message = f"run {undone.id} changed group {group_uid}, in which no segment of this configuration is kept"
        raise PlanRefused(message, code="nothing_to_undo", hint="add the segment it was for, with its group, again")
    return segment


def _header(
    world: World, undone: RunRecord, segment: str, reversal: Undoing, *, group_uid: str, actual: Actual
) -> Header:
    settings = world.config.segments[segment]
    counts = _counts(reversal, linked=links.count_links(world.ledger, world.destination, group_uid))
    forgotten = count_forgotten(world.ledger, world.destination, undone.id, group_uid)
    amounts = Amounts(creates=counts.creates, updates=counts.updates, deletes=counts.deletes, linked=counts.linked)
    return Header(
        ledger=world.ledger.id,
        host=world.host,
        account=world.account.uid,
        segment=segment,
        group_name=(settings.group.name if settings.group else None) or "",
        group_uid=group_uid,
        mode=settings.mode or "",
        run_date=world.now().date().isoformat(),
        fields=reversal.fields,
        config_digest=world.config.digest(segment=segment),
        after=actual.after.plan,
        after_claims=actual.after.claims,
        customers=0,
        quarantined=0,
        source=_source(undone),
        counts=counts,
        forecast=forecast(world, counts, new_group=False, pages=actual.pages, each=actual.each),
        violations=tuple(str(violation) for violation in judge_plan(amounts, settings.limits)),
        undoes=undone.id,
        not_restored=tuple(_not_restored(reversal, counts, forgotten=forgotten)),
        actual=actual.side,
        read_at=actual.said_read_at,
        each=actual.each,
    )


def _not_restored(reversal: Undoing, counts: Counts, *, forgotten: int) -> Iterator[str]:
    """What stays after all of the plan is carried out, or comes back another than it was."""
    for count, what in (
        (counts.creates, "made again: with another uid, and the platform counts them as subscribed from then on"),
        (reversal.keeping, "left with a value in a field that was blank before: the platform empties none"),
        (counts.suppressed, "not made again: suppressed by now"),
        (forgotten, "not brought back: forgotten since"),
        (counts.drift, "left alone: somebody changed or removed them after the run"),
        (counts.unlisted, "not brought back before the group is listed: their numbers may stand there by now"),
        (counts.in_doubt, "left alone: an earlier request had no answer yet"),
    ):
        if count:
            yield f"{count:,} {'contact' if count == 1 else 'contacts'} {what}"
    if counts.deletes == counts.linked > 0 and not counts.creates:
        yield "the group itself stays, without our contacts"


def _source(undone: RunRecord) -> PlanSource:
    """The run in place of a source."""
    return PlanSource(
        name=f"run {undone.id}",
        kind="undo",
        digest=undone.id,
        rows=0,
        size=0,
        files=0,
        modified="",
        open_end=False,
        blank_rows=0,
        rows_above=0,
        repaired=0,
    )


def _counts(reversal: Undoing, *, linked: int) -> Counts:
    def because(reason: Reason) -> int:
        return reversal.reasons.get(reason, 0)

    return Counts(
        creates=reversal.count(Change.CREATE),
        updates=reversal.count(Change.UPDATE),
        deletes=reversal.count(Change.DELETE),
        unchanged=0,
        drift=because(Reason.CHANGED_SINCE),
        foreign=0,
        held=0,
        suppressed=because(Reason.SUPPRESSED),
        opted_out=0,
        in_doubt=because(Reason.IN_DOUBT),
        links=0,
        linked=linked,
        unlisted=because(Reason.UNLISTED),
    )
