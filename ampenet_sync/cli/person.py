"""explain: the whole story of one person."""

from __future__ import annotations

import click

from ampenet_sync.cli import codes
from ampenet_sync.cli.options import as_json, note_unmasked, unmask
from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import Terminal

_KEY = click.option("--key", is_flag=True, help="WHO is a customer's key, though it reads like a phone.")


@click.command()
@click.argument("who", metavar="WHO")
@_KEY
@unmask
@as_json
@click.pass_obj
def explain(session: Session, who: str, key: bool, unmask: bool, as_json: bool) -> int:
    """Tell everything that is known of one person, in order of time. No call is made.

    WHO is a phone in any writing, or a customer's key. Told are their row in the source or in quarantine, the segments
    they are in or why not, each plan and change with what stood before and after, each message and what became of it,
    and who said that they are never to be texted. What only others say, or nobody knows to be done, is marked hearsay.

    Example:  ampenet-sync explain "0712 345 678"
    """
    from ampenet_sync.pipeline import explaining
    from ampenet_sync.reports.person import explained_lines, explained_object

    terminal, config = Terminal(as_json=as_json), session.looking_back()
    with terminal.bars():
        found = explaining.explain(config, who, key=key, machine=session.machine, progress=terminal.progress)
    unmasked = note_unmasked(session, unmask)
    terminal.give(explained_object(found, unmasked=unmasked))
    terminal.say(*explained_lines(found, unmasked=unmasked))
    return codes.DONE


COMMANDS = (explain,)
