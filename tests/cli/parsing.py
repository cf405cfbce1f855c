"""The command tree as tests walk it, and words parsed as if they were to run. It holds no expectations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from ampenet_sync.cli.app import app
from ampenet_sync.cli.session import Session


def commands(command: click.Command = app, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of each command of the tree, groups and the root among them."""
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))


def command_at(path: tuple[str, ...]) -> click.Command:
    command: click.Command = app
    for name in path:
        command = command.commands[name]  # type: ignore[attr-defined]
    return command


def parsed(words: list[str]) -> click.Context:
    """Everything parsed as if it were to run. Raises UsageError."""
    context = app.make_context("ampenet-sync", words, obj=Session())
    command: click.Command = app
    while isinstance(command, click.Group):
        rest = [*getattr(context, "_protected_args", ()), *context.args]
        name, found, rest = command.resolve_command(context, rest)
        assert found is not None
        command, context = found, found.make_context(name, rest, parent=context)
    return context


def make_files_of(words: list[str]) -> None:
    """Files that an argument has to name, in this folder."""
    for word in words:
        if word.endswith((".xlsx", ".csv")):
            Path(word).touch()
