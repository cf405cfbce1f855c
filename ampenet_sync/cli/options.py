"""Options that several commands share, so that a word means the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from ampenet_sync.cli.session import Session
from ampenet_sync.cli.terminal import short

if TYPE_CHECKING:
    from ampenet_sync.pipeline.applying import Window
    from ampenet_sync.pipeline.world import World


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


def refresh_opt_outs(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--refresh-opt-outs`: a plan that asks, too, who opted out."""
    return click.option(
        "--refresh-opt-outs", is_flag=True,
        help="Ask each contact of the group whether they opted out there, too; the forecast counts the calls.",
    )(command)  # fmt: skip


def window(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--max-calls` and `--max-seconds`, as `max_calls` and `max_seconds`; `window_of` makes a Window of them."""
    seconds = click.option(
        "--max-seconds", type=click.IntRange(min=1), metavar="SECONDS",
        help="Begin no change later than this after the start; the next run goes on.",
    )  # fmt: skip
    calls = click.option(
        "--max-calls", type=click.IntRange(min=1), metavar="CALLS",
        help="Begin no change after this many calls, those that read included; the next run goes on.",
    )  # fmt: skip
    return calls(seconds(command))


def window_of(session: Session, world: World, max_calls: int | None, max_seconds: int | None) -> Window:
    """Counted from the command's start."""
    from ampenet_sync.pipeline.applying import Window

    gone = session.machine.clock() - session.started
    return Window(max_calls, None if max_seconds is None else world.clock() + max_seconds - gone)


def window_words(max_calls: int | None, max_seconds: int | None) -> list[str]:
    """The same options as they are typed, for a command that is advised."""
    given = {"--max-calls": max_calls, "--max-seconds": max_seconds}
    return [f"{name} {value}" for name, value in given.items() if value is not None]


def note_unmasked(session: Session, unmask: bool) -> bool:
    """Where `--unmask` was given, write down who asks and say so on standard error; → whether it was given."""
    if unmask:
        from ampenet_sync.pipeline import unmasked

        path = unmasked.note_unmasked(
            session.config(), click.get_current_context().command_path, now=session.machine.now()
        )
        click.echo(f"Phones and keys are shown in full; noted in {short(path)}.", err=True)
    return unmask
