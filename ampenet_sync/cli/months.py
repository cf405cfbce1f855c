"""report --month: what the campaigns of a month sent and about cost. It calls nobody and needs no source."""

from __future__ import annotations

from pathlib import Path

import click

from ampenet_sync.cli import codes
from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import Terminal, short


def report_month(session: Session, month: str, *, out: Path | None, markdown: bool, as_json: bool) -> int:
    """Show it as a table or Markdown, and write it into a .csv or .md where one is named."""
    from ampenet_sync.pipeline.monthly import check_month_file, keep_month, month_report
    from ampenet_sync.reports.monthly import month_block, month_csv, month_markdown, month_object

    if markdown and as_json:
        raise click.UsageError("--markdown and --json both print the result: give one of them")
    terminal, config = Terminal(as_json=as_json, quiet=markdown), session.looking_back()
    if out is not None:
        check_month_file(config, out)
    report, zone = month_report(config, month, host=session.host), config.zone
    written: dict[str, str] = {}
    if out is not None:
        text = month_csv(report) if out.suffix.lower() == ".csv" else month_markdown(report, zone)
        written = {"path": str(keep_month(out, text))}
    terminal.give({**month_object(report), **written})
    if markdown:
        click.echo(month_markdown(report, zone), nl=False)
    terminal.say(*month_block(report, zone))
    if written:
        terminal.say(f"Written: {short(Path(written['path']))}")
    return codes.DONE


def check_options(month: str | None, *, markdown: bool) -> None:
    if markdown and month is None:
        raise click.UsageError("--markdown is of --month: add it, such as --month 2026-11")
