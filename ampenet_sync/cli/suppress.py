"""suppress add, import, inbound, list, check, export: who is never to be texted nor made a contact."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from ampenet_sync.cli import advice, codes
from ampenet_sync.cli.options import as_json, note_unmasked, unmask
from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import Terminal, short
from ampenet_sync.cli.tree import Tree

_KEY = click.option("--key", is_flag=True, help="WHO is a customer's key: it binds under any number they get.")
_REASON = click.option("--reason", default="asked", show_default=True, metavar="WORDS", help="Why, for whoever asks.")


@click.group(cls=Tree)
def suppress() -> None:
    """Who is never to be texted nor made a contact, whatever the source says.

    Example:  ampenet-sync suppress add "0712 345 678"
    """


@suppress.command("add")
@click.argument("who", metavar="WHO")
@_KEY
@_REASON
@as_json
@click.pass_obj
def add(session: Session, who: str, key: bool, reason: str, as_json: bool) -> int:
    """Never text this phone, in any writing, or with --key this customer, from now on.

    Example:  ampenet-sync suppress add "0712 345 678" --reason "called on Monday"
    """
    from ampenet_sync.pipeline import suppressing
    from ampenet_sync.pipeline.unmasked import user_here
    from ampenet_sync.reports import suppressions

    terminal, config = Terminal(as_json=as_json), session.looking_back()
    someone = suppressing.who(config, who, key=key)
    news = suppressing.add(config, someone, reason=reason, by=user_here())
    rows = suppressing.find(config, someone)
    terminal.give({"new": news, **suppressions.suppressions_object(rows)})
    terminal.say(*suppressions.suppressions_tables(rows, session.config().zone))
    terminal.say("From now on nobody texts them." if news else "That was known already.")
    return codes.DONE


@suppress.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--column", metavar="NAME", help="Where the numbers stand, if the headings don't say.")
@_REASON
@click.option("--dry-run", is_flag=True, help="Read the list and suppress nobody.")
@as_json
@click.pass_obj
def import_(session: Session, file: Path, column: str | None, reason: str, dry_run: bool, as_json: bool) -> int:
    """Never text any number of a list (.csv, .txt, .xlsx, .parquet) from now on.

    A list that is to be read at each run stands in ampenet.yaml: suppressions: [{csv: stop.csv}].

    Example:  ampenet-sync suppress import stop.csv --dry-run
    """
    from ampenet_sync.pipeline import suppressing
    from ampenet_sync.pipeline.unmasked import user_here
    from ampenet_sync.reports import suppressions

    terminal, config = Terminal(as_json=as_json), session.looking_back()
    listed = suppressing.import_list(config, file, column=column, reason=reason, by=user_here(), dry_run=dry_run)
    terminal.give({**suppressions.listed_object(listed), "dry_run": dry_run})
    terminal.say(*suppressions.lists_lines([listed]))
    if dry_run:
        again = f"suppress import {shlex.quote(str(short(file)))}"
        terminal.say("Nobody was suppressed.", f"Next: {advice.command(session, again)}")
    return codes.DONE


@suppress.command("list")
@unmask
@as_json
@click.pass_obj
def list_(session: Session, unmask: bool, as_json: bool) -> int:
    """List everybody who is suppressed: why, by whom, since when.

    Example:  ampenet-sync suppress list --json
    """
    from ampenet_sync.pipeline import suppressing
    from ampenet_sync.reports import suppressions

    terminal = Terminal(as_json=as_json)
    rows, unmasked = suppressing.each(session.looking_back()), note_unmasked(session, unmask)
    terminal.give(suppressions.suppressions_object(rows, unmasked=unmasked))
    terminal.say(*suppressions.suppressions_tables(rows, session.config().zone, unmasked=unmasked))
    return codes.DONE


@suppress.command("check")
@click.argument("who", metavar="WHO")
@_KEY
@as_json
@click.pass_obj
def check(session: Session, who: str, key: bool, as_json: bool) -> int:
    """Say whether a phone, in any writing, or with --key a customer is suppressed.

    Example:  ampenet-sync suppress check '0712 345 678'
    """
    from ampenet_sync.pipeline import suppressing
    from ampenet_sync.reports import suppressions

    terminal, config = Terminal(as_json=as_json), session.looking_back()
    someone = suppressing.who(config, who, key=key)
    rows, forgotten = suppressing.find(config, someone), suppressing.is_forgotten(config, someone)
    terminal.give({"suppressed": bool(rows) or forgotten, **suppressions.suppressions_object(rows)})
    nothing = "Forgotten: never made a contact, never texted." if forgotten else "Not suppressed by this ledger."
    terminal.say(*(suppressions.suppressions_tables(rows, session.config().zone) if rows else [nothing]))
    return codes.DONE


@suppress.command("inbound")
@click.option("--all", "everything", is_flag=True, help="Read every message that is listed, from the oldest on.")
@click.option(
    "--max-calls", type=click.IntRange(min=1), metavar="CALLS", help="Read by at most so many calls; the next goes on."
)
@as_json
@click.pass_obj
def inbound(session: Session, everything: bool, max_calls: int | None, as_json: bool) -> int:
    """Read what people wrote back since the last look; whoever wrote STOP and nothing else is never texted again.

    The words are stop_words of ampenet.yaml. Each preview and each send looks, too; this one reads to the end. An
    install that lists no inbound messages shows none.

    Example:  ampenet-sync suppress inbound --max-calls 200
    """
    from ampenet_sync.pipeline.inbound import take_in_inbound
    from ampenet_sync.reports.suppressions import inbound_lines, inbound_object

    terminal = Terminal(as_json=as_json)
    session.check()
    with session.world(terminal.progress) as world, terminal.bars():
        read = take_in_inbound(world, most_calls=max_calls, everything=everything)
    terminal.give(inbound_object(read))
    terminal.say(*inbound_lines(read))
    again = advice.command(session, "suppress list" if read.complete or read.refused else "suppress inbound")
    terminal.say(f"Next: {again}")
    return codes.DONE


@suppress.command("export")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), default=Path("suppressed.csv"), show_default=True,
    help="The file to write, with phones in full (0600).",
)  # fmt: skip
@as_json
@click.pass_obj
def export(session: Session, out: Path, as_json: bool) -> int:
    """Write everybody who is suppressed into a CSV file, phones in full. That you did is written down.

    Example:  ampenet-sync suppress export --out suppressed.csv
    """
    from ampenet_sync.pipeline import suppressing

    terminal, config = Terminal(as_json=as_json), session.looking_back()
    note_unmasked(session, True)
    path, rows = suppressing.export(config, out)
    terminal.give({"path": str(path), "rows": rows})
    terminal.say(f"Written: {short(path)}, {rows:,} rows  (whole phone numbers: delete it when you are done)")
    return codes.DONE


COMMANDS = (suppress,)
