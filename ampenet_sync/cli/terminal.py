"""What reaches the screen: lines, tables, one JSON object, progress, questions. It knows nothing of contacts."""

from __future__ import annotations

import codecs
import io
import json
import os
import shlex
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ampenet_sync.cli.answers import judge_answer
from ampenet_sync.errors import AmpenetError
from ampenet_sync.reports.plain import plain, spelt

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.progress import Progress, TaskID

WIDTH_ELSEWHERE = 120  # columns where standard output is a file or a pipe
SPELLING = "ampenet-spelling"  # how letters are printed that a stream doesn't have
PLAIN_ASCII = "ampenet_ascii"
LOG_EVERY = 5.0  # seconds between progress lines where there is no terminal


class Declined(Exception):
    """Somebody was asked and said no. Nothing was changed, and nothing went wrong."""


class Terminal:
    """Standard output for the result, standard error for the way there. With `as_json` only one object comes out."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._bars = _Bars()

    def say(self, *lines: RenderableType) -> None:
        """Lines or tables for a person; nothing where a script reads."""
        if self.as_json or not lines:
            return
        console = _console()
        with console.capture() as shown:
            for line in lines:
                if isinstance(line, str):
                    line = folded(spelt(plain(line), console.encoding), _screen_width(console))
                console.print(line, highlight=False, soft_wrap=isinstance(line, str), markup=False)
        click.echo("\n".join(line.rstrip() for line in shown.get().splitlines()))

    def give(self, found: dict[str, Any]) -> None:
        """The result for a script, in ASCII so that it passes everywhere; nothing where a person reads."""
        if self.as_json:
            click.echo(json.dumps(found))

    def progress(self, what: str, done: int, total: int | None) -> None:
        self._bars.show(what, done, total)

    @contextmanager
    def bars(self) -> Iterator[None]:
        """Show progress within the block: bars on a terminal, lines elsewhere."""
        with self._bars.open():
            yield

    def confirm(self, question: str, *, expected: str, yes: bool) -> None:
        """Go on only with --yes or the typed word. Raises Declined for a no, UsageError where nobody can be asked."""
        if yes:
            return
        if self.as_json or not _somebody_there():
            raise click.UsageError("this changes things at Ampenet: look at it first, then add --yes")
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


def tell_wait(seconds: float) -> None:
    """Why nothing happens for so long."""
    goes_on = time.strftime("%H:%M:%S", time.localtime(time.time() + seconds))
    click.echo(f"The platform asks everybody to wait {seconds:,.0f} seconds: going on at {goes_on}.", err=True)


def _somebody_there() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def short(path: Path) -> Path:
    """The path as somebody in this folder would type it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


class _Bars:
    """Rich bars with rate and time left on a terminal; a line now and then elsewhere."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._told: dict[str, float] = {}

    @contextmanager
    def open(self) -> Iterator[None]:
        if not sys.stderr.isatty():
            yield
            return
        with _progress() as self._bars:
            yield
        self._bars, self._tasks = None, {}

    def show(self, what: str, done: int, total: int | None) -> None:
        with self._lock:
            if self._bars is None:
                self._log(what, done, total)
                return
            if what not in self._tasks:
                self._tasks[what] = self._bars.add_task(what, total=total)
            self._bars.update(self._tasks[what], completed=done, total=total)

    def _log(self, what: str, done: int, total: int | None) -> None:
        """Nothing for work that is over within seconds; then a line every so often."""
        now = time.monotonic()
        if now - self._told.setdefault(what, now) >= LOG_EVERY:
            self._told[what] = now
            click.echo(f"{what}: {done:,}" + (f" of {total:,}" if total else ""), err=True)


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


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        SpinnerColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f}/s" if task.speed else "")

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate())
    return Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
