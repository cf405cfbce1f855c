"""docs/commands.md, made from the click commands, and which exit codes each command has."""

from __future__ import annotations

import inspect
import re
from typing import Final

import click

from ampenet_sync.cli import codes
from ampenet_sync.cli.app import app
from ampenet_sync.cli.interrupts import INTERRUPTED
from tests.cli.parsing import command_at, commands

FAILED, USAGE = 1, 2
MEANS: Final = {
    codes.DONE: "done; also where somebody said no to the question, and nothing was changed",
    FAILED: "an error; its code stands in brackets and in the [runbook](runbook.md)",
    USAGE: "the command line isn't understood, or a `--yes` is missing where nobody can be asked",
    codes.PENDING: "changes are pending (`plan --exit-code`)",
    codes.UNSAFE: "a plan or an audience is over its limits; the other segments were carried out",
    codes.UNFINISHED: "done, but for changes or messages that were refused or are in doubt",
    codes.PAUSED: "the run paused itself; the same command goes on where it was",
    codes.BUSY: "another process holds the segment or the campaign",
    INTERRUPTED: "Ctrl-C or SIGTERM; the same command goes on where it was",
}
ALWAYS: Final = (codes.DONE, FAILED, USAGE, INTERRUPTED)
# Command → the codes it has beside those that all have.
MORE: Final = {
    "plan": (codes.PENDING, codes.UNSAFE),
    "apply": (codes.UNSAFE, codes.UNFINISHED, codes.PAUSED, codes.BUSY),
    "import": (codes.UNSAFE, codes.UNFINISHED, codes.PAUSED, codes.BUSY),
    "sync": (codes.UNSAFE, codes.UNFINISHED, codes.PAUSED, codes.BUSY),
    "forget": (codes.UNFINISHED, codes.BUSY),
    "campaign send": (codes.UNSAFE, codes.UNFINISHED, codes.PAUSED, codes.BUSY),
}

INTRO = """\
# Commands

Every command with its options, an example, and how it ends. `ampenet-sync COMMAND --help` shows the same, without the
exit codes. What the objects of `--json` hold stands in [json](json.md), how the commands behave at a shell in
[at the shell](shell.md).

## Exit codes

| code | meaning |
|---|---|
"""


def commands_page() -> str:
    """The whole page: exit codes, the options that all commands take, and each command of the tree."""
    rows = "".join(f"| {code} | {words} |\n" for code, words in sorted(MEANS.items()))
    shared = f"\n## Options of every command\n\nThey may stand before or behind the command.\n\n{_options(app)}"
    return f"{INTRO}{rows}{shared}{''.join(_entry(path) for path in commands() if path)}"


def exit_codes(path: tuple[str, ...]) -> list[int]:
    return sorted({*ALWAYS, *MORE.get(" ".join(path), ())})


def _entry(path: tuple[str, ...]) -> str:
    command = command_at(path)
    name = " ".join(path)
    words = inspect.cleandoc(command.help or "")
    example = re.sub(r"^\s*Example:\s*", "", (command.epilog or "").replace("\b", "").strip())
    parts = [f"\n## {name}\n", words + "\n", f"```text\n{_usage(path, command)}\n```\n"]
    if isinstance(command, click.Group):
        listed = "".join(f"- [{name} {inner}](#{'-'.join((*path, inner))})\n" for inner in command.commands)
        return "\n".join([*parts, listed])
    parts.extend([_options(command)] if _shown(command) else [])
    ends = ", ".join(map(str, exit_codes(path)))
    return "\n".join([*parts, f"Example: `{example}`\n", f"Exit codes: {ends}.\n"])


def _usage(path: tuple[str, ...], command: click.Command) -> str:
    context = click.Context(command, info_name=" ".join(("ampenet-sync", *path)))
    return " ".join([context.command_path, *command.collect_usage_pieces(context)])


def _options(command: click.Command) -> str:
    rows = "".join(f"| `{_cell(names)}` | {_cell(words)} |\n" for names, words in _shown(command))
    return f"| option | what it does |\n|---|---|\n{rows}"


def _shown(command: click.Command) -> list[tuple[str, str]]:
    """Names and help of each option that the command's own help lists, as click words them."""
    context = click.Context(command, info_name="ampenet-sync", max_content_width=1000)
    own = (option for option in command.params if isinstance(option, click.Option))
    return [record for option in own if (record := option.get_help_record(context))]


def _cell(words: str) -> str:
    return words.replace("|", "\\|")
