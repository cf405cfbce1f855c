"""How far long work is: bars on a terminal, a line now and then in a log. What the work is: not known here."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ampenet_sync.cli.logs import Log, hour

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

LOG_EVERY = 30.0  # seconds between progress lines where there is no terminal
SHORT_WAIT = 2.0  # seconds until the rate allows a call, of which nobody is told
CHANGING = ("applying", "asking", "sending")  # work that is counted in the end
CALLING = (*CHANGING, "listing")  # work of at least a call for each step


class Bars:
    """What `progress` tells, on standard error. `rate` is how many calls a second are permitted, None: unknown."""

    def __init__(self, log: Log, *, clock: Callable[[], float], verbose: bool = False) -> None:
        self.rate: float | None = None
        self._log, self._verbose, self._clock = log, verbose, clock
        self._lock = threading.Lock()
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._begun: dict[str, tuple[float, int]] = {}  # work → when it was first told, and how much was done then
        self._last: dict[str, int] = {}
        self._shown: dict[str, float] = {}
        self._goes_on = 0.0

    @contextmanager
    def open(self) -> Iterator[None]:
        if not sys.stderr.isatty() or self._log.form == "json":
            yield
            return
        with _progress() as self._bars:
            yield
        self._bars, self._tasks = None, {}

    def show(self, what: str, done: int, total: int | None) -> None:
        with self._lock:
            if done < self._last.get(what, done + 1):  # the first time, or the next segment's
                self._begun[what] = (self._clock(), done)
            self._last[what] = done
            left = self.time_left(what, done, total)
            if self._bars is None:
                self._write(what, done, total, left)
                return
            if what not in self._tasks:
                self._tasks[what] = self._bars.add_task(what, total=total, left="", note="")
            shown = "" if left is None else _clock_time(left)
            self._bars.update(self._tasks[what], completed=done, total=total, left=shown, note="")

    def used_up(self, seconds: float) -> None:
        """The permitted rate allows no call for so many seconds."""
        goes_on = self._clock() + seconds
        if seconds < SHORT_WAIT or abs(goes_on - self._goes_on) < SHORT_WAIT:
            return
        words = f"the permitted rate is used up; goes on at {hour(goes_on)}"
        with self._lock:
            self._goes_on = goes_on
            if self._bars is None:
                self._log.line(words)
                return
            going_on = [task.id for task in self._bars.tasks if not task.finished]
            for task_id in going_on or [self._bars.add_task("waiting", total=None, left="", note="")]:
                self._bars.update(task_id, note=words)

    def time_left(self, what: str, done: int, total: int | None) -> float | None:
        """Seconds: what is left at the permitted rate, or at the speed so far where that is slower.

        The first calls go out in a burst, and their speed promises an end that never comes.
        """
        since, first = self._begun.get(what, (self._clock(), done))
        if total is None or done >= total:
            return None
        took, came = self._clock() - since, done - first
        by_speed = (total - done) * took / came if came > 0 else 0.0
        by_rate = (total - done) / self.rate if self.rate and what in CALLING else 0.0
        return max(by_speed, by_rate) or None

    def _write(self, what: str, done: int, total: int | None, left: float | None) -> None:
        """Nothing for work that is over within seconds; then a line every so often."""
        now = self._clock()
        if self._verbose or now - self._shown.setdefault(what, now) >= LOG_EVERY:
            self._shown[what] = now
            more = f", about {_clock_time(left)} left" if left else ""
            words = f"{what}: {done:,}" + (f" of {total:,}" if total else "") + more
            self._log.line(words, what=what, done=done, total=total)


def _clock_time(seconds: float) -> str:
    """`1:02:03`, `2:03`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=20), MofNCompleteColumn())
    more = (TextColumn("{task.fields[left]}"), TextColumn("{task.fields[note]}"))
    return Progress(*columns, *more, console=Console(stderr=True), transient=True)
