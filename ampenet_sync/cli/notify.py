"""notify: who is told how a run ended. Here a command's end becomes a notice, and a test is sent."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ampenet_sync.cli import codes
from ampenet_sync.cli.hints import hint_of
from ampenet_sync.cli.options import as_json
from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import Terminal
from ampenet_sync.cli.tree import Tree
from ampenet_sync.errors import AmpenetError

if TYPE_CHECKING:
    from ampenet_sync.pipeline.noticing import Delivery

FAILED = 1


@click.group(cls=Tree)
def notify() -> None:
    """Whom ampenet.yaml names under notify, and whether a notice reaches them.

    Example:  ampenet-sync notify test
    """


@notify.command()
@as_json
@click.pass_obj
def test(session: Session, as_json: bool) -> int:
    """Send everybody of notify a notice that says it is a test. Nothing else is called or changed.

    Example:  ampenet-sync notify test
    """
    from ampenet_sync.pipeline.noticing import send_test

    if session.sandbox:
        raise click.UsageError("a rehearsal tells nobody: leave --sandbox out to send a test")
    terminal = Terminal(as_json=as_json)
    deliveries = send_test(session.config())
    terminal.give({"notices": [_object(delivery) for delivery in deliveries]})
    terminal.say(*(_line(session, delivery) for delivery in deliveries))
    if not deliveries:
        terminal.say("Nobody is told of anything: ampenet.yaml has no notify.")
    return FAILED if any(delivery.error for delivery in deliveries) else codes.DONE


COMMANDS = (notify,)


def note_error(session: Session, error: AmpenetError | KeyboardInterrupt, *, stands: str) -> None:
    """The command ended in it. Whoever breaks off before anything is changed, sitting there, knows it already."""
    if session.occasion is None:
        return
    if isinstance(error, AmpenetError):
        session.occasion.failed(error, hint=hint_of(session, error), stands=stands)
    elif session.changing or not sys.stdin.isatty():
        session.occasion.failed(error, stands=stands)


def tell(session: Session) -> None:
    """Everything is committed and printed: whoever wants to know is told how it ended."""
    if session.occasion is None or session.occasion.ending is None:
        return
    from ampenet_sync.pipeline import noticing

    if session.sandbox:
        _say_rehearsal(session)
        return
    noticing.tell(session.occasion, session.config, warn=lambda words: session.log.line(f"Warning: {words}"))


def _say_rehearsal(session: Session) -> None:
    """Where somebody would be told."""
    try:
        wanted = session.config().notify
    except AmpenetError:
        return  # it ended the command and was said already
    if wanted:
        session.log.line("A rehearsal: nobody of notify is told.")


def _object(delivery: Delivery) -> dict[str, object]:
    error = delivery.error
    return {
        "to": delivery.name,
        "on": list(delivery.recipient.on),
        "delivered": error is None,
        "code": error.code if error else "",
        "detail": error.message if error else "",
    }


def _line(session: Session, delivery: Delivery) -> str:
    wants = ", ".join(delivery.recipient.on)
    if delivery.error is None:
        return f"{delivery.name}: delivered; hears of {wants}"
    hint = session.with_options(delivery.error.hint)
    way_out = f"\n  Next: {hint}" if hint else ""
    return f"{delivery.name}: NOT delivered: {delivery.error.message} [{delivery.error.code}]{way_out}"
