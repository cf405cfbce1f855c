"""runs, undo, release: what was done, and how it is taken back."""

from __future__ import annotations

from pathlib import Path

import click

from ampenet_sync.cli import advice, codes, completion
from ampenet_sync.cli.completion import offering
from ampenet_sync.cli.options import as_json, note_unmasked, unmask, yes
from ampenet_sync.cli.proposals import Layout, layouts, proposals_of
from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import Terminal


@click.command()
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many, newest first.")
@as_json
@click.pass_obj
def runs(session: Session, limit: int, as_json: bool) -> int:
    """List the runs that changed something at Ampenet, and what became of it. No call is made.

    Example:  ampenet-sync runs --limit 5
    """
    from ampenet_sync.pipeline.status import look_back
    from ampenet_sync.reports import history

    terminal = Terminal(as_json=as_json)
    past = look_back(session.looking_back(), host=session.host, most=limit)
    terminal.give(history.runs_object(past))
    terminal.say(*history.runs_tables(past, session.config().zone), *advice.after_runs(session, past))
    return codes.DONE


@click.command()
@click.argument("run", metavar="RUN")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the plan file.")
@layouts
@unmask
@as_json
@click.pass_obj
def undo(
    session: Session, run: str, out: Path | None, markdown: bool, html: Path | None, unmask: bool, as_json: bool
) -> int:
    """Make the plan that brings a segment's group back to what it was before a run. Nothing is changed yet.

    RUN is a run's id or how it begins: `ampenet-sync runs` lists them. Look at the plan, then apply it like any other.
    Contacts that somebody changed after the run are left alone, and suppressed people don't return. Once the plan is
    begun, the segment is held: the next schedule would do again what was undone.

    Example:  ampenet-sync undo 3f9a2b71
    """
    from ampenet_sync.pipeline.undoing import plan_undo
    from ampenet_sync.reports.plan import plan_block, undo_object

    layout = Layout(markdown, html)
    terminal = layout.terminal(session, as_json=as_json, unmask=unmask)
    session.check()
    with session.world(terminal.progress) as world:
        with terminal.bars():
            planned = plan_undo(world, run, folder=out)
        page = layout.hand_on(proposals_of(session, world, [planned])) if layout.wanted else {}
    unmasked, advised = note_unmasked(session, unmask), advice.after_plan(session, [planned])
    terminal.give({**undo_object(planned, unmasked=unmasked), **page}, next_lines=advised)
    terminal.say(*plan_block([planned], unmasked=unmasked), *advised)
    return codes.DONE


@click.command()
@click.argument("segment", shell_complete=offering(completion.segments))
@yes
@as_json
@click.pass_obj
def release(session: Session, segment: str, yes: bool, as_json: bool) -> int:
    """Let plans change a segment's group again, after a run was undone in it.

    Example:  ampenet-sync release vip
    """
    from ampenet_sync.pipeline import undoing

    terminal = Terminal(as_json=as_json)
    with session.world(terminal.progress) as world:
        terminal.confirm(f"From now on plans may change segment {segment} again.", expected="yes", yes=yes)
        released = undoing.release(world, segment)
    terminal.give({"segment": segment, "released": released})
    terminal.say(f"{segment} is released." if released else f"{segment} was not held.")
    terminal.say(f"Next: {advice.command(session, f'plan {segment}')}")
    return codes.DONE


COMMANDS = (runs, undo, release)
