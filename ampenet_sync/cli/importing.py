"""import: the people of a file that nobody configured, into one group."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ampenet_sync.cli import advice, codes
from ampenet_sync.cli.byhand import ByHand, by_hand, group_name
from ampenet_sync.cli.contacts import approved_by_hand, opened
from ampenet_sync.cli.options import as_json, note_unmasked, unmask, window, window_of, window_words, yes
from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import Terminal

if TYPE_CHECKING:
    from ampenet_sync.config import Config
    from ampenet_sync.pipeline.applying import Window
    from ampenet_sync.pipeline.importing import RecognisedFile
    from ampenet_sync.pipeline.intake import Intake
    from ampenet_sync.pipeline.world import World


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--group", required=True, metavar="NAME", callback=group_name,
    help="The Ampenet group; it is made if it isn't there.",
)  # fmt: skip
@by_hand
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--allow", metavar="DIGEST", help="Carry this plan out although it is over a limit.")
@window
@yes
@unmask
@as_json
@click.pass_obj
def import_file(
    session: Session,
    file: Path,
    group: str,
    by_hand: ByHand,
    dry_run: bool,
    allow: str | None,
    max_calls: int | None,
    max_seconds: int | None,
    yes: bool,
    unmask: bool,
    as_json: bool,
) -> int:
    """Put the people of one file into a group, without a configuration: its columns are recognised.

    It adds and corrects contacts, and never deletes one. Its ledger is kept in .ampenet, so that a second time changes
    only what is new. Where an ampenet.yaml is here, its account and ledger are taken.

    Example:  ampenet-sync import wateja.xlsx --group Wateja --dry-run
    """
    from ampenet_sync.pipeline.importing import CHOSEN, check_nobody_keeps
    from ampenet_sync.reports.intake import intake_block
    from ampenet_sync.reports.recognised import quarantined_lines, recognised_lines

    terminal, beside = Terminal(as_json=as_json), _beside(session)
    if not dry_run:
        session.begin_occasion("import", group)
    seen = _prepared(session, file, group, by_hand, beside)
    again = [*_words(file, group, by_hand), *" ".join(window_words(max_calls, max_seconds)).split()]
    terminal.say(*recognised_lines(seen.recognition, CHOSEN, region=seen.region))
    with opened(session, terminal) as (world, intake):
        check_nobody_keeps(world, group, beside=beside)
        terminal.say(advice.where(world), *intake_block(intake, world.config.zone), *quarantined_lines(intake))
        unmasked = note_unmasked(session, unmask)
        if dry_run:
            return _show(session, terminal, world, intake, seen, again, unmasked=unmasked)
        approved = None if yes else _approved(terminal, world, intake, allow, unmasked=unmasked)
        bounds = window_of(session, world, max_calls, max_seconds)
        return _run(session, terminal, world, intake, seen, again, approved=approved, allow=allow, bounds=bounds)


COMMANDS = (import_file,)


def _approved(terminal: Terminal, world: World, intake: Intake, allow: str | None, *, unmasked: bool) -> str | None:
    """The digest of the plan that a person saw and said yes to."""
    from ampenet_sync.pipeline.importing import plan_import
    from ampenet_sync.reports.plan import plan_block

    with terminal.bars(), world.client.tally.under("shown"):
        planned = plan_import(world, intake)
    terminal.say(*plan_block([planned], unmasked=unmasked))
    return approved_by_hand([planned], terminal, allow=allow).get(planned.plan.header.segment)


def _show(
    session: Session,
    terminal: Terminal,
    world: World,
    intake: Intake,
    seen: RecognisedFile,
    again: Sequence[str],
    *,
    unmasked: bool,
) -> int:
    from ampenet_sync.pipeline.importing import CHOSEN, plan_import
    from ampenet_sync.reports.outcome import runs_object
    from ampenet_sync.reports.plan import plan_block, plans_object
    from ampenet_sync.reports.recognised import recognised_object

    with terminal.bars():
        planned = [plan_import(world, intake)]
    advised = advice.after_dry_import(session, planned, again)
    plans = plans_object(planned, intake, unmasked=unmasked)
    nothing = runs_object([], calls=world.client.tally.used())
    columns = recognised_object(seen.recognition, CHOSEN)
    terminal.give({**columns, **plans, **nothing}, next_lines=advised)
    terminal.say(*plan_block(planned, unmasked=unmasked), *advised)
    return codes.DONE


def _run(
    session: Session,
    terminal: Terminal,
    world: World,
    intake: Intake,
    seen: RecognisedFile,
    again: Sequence[str],
    *,
    approved: str | None,
    allow: str | None,
    bounds: Window,
) -> int:
    from ampenet_sync.pipeline.importing import CHOSEN, run_import
    from ampenet_sync.reports.intake import counts_object
    from ampenet_sync.reports.outcome import calls_line, runs_block, runs_object
    from ampenet_sync.reports.recognised import recognised_object

    session.changing = True
    with terminal.bars():
        runs = run_import(world, intake, approved=approved, allow=allow, window=bounds)
    calls = world.client.tally.used()
    advised = advice.after_file(session, runs, again)
    if session.occasion is not None:
        session.occasion.came_to(runs, next_lines=advised)
    columns = recognised_object(seen.recognition, CHOSEN)
    figures = {**runs_object(runs, calls=calls), **counts_object(intake)}
    terminal.give({**columns, **figures}, next_lines=advised)
    terminal.say(*runs_block(runs), calls_line(calls), *advised)
    return codes.of_runs(runs)


def _beside(session: Session) -> Config | None:
    """The configuration that is here, or that somebody named; most have none."""
    if session.config_path == Session.config_path and not session.config_path.exists():
        return None
    from ampenet_sync.config import load

    return load(session.config_path)


def _prepared(session: Session, file: Path, group: str, by_hand: ByHand, beside: Config | None) -> RecognisedFile:
    """Recognise the columns, let the session go by them, and make the ledger if the token is there."""
    from ampenet_sync.config import token
    from ampenet_sync.pipeline.importing import configured
    from ampenet_sync.pipeline.status import make_ledger

    session.unconfigured = True
    here = Path.cwd()
    seen = by_hand.see(file, folder=here, beside=beside)
    session.made = configured(seen, group=group, folder=here, beside=beside)
    if not session.sandbox:
        token(session.made)
        make_ledger(session.made)
    return seen


def _words(file: Path, group: str, by_hand: ByHand) -> list[str]:
    """The command once more, as it is typed."""
    return ["import", str(file), "--group", group, *by_hand.words()]
