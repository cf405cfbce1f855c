"""show: every row of a plan, for whoever is to approve it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ampenet_sync.cli import advice, codes, completion
from ampenet_sync.cli.completion import offering
from ampenet_sync.cli.options import as_json, note_unmasked, unmask
from ampenet_sync.cli.proposals import Layout, layouts, proposal_of
from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import short

if TYPE_CHECKING:
    from ampenet_sync.pipeline.showing import PlanFile, Row

CHANGES = ("update", "create", "delete", "link", "skip")


@click.command()
@click.argument("plan", metavar="PLAN", shell_complete=offering(completion.plans, files=True))
@click.option(
    "--change", "changes", multiple=True, type=click.Choice(CHANGES), help="Only rows of this kind; repeat it for more."
)
@click.option("--key", "keys", multiple=True, metavar="KEY", help="Only this customer.")
@click.option("--reason", "reasons", multiple=True, metavar="CODE", help="Only rows with this reason.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The first rows only.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write them into an .xlsx or .csv, too.",
)
@layouts
@unmask
@as_json
@click.pass_obj
def show(
    session: Session,
    plan: str,
    changes: Sequence[str],
    keys: Sequence[str],
    reasons: Sequence[str],
    limit: int | None,
    out: Path | None,
    markdown: bool,
    html: Path | None,
    unmask: bool,
    as_json: bool,
) -> int:
    """Show every row of a plan: what changes for whom, why, and where the customer stands in the source.

    PLAN is a file, or a plan's digest or how it begins. No call is made.

    Example:  ampenet-sync show 3f9a2b71 --change delete --out deletes.xlsx
    """
    from ampenet_sync.pipeline.showing import choose_rows, open_plan
    from ampenet_sync.reports import planrows
    from ampenet_sync.reports.plan import planfile_heading

    layout = Layout(markdown, html)
    terminal = layout.terminal(session, as_json=as_json, unmask=unmask)
    opened = open_plan(session.config(), plan)
    chosen = choose_rows(opened.plan, changes=changes, keys=keys, reasons=_known(reasons))
    rows, unmasked = chosen[:limit], note_unmasked(session, unmask)
    path = _write(session, out, opened.plan, rows, unmasked=unmasked) if out else None
    written: dict[str, object] = {} if path is None else {"path": str(path), "masked": not unmasked}
    if layout.wanted:
        written |= layout.hand_on([proposal_of(session, opened)])
    terminal.give({**planrows.rows_object(opened.plan, rows, total=len(chosen), unmasked=unmasked), **written})
    terminal.say(*planfile_heading(opened.plan))
    for table in planrows.rows_tables(rows, unmasked=unmasked):
        terminal.say(table)
    terminal.say(_counted(len(rows), len(chosen), len(opened.plan)), *planrows.reason_lines(rows))
    terminal.say(*_written(path, unmasked=unmasked), *advice.after_show(session, opened))
    return codes.DONE


COMMANDS = (show,)


def _known(reasons: Sequence[str]) -> Sequence[str]:
    """Raises UsageError for a word that is no reason; the words are not imported before they are needed."""
    from ampenet_sync.pipeline.showing import REASONS

    for reason in reasons:
        if reason not in REASONS:
            raise click.UsageError(f"there is no reason '{reason}': {', '.join(REASONS)}")
    return reasons


def _write(session: Session, out: Path, plan: PlanFile, rows: Sequence[Row], *, unmasked: bool) -> Path:
    from ampenet_sync.pipeline.showing import write_rows
    from ampenet_sync.reports import planrows

    cells = planrows.file_rows(plan, rows, unmasked=unmasked)
    return write_rows(session.config(), out, planrows.file_columns(plan), cells)


def _counted(shown: int, chosen: int, whole: int) -> str:
    if shown == chosen == whole:
        return f"All rows of the plan: {whole:,}."
    return f"Rows shown: {shown:,}, of {chosen:,} that fit, of {whole:,} in the plan."


def _written(path: Path | None, *, unmasked: bool) -> list[str]:
    if path is None:
        return []
    whole = "whole phone numbers: don't pass it on, and delete it when you are done"
    return [f"Written: {short(path)}  ({whole if unmasked else 'phones are masked; --unmask writes them whole'})"]
