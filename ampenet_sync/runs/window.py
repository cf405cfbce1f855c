"""How many calls and how much time a command may take, so that it keeps to its night. It ends nothing by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

CALLS_MADE = "the calls it may make are made"
TIME_OVER = "the time it may take is over"


@dataclass(frozen=True)
class Window:
    """No change begins that would need more than so many `calls` of the client, those that read included, nor from
    `until` on (epoch seconds). None: no bound."""

    calls: int | None = None
    until: float | None = None

    def used_up(self, *, calls: int, now: float, needed: int = 1) -> str:
        """Why nothing that needs so many calls may begin after `calls`, "" where it may."""
        if self.calls is not None and calls + needed > self.calls:
            return CALLS_MADE
        return TIME_OVER if self.until is not None and now >= self.until else ""


UNBOUNDED = Window()


class Permits:
    """Lets changes begin as long as their calls fit into the window. Where that depends on how many calls others make
    that are under way, it waits for them, so that the window is used to its last call and never overdrawn.

    `calls` is how many the client has made, `now` the time in epoch seconds.
    """

    def __init__(self, window: Window, *, calls: Callable[[], int], now: Callable[[], float]) -> None:
        self._window, self._calls, self._now = window, calls, now
        self._ended, self._under_way = threading.Condition(), 0  # calls of changes that have begun

    @contextmanager
    def held(self, needed: int) -> Iterator[str]:
        """Why a change that needs so many calls may not begin; "" where it may, and then it ends with the block."""
        with self._ended:
            self._ended.wait_for(lambda: self._used_up(needed) or not self._used_up(needed + self._under_way))
            why = self._used_up(needed)
            begun = 0 if why else needed
            self._under_way += begun
        try:
            yield why
        finally:
            with self._ended:
                self._under_way -= begun
                self._ended.notify_all()

    def _used_up(self, needed: int) -> str:
        return self._window.used_up(calls=self._calls(), now=self._now(), needed=needed)
