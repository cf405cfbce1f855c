"""How many calls were made, how many were foreseen, and what each call was for that nobody could foresee."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal, get_args

Beside = Literal["lookups", "repeated", "doubts", "readings", "dialect", "shown"]
BESIDE: Final[tuple[Beside, ...]] = get_args(Beside)


@dataclass(frozen=True)
class CallsUsed:
    """`calls` that went out, `forecast` what plans and their changes take where nothing goes wrong, and those `beside`
    it, by what they were for:

    | lookups  | whose account this is, its balance, its groups                                |
    | repeated | asked again, as the answer before was of no use                               |
    | doubts   | looking up what had no answer, and doing again what was not done              |
    | readings | pages of a group that shifted while it was read, or that no plan had foreseen |
    | dialect  | finding out which generation of the API answers                               |
    | shown    | the plan that was shown before somebody said yes                              |
    """

    calls: int
    forecast: int
    beside: Mapping[Beside, int]


class Tally:
    """Counts calls and what was foreseen of them, each once, by the outermost `under`. Safe for threads."""

    def __init__(self) -> None:
        self.calls = 0
        self._forecast, self._beside = 0, Counter[Beside]()
        self._lock, self._here = threading.Lock(), threading.local()

    @property
    def why(self) -> Beside | None:
        """What this thread's calls are for, None: they were foreseen."""
        why: Beside | None = getattr(self._here, "why", None)
        return why

    @contextmanager
    def under(self, why: Beside | None) -> Iterator[None]:
        """This thread's calls in the block are for that, where they were foreseen otherwise."""
        before = self.why
        self._here.why = before or why
        try:
            yield
        finally:
            self._here.why = before

    def count(self, usual: Beside | None = None) -> None:
        """One call went out; `usual` is what such a call is for."""
        with self._lock:
            self.calls += 1
            why = self.why or usual
            if why:
                self._beside[why] += 1
            else:
                self._here.foreseen = self.foreseen_here + 1

    @property
    def foreseen_here(self) -> int:
        """How many foreseen calls this thread has made."""
        return getattr(self._here, "foreseen", 0)

    def in_vain(self, calls: int, why: Beside = "repeated") -> None:
        """So many calls that counted as foreseen are to be made again."""
        if not self.why:
            with self._lock:
                self._beside[why] += calls

    def foresee(self, calls: int) -> None:
        """So many calls are to be made from here on, or were made for a plan."""
        if not self.why:
            with self._lock:
                self._forecast += calls

    def used(self) -> CallsUsed:
        """All so far."""
        with self._lock:
            return CallsUsed(self.calls, self._forecast, {why: self._beside[why] for why in BESIDE})
