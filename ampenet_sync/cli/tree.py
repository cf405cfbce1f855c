"""The shape of the command tree: groups that know what was meant, options taken at every level, an example last."""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import click

from ampenet_sync.cli.words import meant_command

SHORTEST = 15  # letters of a sentence that says something before its colon
_EXAMPLE = re.compile(r"\s*^Example:  (ampenet-sync .*)\Z", re.MULTILINE)


class Tree(click.Group):
    """A group of commands that answers a word it doesn't have with the one that was meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        word = args[0]
        if self.get_command(ctx, word) is None and not ctx.resilient_parsing and not word.startswith("-"):
            raise click.UsageError(self._unknown(ctx, word), ctx)
        return super().resolve_command(ctx, args)

    def _unknown(self, ctx: click.Context, word: str) -> str:
        group = " ".join(ctx.command_path.split()[1:])
        message = f"there is no command '{' '.join([*group.split(), word])}'."
        meant = meant_command(group, word, self.commands)
        if not meant:
            return f"{message} There are: {', '.join(sorted(self.commands))}"
        advised = " ".join(["ampenet-sync", *group.split(), meant])
        return f"{message} Did you mean:  {ctx.obj.with_options(advised) if ctx.obj else advised}"


class SessionOption(click.Option):
    """An option of the session: given before or after any command of the tree, it means the same."""


def session_option(*names: str, field: str, **how: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An option of the root that is kept as `field` of the session; `spread` carries it to every command."""

    def remember(ctx: click.Context, _parameter: click.Parameter, value: Any) -> Any:
        if ctx.obj is not None and value not in (None, False, 0):
            setattr(ctx.obj, field, value)
        return value

    return click.option(*names, cls=SessionOption, expose_value=False, callback=remember, **how)


def spread(root: click.Group) -> None:
    """Let every command below take the root's session options, and end each help with its example."""
    options = [option for option in root.params if isinstance(option, SessionOption)]
    for command in commands_of(root):
        if command is not root:
            command.params.extend(_hidden(option) for option in options)
        words = inspect.cleandoc(command.help or "")
        command.short_help = _summary(words)
        if example := _EXAMPLE.search(words):
            command.help = words[: example.start()]
            command.epilog = f"\b\nExample:  {example[1]}"


def commands_of(command: click.Command) -> Iterator[click.Command]:
    """The command and all below it."""
    yield command
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from commands_of(inner)


def _summary(words: str) -> str:
    """The first sentence, up to its colon where something stands before it; lists of commands cut a longer one off."""
    sentence = re.split(r"\.(?:\s|$)", words, maxsplit=1)[0]
    head = sentence.partition(": ")[0]
    return " ".join((head if len(head) > SHORTEST else sentence).split())


def _hidden(option: SessionOption) -> SessionOption:
    """The root's help shows it once for all."""
    copied = copy.copy(option)
    copied.hidden = True
    return copied
