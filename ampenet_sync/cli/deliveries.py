"""campaign report: what became of a campaign's messages after they were sent."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ampenet_sync.cli import advice, codes, completion
from ampenet_sync.cli.campaigns import campaign
from ampenet_sync.cli.completion import offering
from ampenet_sync.cli.options import as_json, note_unmasked, unmask
from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import Terminal, short

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ampenet_sync.pipeline.delivery import DeliveryReport
    from ampenet_sync.pipeline.world import World

MOST_CALLS = 300


@campaign.command("report")
@click.argument("name", shell_complete=offering(completion.campaigns))
@click.option("--edition", metavar="EDITION", help="Another edition than the one that was begun last.")
@click.option("--refresh", is_flag=True, help="Ask for every status once more, also for those that don't change.")
@click.option(
    "--max-calls", type=click.IntRange(min=0), default=MOST_CALLS, show_default=True, metavar="CALLS",
    help="Read by at most so many calls; the next report goes on. 0 reads nothing.",
)  # fmt: skip
@click.option("--recipients", is_flag=True, help="List every recipient, too.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write every recipient into a .csv, .xlsx or .parquet.",
)  # fmt: skip
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write one HTML page that needs nothing beside it.",
)  # fmt: skip
@unmask
@as_json
@click.pass_obj
def report(
    session: Session,
    name: str,
    edition: str | None,
    refresh: bool,
    max_calls: int,
    recipients: bool,
    out: Path | None,
    html: Path | None,
    unmask: bool,
    as_json: bool,
) -> int:
    """Read back what became of a campaign's messages, and show it by status. Nothing is sent.

    Statuses that don't change any more are asked for once; what was read stays in the ledger. "Delivered" means that
    the gateway took a message, not that it is on a handset.

    Example:  ampenet-sync campaign report hello --html hello.html
    """
    from ampenet_sync.pipeline.delivery import read_deliveries
    from ampenet_sync.reports.delivery import delivery_block, delivery_object

    terminal = Terminal(as_json=as_json)
    _check(session, out, html, unmask=unmask, recipients=recipients)
    with session.world(terminal.progress) as world:
        with terminal.bars():
            read = read_deliveries(world, name, edition=edition, refresh=refresh, most_calls=max_calls)
        unmasked = note_unmasked(session, unmask)
        written = _write(session, world, read, out=out, html=html, unmasked=unmasked)
        rows = [*_rows(world, read, unmasked=unmasked)] if recipients else None
        calls = world.client.calls
    listed = _listed(rows)
    advised = _next(session, read)
    terminal.give({**delivery_object(read, calls=calls), **listed, **written}, next_lines=[advised])
    terminal.say(*delivery_block(read))
    if rows:
        from ampenet_sync.reports.delivery import recipients_table

        terminal.say(recipients_table(rows))
    terminal.say(*_written_lines(out, html, written), f"{calls:,} calls.", advised)
    return codes.DONE


def _check(session: Session, out: Path | None, html: Path | None, *, unmask: bool, recipients: bool) -> None:
    """Before any call is made. Raises UsageError and ConfigError."""
    if unmask and not (recipients or out):
        raise click.UsageError("--unmask shows recipients in full: add --recipients or --out FILE")
    if out is not None:
        from ampenet_sync.pipeline.delivery import check_table

        check_table(session.config(), out)
    if html is not None:
        from ampenet_sync.pipeline.showing import check_page
        from ampenet_sync.reports.drawing import check_drawing

        check_drawing()
        check_page(session.config(), html)
    session.check()


def _write(
    session: Session, world: World, read: DeliveryReport, *, out: Path | None, html: Path | None, unmasked: bool
) -> dict[str, Any]:
    """The files that were asked for; → where they are, for a script."""
    written: dict[str, Any] = {}
    if out is not None:
        from ampenet_sync.pipeline.delivery import write_recipients
        from ampenet_sync.reports.delivery import COLUMNS

        rows = _rows(world, read, unmasked=unmasked)
        written |= {"path": str(write_recipients(session.config(), out, COLUMNS, rows)), "masked": not unmasked}
    if html is not None:
        from ampenet_sync.pipeline.delivery import keep_page
        from ampenet_sync.reports.delivery_page import delivery_page

        made_at = datetime.fromtimestamp(session.machine.clock(), UTC).astimezone(session.config().zone)
        keep_page(delivery_page(read, made_at=made_at), html)
        written |= {"html": str(html)}
    return written


def _rows(world: World, read: DeliveryReport, *, unmasked: bool) -> Iterator[Sequence[str]]:
    from ampenet_sync.pipeline.delivery import each_recipient
    from ampenet_sync.reports.delivery import recipient_rows

    return recipient_rows(each_recipient(world, read), unmasked=unmasked)


def _listed(rows: Sequence[Sequence[str]] | None) -> dict[str, Any]:
    if rows is None:
        return {}
    from ampenet_sync.reports.delivery import recipient_object

    return {"recipients": [recipient_object(row) for row in rows]}


def _written_lines(out: Path | None, html: Path | None, written: dict[str, Any]) -> Iterator[str]:
    if out is not None:
        whole = "whole phone numbers: don't pass it on, and delete it when you are done"
        note = "phones are masked; --unmask writes them whole" if written["masked"] else whole
        yield f"Written: {short(Path(written['path']))}  ({note})"
    if html is not None:
        yield f"Page: {short(html)}  (no phone is in it)"


def _next(session: Session, read: DeliveryReport) -> str:
    if read.unread:
        return f"Next: {advice.command(session, f'campaign report {read.campaign}')}  (it goes on where this one ended)"
    if read.state == "paused":
        return f"Next: {advice.command(session, f'campaign resume {read.campaign}')}  (somebody paused it)"
    if read.paused:
        again = f"campaign send {read.campaign} --audience {read.audience}"
        return f"Next: {advice.command(session, again)}  (nobody is texted twice)"
    return f"Next: {advice.command(session, 'status')}"


COMMANDS = (campaign,)  # with the command above in it
