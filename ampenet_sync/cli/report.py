"""report: what the customers' records are like, or with --month what the campaigns sent. It calls nobody and changes
nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from ampenet_sync.cli import codes
from ampenet_sync.cli.months import check_options, report_month
from ampenet_sync.cli.options import as_json
from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import Terminal, short


@click.command()
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The HTML file to write.")
@click.option(
    "--month",
    metavar="YYYY-MM",
    help="Show what the campaigns of this month sent and about cost, instead; --out is .csv or .md.",
)
@click.option("--markdown", is_flag=True, help="Print the month as Markdown, for a chat or a wiki.")
@as_json
@click.pass_obj
def report(session: Session, out: Path | None, month: str | None, markdown: bool, as_json: bool) -> int:
    """Read the source and show how good it is: reasons, countries, shared phones, consent, and the course over time.

    Writes one HTML page that needs nothing beside it, .ampenet/report.html unless --out says otherwise. No token and no
    ledger are needed.

    With --month it tells of campaigns instead: messages, parts, units, about how much money, and the balance before and
    after, by the ledger alone. Months are those of time_zone.

    Example:  ampenet-sync report --out quality.html
    """
    check_options(month, markdown=markdown)
    if month is not None:
        return report_month(session, month, out=out, markdown=markdown, as_json=as_json)
    from ampenet_sync.pipeline.intake import take_in
    from ampenet_sync.pipeline.quality import REPORT, assess, check_report, keep_page
    from ampenet_sync.pipeline.trend import past_readings
    from ampenet_sync.reports.drawing import check_drawing
    from ampenet_sync.reports.quality import quality_lines, quality_object

    check_drawing()
    from ampenet_sync.reports.quality_page import quality_page

    terminal, config, now = Terminal(as_json=as_json), session.config(), session.machine.clock()
    path = out or config.home / REPORT
    check_report(config, path)
    with terminal.bars():
        intake = take_in(config, progress=terminal.progress)
    quality = assess(config, intake, past=past_readings(config, intake.identity.name), now=now)
    made_at = datetime.fromtimestamp(now, UTC).astimezone(config.zone)
    keep_page(quality_page(quality, made_at=made_at), path)
    terminal.give(quality_object(quality, path=path))
    terminal.say(
        *quality_lines(quality), f"Report: {short(path)} (it names customers by their keys; no phone is in it)"
    )
    terminal.say(f"Next: {session.with_options(_next(quality.quarantined))}")
    return codes.DONE


def _next(quarantined: int) -> str:
    if quarantined:
        return "ampenet-sync quarantine export  (it writes the rows to repair)"
    return "ampenet-sync plan"


COMMANDS = (report,)
