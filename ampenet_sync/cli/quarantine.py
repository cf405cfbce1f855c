"""quarantine export, import, repairs: rows that can't be used go out into a file and come back repaired."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ampenet_sync.cli import advice, codes
from ampenet_sync.cli.options import as_json
from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import Terminal, short
from ampenet_sync.cli.tree import Tree

if TYPE_CHECKING:
    from ampenet_sync.pipeline.quarantine import Format

FORMATS = ("xlsx", "csv", "parquet")


@click.group(cls=Tree)
def quarantine() -> None:
    """Rows that can't be used, each with its reason: out into a file, repaired by a person, back in.

    Example:  ampenet-sync quarantine export
    """


@quarantine.command("export")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="By default what --out ends with, else xlsx.")
@click.option("--replace", is_flag=True, help="Overwrite a file that is there already, repaired or not.")
@as_json
@click.pass_obj
def export(session: Session, out: Path | None, form: Format | None, replace: bool, as_json: bool) -> int:
    """Write the source's quarantined rows into a file to repair: place, reason, hint and the row as it stands.

    Rows that are repaired already are left out. A file that is there already stays: the next free name is taken.

    Example:  ampenet-sync quarantine export --out quarantine.xlsx
    """
    from ampenet_sync.pipeline.quarantine import export_quarantined
    from ampenet_sync.reports.quarantine import exported_block, exported_object

    terminal = Terminal(as_json=as_json)
    with terminal.bars():
        config = session.config()
        exported = export_quarantined(config, out=out, form=form, replace=replace, progress=terminal.progress)
    terminal.give(exported_object(exported))
    terminal.say(*exported_block(exported, shown=short))
    terminal.say(advice.after_export(session, exported))
    return codes.DONE


@quarantine.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--dry-run", is_flag=True, help="Judge the repaired rows and keep none of them.")
@as_json
@click.pass_obj
def import_(session: Session, file: Path, dry_run: bool, as_json: bool) -> int:
    """Take back an exported file that somebody repaired; what is usable now is in the next plan.

    Each repaired row stands in for its original until that one changes in the source. Rows left as they were, or
    deleted from the file, stay in quarantine. Nothing at Ampenet is changed.

    Example:  ampenet-sync quarantine import quarantine.xlsx --dry-run
    """
    from ampenet_sync.pipeline.quarantine import import_repaired
    from ampenet_sync.reports.quarantine import imported_block, imported_object

    terminal = Terminal(as_json=as_json)
    with terminal.bars():
        imported = import_repaired(
            session.config(), file, dry_run=dry_run, progress=terminal.progress, now=session.machine.now
        )
    terminal.give(imported_object(imported))
    terminal.say(*imported_block(imported), advice.after_import(session, imported))
    return codes.DONE


@quarantine.command("repairs")
@click.option(
    "--drop", "dropped", metavar="REPAIR", multiple=True, help="Keep this one no more; `unused` or `all` too."
)
@as_json
@click.pass_obj
def repairs(session: Session, dropped: Sequence[str], as_json: bool) -> int:
    """List the repaired rows that stand in for the source's own, and which of them are no longer needed.

    Example:  ampenet-sync quarantine repairs --drop unused
    """
    from ampenet_sync.pipeline.quarantine import drop_repairs, kept_repairs
    from ampenet_sync.reports.quarantine import repairs_block, repairs_object

    terminal, config = Terminal(as_json=as_json), session.config()
    with terminal.bars():
        count = drop_repairs(config, dropped, progress=terminal.progress) if dropped else 0
        kept = kept_repairs(config, progress=terminal.progress)
    terminal.give({**repairs_object(kept), "dropped": count})
    terminal.say(*([f"{count:,} dropped."] if dropped else []), *repairs_block(kept))
    terminal.say(f"Next: {advice.command(session, 'plan')}")
    return codes.DONE


COMMANDS = (quarantine,)
