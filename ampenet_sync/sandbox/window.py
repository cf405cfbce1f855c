"""The platform's own limit: so many requests in a minute that begins with the first. It sleeps for nobody."""

from __future__ import annotations

WINDOW_SECONDS = 60.0


class Window:
    """Counts the requests of one token; a refused one is not counted against the limit."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.counted = self.refused = 0
        self._used = 0
        self._ends = float("-inf")

    def take(self, now: float) -> int | None:
        """How many are left after this one; None when it is one too many."""
        if now >= self._ends:
            self._used, self._ends = 0, now + WINDOW_SECONDS
        if self._used >= self.limit:
            self.refused += 1
            return None
        self.counted += 1
        self._used += 1
        return self.limit - self._used

    def wait(self, now: float) -> float:
        """Seconds until the next window."""
        return max(0.0, self._ends - now)
