"""explain, forget: the whole story of one person, and the end of it."""

from __future__ import annotations

import click

from ampenet_sync.cli import codes
from ampenet_sync.cli.options import as_json, note_unmasked, unmask, yes
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
        explained = explaining.explain(config, who, key=key, machine=session.machine, progress=terminal.progress)
    unmasked = note_unmasked(session, unmask)
    terminal.give(explained_object(explained, unmasked=unmasked))
    terminal.say(*explained_lines(explained, session.config().zone, unmasked=unmasked))
    return codes.DONE


@click.command()
@click.argument("who", metavar="WHO")
@_KEY
@yes
@as_json
@click.pass_obj
def forget(session: Session, who: str, key: bool, yes: bool, as_json: bool) -> int:
    """Erase one person from the ledger, the data folder and every group, for good. Nothing brings them back.

    WHO is a phone in any writing, or a customer's key. A hash stays, by which they are known again, so that they are
    neither made a contact nor texted while the source still has them. What was counted stays counted. What can't be
    erased is named. Whoever is stopped half-way runs the same command again.

    Example:  ampenet-sync forget "0712 345 678"
    """
    from ampenet_sync.pipeline import forgetting
    from ampenet_sync.reports import forgotten

    terminal = Terminal(as_json=as_json)
    session.check()
    with session.world(terminal.progress) as world:
        with terminal.bars():
            sought = forgetting.find(world, who, key=key)
        terminal.say(*forgotten.sought_lines(sought))
        terminal.confirm(forgotten.question(sought), expected="yes", yes=yes)
        session.changing = True
        with terminal.bars():
            forgot = forgetting.forget(world, sought)
    terminal.give(forgotten.forgot_object(forgot))
    terminal.say(*forgotten.forgot_lines(forgot))
    return codes.DONE if forgot.done else codes.UNFINISHED


COMMANDS = (explain, forget)
