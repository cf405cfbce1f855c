"""Options that several commands share, so that a word means the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import short


def _remember_json(context: click.Context, _parameter: click.Parameter, value: bool) -> bool:
    session: Session = context.obj
    session.json = session.json or value
    return value


def as_json(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--json`: one object on standard output and no questions. An error then is an object too."""
    return click.option(
        "--json", "as_json", is_flag=True, callback=_remember_json, help="Print one JSON object; ask nothing."
    )(command)


def yes(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--yes", is_flag=True, help="Don't ask; needed where nobody can be asked.")(command)


def unmask(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--unmask`: phones and keys in full; `unmasked` writes down who asked for it."""
    return click.option("--unmask", is_flag=True, help="Show phones and keys in full; that you did is written down.")(
        command
    )


def note_unmasked(session: Session, unmask: bool) -> bool:
    """Where `--unmask` was given, write down who asks and say so on standard error; → whether it was given."""
    if unmask:
        from ampenet_sync.pipeline import unmasked

        path = unmasked.note_unmasked(
            session.config(), click.get_current_context().command_path, now=session.machine.now()
        )
        click.echo(f"Phones and keys are shown in full; noted in {short(path)}.", err=True)
    return unmask
