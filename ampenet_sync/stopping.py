"""End a run that somebody interrupts: whoever only waits stops at once, what is on the wire is finished and booked."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Stopped(KeyboardInterrupt):
    """A wait was ended because the run is to stop. Nothing was sent meanwhile."""


class Stop:
    """One run's wish to stop. `sleep` takes the place of time.sleep in every place that waits.

    A sleep handed in, as of a simulation, is slept through; the real one ends as soon as `set` is called. `under_way`
    tells how many requests are on the wire.
    """

    def __init__(self, sleep: Callable[[float], None] | None = None) -> None:
        self._event = threading.Event()
        self._sleep = sleep
        self.under_way: Callable[[], int] = lambda: 0

    @property
    def is_set(self) -> bool:
        return self._event.is_set()

    def set(self) -> None:
        self._event.set()

    def clear(self) -> None:
        """The next run may wait again."""
        self._event.clear()

    def sleep(self, seconds: float) -> None:
        """Raises Stopped where the run is to stop, before or after so many seconds."""
        if not self.is_set:
            if self._sleep is None:
                self._event.wait(seconds)
            else:
                self._sleep(seconds)
        if self.is_set:
            raise Stopped
