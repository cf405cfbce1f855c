"""plan, apply, sync, status: commands around contacts."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ampenet_sync.cli import advice, codes, completion
from ampenet_sync.cli.completion import offering
from ampenet_sync.cli.options import (
    as_json,
    note_unmasked,
    refresh_opt_outs,
    unmask,
    window,
    window_of,
    window_words,
    yes,
)
from ampenet_sync.cli.proposals import Layout, layouts, proposals_of
from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ampenet_sync.pipeline.intake import Intake
    from ampenet_sync.pipeline.planning import Planned
    from ampenet_sync.pipeline.showing import OpenedPlan
    from ampenet_sync.pipeline.world import World


@click.command()
@click.argument("segments", nargs=-1, metavar="[SEGMENT]...", shell_complete=offering(completion.segments))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the plan files.")
@click.option(
    "--exit-code", "tell_pending", is_flag=True, help="Exit 3 where changes are pending, 4 where one is unsafe."
)
@refresh_opt_outs
@layouts
@unmask
@as_json
@click.pass_obj
def plan(
    session: Session,
    segments: Sequence[str],
    out: Path | None,
    tell_pending: bool,
    refresh_opt_outs: bool,
    markdown: bool,
    html: Path | None,
    unmask: bool,
    as_json: bool,
) -> int:
    """Show what would change in each segment's group. Nothing is changed.

    Example:  ampenet-sync plan vip --exit-code
    """
    from ampenet_sync.reports.intake import intake_block
    from ampenet_sync.reports.plan import plan_block, plans_object

    layout = Layout(markdown, html)
    terminal = layout.terminal(session, as_json=as_json, unmask=unmask)
    with opened(session, terminal) as (world, intake):
        planned = plan_all(world, intake, segments, folder=out, terminal=terminal, refresh_opt_outs=refresh_opt_outs)
        page = layout.hand_on(proposals_of(session, world, planned)) if layout.wanted else {}
    unmasked = note_unmasked(session, unmask)
    advised = advice.after_plan(session, planned)
    terminal.give({**plans_object(planned, intake, unmasked=unmasked), **page}, next_lines=advised)
    terminal.say(
        *intake_block(intake, world.config.zone),
        *plan_block(planned, unmasked=unmasked, zone=world.config.zone),
        *advised,
    )
    return codes.of_plans(planned) if tell_pending else codes.DONE


@click.command()
@click.argument("plan", metavar="PLAN", shell_complete=offering(completion.plans, files=True))
@click.option(
    "--allow", metavar="DIGEST", shell_complete=offering(completion.plans),
    help="Carry this plan out although it is over a limit.",
)  # fmt: skip
@window
@yes
@unmask
@as_json
@click.pass_obj
def apply(
    session: Session,
    plan: str,
    allow: str | None,
    max_calls: int | None,
    max_seconds: int | None,
    yes: bool,
    unmask: bool,
    as_json: bool,
) -> int:
    """Carry out a plan, exactly: rows whose customer or contact moved since it was made are left alone and named.

    PLAN is a file, or a plan's digest or how it begins. That somebody made another plan meanwhile spoils nothing.

    Example:  ampenet-sync apply 3f9a2b71c04d8e65
    """
    from ampenet_sync.pipeline.applying import apply_file
    from ampenet_sync.pipeline.showing import open_plan
    from ampenet_sync.reports.outcome import applied_lines, applied_object, calls_line
    from ampenet_sync.reports.plan import changes_words, planfile_block

    terminal = Terminal(as_json=as_json)
    occasion = session.begin_occasion("apply")
    opened = open_plan(session.config(), plan)
    occasion.subject = opened.plan.header.segment
    with _opened_for(opened, session, terminal) as (world, intake):
        unmasked = note_unmasked(session, unmask)
        terminal.say(advice.where(world), *planfile_block(opened.plan, unmasked=unmasked))
        terminal.confirm(f"This changes {changes_words(opened.plan.header)}.", expected="yes", yes=yes)
        session.changing = True
        with advice.allowing(session, opened), terminal.bars():
            bounds = window_of(session, world, max_calls, max_seconds)
            applied = apply_file(world, opened.path, allow=allow, intake=intake, window=bounds)
        calls = world.client.tally.used()
        bounds_again = window_words(max_calls, max_seconds)
        advised = advice.after_apply(session, applied, plan, allow=allow, bounds=bounds_again)
        occasion.came_to(applied, next_lines=[advised])
    terminal.give(applied_object(applied, calls=calls), next_lines=[advised])
    terminal.say(*applied_lines(applied), calls_line(calls), advised)
    return codes.of_outcomes([applied])


@click.command()
@click.argument("segments", nargs=-1, metavar="[SEGMENT]...", shell_complete=offering(completion.segments))
@refresh_opt_outs
@window
@yes
@unmask
@as_json
@click.pass_obj
def sync(
    session: Session,
    segments: Sequence[str],
    refresh_opt_outs: bool,
    max_calls: int | None,
    max_seconds: int | None,
    yes: bool,
    unmask: bool,
    as_json: bool,
) -> int:
    """Plan and apply in one go. A segment over its limits is left out, the others go on (exit 4).

    Example:  ampenet-sync sync --yes
    """
    from ampenet_sync.pipeline.applying import sync_segments
    from ampenet_sync.reports.intake import counts_object, intake_block
    from ampenet_sync.reports.outcome import calls_line, runs_block, runs_object
    from ampenet_sync.reports.plan import plan_block

    terminal = Terminal(as_json=as_json)
    occasion = session.begin_occasion("sync", " ".join(segments))
    with opened(session, terminal) as (world, intake):
        terminal.say(advice.where(world), *intake_block(intake, world.config.zone))
        approved = None
        if not yes:
            with world.client.tally.under("shown"):
                planned = plan_all(world, intake, segments, terminal=terminal, refresh_opt_outs=refresh_opt_outs)
            terminal.say(*plan_block(planned, unmasked=note_unmasked(session, unmask), zone=world.config.zone))
            approved = approved_by_hand(planned, terminal)
        session.changing = True
        with terminal.bars():
            bounds = window_of(session, world, max_calls, max_seconds)
            runs = sync_segments(
                world, intake, segments, approved=approved, window=bounds, refresh_opt_outs=refresh_opt_outs
            )
        calls = world.client.tally.used()
        options = [*(["--refresh-opt-outs"] if refresh_opt_outs else []), *window_words(max_calls, max_seconds)]
        advised = advice.after_sync(session, runs, names=segments, bounds=options)
        occasion.came_to(runs, next_lines=advised)
    terminal.give({**runs_object(runs, calls=calls), **counts_object(intake)}, next_lines=advised)
    terminal.say(*runs_block(runs), calls_line(calls), *advised)
    return codes.of_runs(runs)


@click.command()
@as_json
@click.pass_obj
def status(session: Session, as_json: bool) -> int:
    """Show what the ledger knows of plans and campaigns. No call is made.

    Example:  ampenet-sync status --json
    """
    from ampenet_sync.pipeline.status import read_status
    from ampenet_sync.reports.status import status_object, status_tables

    terminal = Terminal(as_json=as_json)
    state = read_status(session.looking_back(), host=session.host)
    terminal.give(status_object(state))
    terminal.say(*status_tables(state, session.config().zone))
    return codes.DONE


COMMANDS = (plan, apply, sync, status)


def approved_by_hand(planned: Sequence[Planned], terminal: Terminal, *, allow: str | None = None) -> dict[str, str]:
    """Segment → digest of the plan that a person saw and said yes to; nobody is asked where nothing would change.

    `allow` is the digest of one that is over its limits and is to be carried out all the same.
    """
    from ampenet_sync.reports.plan import changes_words

    pending = [entry.plan for entry in planned if codes.pending([entry])]
    meant = [plan.header for plan in pending if plan.header.verdict == "safe" or plan.digest == allow]
    changes = "; ".join(changes_words(header) for header in meant)
    terminal.confirm(f"This changes {changes}.", expected="yes", yes=not meant)
    return {entry.plan.header.segment: entry.plan.digest for entry in planned}


@contextmanager
def opened(session: Session, terminal: Terminal) -> Iterator[tuple[World, Intake]]:
    """The world and the customers as they are now. The source is read first: a bad one needs no call."""
    config = session.check()
    from ampenet_sync.pipeline.intake import take_in
    from ampenet_sync.reports import suppressions

    with terminal.bars():
        intake = take_in(config, progress=terminal.progress)
    with session.world(terminal.progress) as world:
        terminal.say(*suppressions.lists_lines(world.stop_lists))
        yield world, intake


@contextmanager
def _opened_for(given: OpenedPlan, session: Session, terminal: Terminal) -> Iterator[tuple[World, Intake | None]]:
    """The same for a plan. Customers who were handed in can't be read again, and a plan that undoes a run asks nothing
    of the source: then only the contacts are read."""
    if given.plan.header.source.kind in ("handed", "undo"):
        with session.world(terminal.progress) as world:
            yield world, None
        return
    with opened(session, terminal) as (world, intake):
        yield world, intake


def plan_all(
    world: World,
    intake: Intake,
    segments: Sequence[str],
    *,
    terminal: Terminal,
    folder: Path | None = None,
    refresh_opt_outs: bool = False,
) -> list[Planned]:
    from ampenet_sync.pipeline.planning import kept_segments, plan_segment

    with terminal.bars():
        return [
            plan_segment(world, intake, name, folder=folder, refresh_opt_outs=refresh_opt_outs)
            for name in kept_segments(world.config, segments)
        ]
