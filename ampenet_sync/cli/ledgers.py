"""ledger init, backup, restore, export: the memory that keeps people from being texted twice."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from ampenet_sync.cli.options import as_json, yes
from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import Terminal
from ampenet_sync.cli.tree import Tree

if TYPE_CHECKING:
    from ampenet_sync.config import Config
    from ampenet_sync.pipeline.world import Progress

T = TypeVar("T")


@click.group(cls=Tree)
def ledger() -> None:
    """The ledger: the memory that keeps people from being texted twice.

    Example:  ampenet-sync ledger init
    """


@ledger.command("init")
@as_json
@click.pass_obj
def ledger_init(session: Session, as_json: bool) -> int:
    """Make the ledger that ampenet.yaml names; an existing one is left as it is.

    Example:  ampenet-sync ledger init
    """
    from ampenet_sync.pipeline.status import ledger_address, make_ledger

    terminal = Terminal(as_json=as_json)
    config = session.config()
    made = make_ledger(config)
    terminal.give({"ledger": ledger_address(config), "made": made})
    terminal.say(
        f"{'Made' if made else 'Found'} the ledger {ledger_address(config)}",
        f"Next: {session.with_options('ampenet-sync plan')}",
    )
    return 0


@ledger.command("backup")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@as_json
@click.pass_obj
def ledger_backup(session: Session, file: Path, as_json: bool) -> int:
    """Write the whole ledger into FILE, as it is at one moment; runs that are at work go on.

    The file is a ledger of SQLite, whatever keeps yours. It holds phones: keep it where only you can read it. Where
    people were forgotten, the key that knows them again is written beside it, FILE.forgotten.key.

    Example:  ampenet-sync ledger backup /mnt/backup/ledger.db
    """
    from ampenet_sync.pipeline.backups import back_up
    from ampenet_sync.reports.status import backed_up_lines, copied_object, copied_words

    terminal, _, copied = _at_work(session, as_json, lambda config, progress: back_up(config, file, progress=progress))
    terminal.give(copied_object(copied, path=file))
    terminal.say(
        f"Backed up to {file}: {copied_words(copied)}",
        *backed_up_lines(copied, file),
        f"Should the ledger be lost: {session.with_options(f'ampenet-sync ledger restore {shlex.quote(str(file))}')}",
    )
    return 0


@ledger.command("restore")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@as_json
@click.pass_obj
def ledger_restore(session: Session, file: Path, as_json: bool) -> int:
    """Make a lost ledger again from FILE. One that is there is left alone, as it may know what was sent since.

    FILE.forgotten.key is taken along where it stands beside it.

    Example:  ampenet-sync ledger restore /mnt/backup/ledger.db
    """
    from ampenet_sync.pipeline.backups import restore
    from ampenet_sync.pipeline.status import ledger_address
    from ampenet_sync.reports.status import copied_object, copied_words, restored_lines

    terminal, config, copied = _at_work(
        session, as_json, lambda config, progress: restore(config, file, progress=progress, machine=session.machine)
    )
    terminal.give(copied_object(copied, ledger=ledger_address(config)))
    terminal.say(
        f"Made the ledger {ledger_address(config)}: {copied_words(copied)}",
        *restored_lines(copied, config.zone),
        f"Next: {session.with_options('ampenet-sync plan')}",
    )
    return 0


@ledger.command("export")
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False))
@as_json
@click.pass_obj
def ledger_export(session: Session, folder: Path, as_json: bool) -> int:
    """Write runs.parquet, changes.parquet and messages.parquet into FOLDER, for analysts; phones and keys are masked.

    Example:  ampenet-sync ledger export analysis
    """
    from ampenet_sync.pipeline.backups import export
    from ampenet_sync.reports.status import exported_object

    terminal, _, exported = _at_work(
        session, as_json, lambda config, progress: export(config, folder, progress=progress)
    )
    terminal.give(exported_object(exported))
    terminal.say(*(f"{path}: {rows:,} rows" for path, rows in exported.files))
    return 0


@ledger.command("prune")
@click.option("--dry-run", is_flag=True, help="Show what would be removed, and remove nothing.")
@yes
@as_json
@click.pass_obj
def ledger_prune(session: Session, dry_run: bool, yes: bool, as_json: bool) -> int:
    """Remove now what is older than retention in ampenet.yaml says; runs do so by themselves, once a day.

    What keeps anybody from being made or texted twice stays, so a run whose changes were pruned can't be undone.

    Example:  ampenet-sync ledger prune --dry-run
    """
    from ampenet_sync.pipeline.retaining import look_at, remove_from
    from ampenet_sync.reports.removal import removal_lines, removal_object

    terminal, config, removal = _at_work(session, as_json, lambda config, _: look_at(config, machine=session.machine))
    if removal and not dry_run:
        if not yes:
            terminal.say(*removal_lines(removal, config.zone, done=False))
        terminal.confirm("This removes it for good.", expected="yes", yes=yes, warning="nothing brings this back")
        with terminal.bars():
            removal = remove_from(config, machine=session.machine)
    terminal.give({**removal_object(removal), "removed": not dry_run})
    terminal.say(*removal_lines(removal, config.zone, done=not dry_run))
    if dry_run and removal:
        terminal.say(f"Next: {session.with_options('ampenet-sync ledger prune')}")
    return 0


COMMANDS = (ledger,)


def _at_work(session: Session, as_json: bool, work: Callable[[Config, Progress], T]) -> tuple[Terminal, Config, T]:
    """The work on the ledger as a whole, under a bar."""
    terminal, config = Terminal(as_json=as_json), session.config()
    with terminal.bars():
        return terminal, config, work(config, terminal.progress)
