"""What reaches the screen: lines, tables, one JSON object, progress, questions. It knows nothing of contacts."""

from __future__ import annotations

import codecs
import io
import json
import os
import shlex
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ampenet_sync.cli.answers import judge_answer
from ampenet_sync.cli.logs import Log
from ampenet_sync.cli.progress import Bars
from ampenet_sync.errors import AmpenetError
from ampenet_sync.machine import HERE
from ampenet_sync.reports.plain import plain, spelt

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from ampenet_sync.cli.session import Session

WIDTH_ELSEWHERE = 120  # columns where standard output is a file or a pipe
SPELLING = "ampenet-spelling"  # how letters are printed that a stream doesn't have
PLAIN_ASCII = "ampenet_ascii"


class Declined(Exception):
    """Somebody was asked and said no. Nothing was changed, and nothing went wrong."""


class Terminal:
    """Standard output for the result, standard error for the way there. With `as_json` only one object comes out.

    With `quiet` nothing comes out by itself: the command prints the result in a layout of its own.
    """

    def __init__(self, *, as_json: bool, quiet: bool = False) -> None:
        self.as_json, self.quiet = as_json, quiet
        context = click.get_current_context(silent=True)
        self._session: Session | None = context.obj if context else None
        self._bars = self._session.bars if self._session else Bars(Log("", HERE.clock), clock=HERE.clock)

    def say(self, *lines: RenderableType) -> None:
        """Lines or tables for a person; nothing where a script reads."""
        if self.as_json or self.quiet or not lines:
            return
        console = _console()
        with console.capture() as shown:
            for line in lines:
                if isinstance(line, str):
                    line = folded(spelt(plain(line), console.encoding), _screen_width(console))
                console.print(line, highlight=False, soft_wrap=isinstance(line, str), markup=False)
        click.echo("\n".join(line.rstrip() for line in shown.get().splitlines()))

    def give(self, answer: dict[str, Any], *, next_lines: Sequence[str] | None = None) -> None:
        """The result for a script, in ASCII so that it passes everywhere; nothing where a person reads.

        With `next_lines`, what a person is advised to do next, it is the answer of a run and says when that was.
        """
        if self.as_json:
            traced = self._session.trace(next_lines) if self._session and next_lines is not None else {}
            click.echo(json.dumps({**answer, **traced}))

    def progress(self, what: str, done: int, total: int | None) -> None:
        self._bars.show(what, done, total)

    @contextmanager
    def bars(self) -> Iterator[None]:
        """Show progress within the block: bars on a terminal, lines elsewhere."""
        with self._bars.open():
            yield

    def confirm(
        self, question: str, *, expected: str, yes: bool, warning: str = "this changes things at Ampenet"
    ) -> None:
        """Go on only with --yes or the typed word. Raises Declined for a no, UsageError where nobody can be asked."""
        if yes:
            return
        if self.as_json or not _somebody_there():
            raise click.UsageError(f"{warning}: look at it first, then add --yes")
        asked = plain(f"{question} Type {expected} to go on, no to leave it")
        answer = judge_answer(click.prompt(asked, default="", show_default=False), expected=expected)
        if answer == "no":
            raise Declined
        if answer != "yes":
            hint = f"run it again and type {expected}, or leave it"
            raise AmpenetError(f"what was typed is not {expected}", code="not_confirmed", hint=plain(hint))

    def confirm_name(self, question: str, *, name: str, given: str | None) -> None:
        """Go on only with the name typed, or given as --confirm. Raises UsageError where it is another one."""
        if given is None and (self.as_json or not _somebody_there()):
            quoted = shlex.quote(name) if "'" in name else f"'{name}'"
            raise click.UsageError(plain(f"nothing brings this back: look at it first, then add --confirm {quoted}"))
        if given is not None and given != name:
            raise click.UsageError(plain(f"--confirm says '{given}', but the group is called '{name}'"))
        self.confirm(question, expected=name, yes=given == name)


def _somebody_there() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def short(path: Path) -> Path:
    """The path as somebody in this folder would type it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def folded(text: str, width: int | None) -> str:
    """Prose in lines of that width, broken between words; what may be copied (a command, a path) stays in one line."""
    if width is None:
        return text
    return "\n".join(_folded(line, width) for line in text.split("\n"))


def _folded(line: str, width: int) -> str:
    """A command that doesn't fit behind its words gets a line of its own."""
    before, name, after = line.partition("ampenet-sync ")
    if len(line) <= width:
        return line
    if name and len(before) > width // 3:
        return f"{_folded(before.rstrip(), width)}\n  {name}{after}"
    if name or any(os.sep in word or len(word) > width - 4 for word in line.split()):
        return line
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return textwrap.fill(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def let_print_everything() -> None:
    """Letters that standard output or error doesn't have (Windows code pages, LC_ALL=C) are spelt, never an error."""
    codecs.register_error(SPELLING, _spell)
    codecs.register(_plain_ascii)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            is_ascii = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding=PLAIN_ASCII if is_ascii else None, errors=SPELLING)


def _plain_ascii(name: str) -> codecs.CodecInfo | None:
    """ASCII by another name: where a stream is called ascii, click takes it for a mistake and writes UTF-8."""
    real = codecs.lookup("ascii")
    coders = (real.encode, real.decode, real.streamreader, real.streamwriter)
    more = (real.incrementalencoder, real.incrementaldecoder)
    return codecs.CodecInfo(*coders, *more, name=PLAIN_ASCII) if name == PLAIN_ASCII else None


def _spell(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return spelt(error.object[error.start : error.end], error.encoding), error.end


def _console() -> Console:
    from rich.console import Console

    return Console(width=None if _is_screen() else WIDTH_ELSEWHERE)


def _screen_width(console: Console) -> int | None:
    """None where lines are folded by nobody, so that scripts can go by them."""
    return console.width if _is_screen() else None


def _is_screen() -> bool:
    """A terminal, or a pipe to something that says how wide it is."""
    return sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()
