"""Lines on standard error that tell how a run goes. Where they go into a file, each has its time and its run."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import click

from ampenet_sync.reports.plain import plain

Format = Literal["text", "json"]


@dataclass(frozen=True)
class Log:
    """`run` is the id with which the ids of the ledger's runs begin. On a terminal a person reads the words alone."""

    run: str
    clock: Callable[[], float]
    form: Format = "text"

    def line(self, message: str, **facts: int | str | None) -> None:
        """One line; `facts` are further keys where lines are JSON."""
        click.echo(self._line(message, facts), err=True)

    def note(self, message: str, **facts: int | str | None) -> None:
        """A line that only a file needs."""
        if self.form == "json" or not sys.stderr.isatty():
            self.line(message, **facts)

    def _line(self, message: str, facts: dict[str, int | str | None]) -> str:
        at = moment(self.clock())
        if self.form == "json":
            return json.dumps({"at": at, "run": self.run, "message": message, **facts})
        return plain(message) if sys.stderr.isatty() else f"{at} {self.run} {plain(message)}"


def moment(seconds: float) -> str:
    """`2026-11-26T21:18:40+03:00`, in this machine's time zone."""
    return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="seconds")


def hour(seconds: float) -> str:
    """`21:18:40`, in this machine's time zone."""
    return time.strftime("%H:%M:%S", time.localtime(seconds))
