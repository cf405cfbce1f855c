"""Stop a run that only meets failures, before it turns an outage into a heap of doubts. It judges nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

FAILURES_IN_A_ROW = 8
ATTEMPTS = 5  # of one request in one run, where the platform certainly didn't act on it
LONGEST_WAIT = 10.0


@dataclass
class Breaker:
    """Opens after so many failures in a row, over all threads; `why` then says what the last one was."""

    limit: int = FAILURES_IN_A_ROW
    why: str = ""
    _failures: int = 0
    _open: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_open(self) -> bool:
        return self._open.is_set()

    def worked(self) -> None:
        with self._lock:
            self._failures = 0

    def failed(self, why: str) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self.limit:
                self._trip(why)

    def trip(self, why: str) -> None:
        """Open at once."""
        with self._lock:
            self._trip(why)

    def keep_trying(self, attempt: Callable[[], bool], *, sleep: Callable[[float], None]) -> None:
        """Call `attempt` until it is settled (False), with a growing wait; the breaker opens where it never is."""
        for number in range(ATTEMPTS):
            if self.is_open or not attempt():
                return
            sleep(min(2.0**number, LONGEST_WAIT))
        self.trip("the platform keeps putting requests off")

    def _trip(self, why: str) -> None:
        self.why = self.why or why
        self._open.set()
