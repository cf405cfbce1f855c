"""Slots for the threads of one process, kept in memory."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from ampenet_sync.throttle.policy import DEADLINE, WINDOW, Rate, State
from ampenet_sync.throttle.protocol import Lane, Slot
from ampenet_sync.throttle.turns import Taken, Turn, wait_for_slot


class SlotThrottle:
    """Never more calls in a window than permitted, campaigns first. Safe for threads.

    `used_up` is called with the seconds until the permitted rate allows a call again, before each nap until then.
    """

    def __init__(
        self,
        per_window: int,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        window: float = WINDOW,
        deadline: float = DEADLINE,
        used_up: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        self._slots = MemorySlots(clock)
        self._rate = Rate(per_window, window, deadline)
        self._waiters = itertools.count(1)
        self._sleep, self._used_up = sleep, used_up

    def take(self, lane: Lane) -> Slot:
        """Blocks through `sleep` until a slot of the permitted rate is free."""
        waiter = next(self._waiters)
        ask = partial(self._slots.take, self._rate, campaign=lane is Lane.CAMPAIGN, waiter=waiter)
        give_up = partial(self._slots.stop_waiting, waiter)
        taken = wait_for_slot(ask, give_up=give_up, sleep=self._sleep, used_up=self._used_up)
        return Slot(taken.id, lane, taken.free_at)

    def answered(self, slot: Slot, *, limit: int | None, remaining: int | None, wait: float | None) -> None:
        self._slots.answered(self._rate, slot.id, limit=limit, remaining=remaining, wait=wait)

    def give_back(self, slot: Slot) -> None:
        self._slots.give_back(slot.id)


class MemorySlots:
    """One token's slots: taken, answered, given back, each in one moment. It never waits."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._rows, self._state = _Rows(), State()
        self._ids = itertools.count(1)

    def take(self, rate: Rate, *, campaign: bool, waiter: int) -> Taken | float:
        """A slot; or how long to wait before asking again, in seconds.

        `waiter` is the same number each time one caller asks again: while a campaign waits, a free slot is left to it.
        """
        with self._held() as turn:
            return turn.take(rate, campaign=campaign, waiter=waiter)

    def answered(
        self, rate: Rate, number: int, *, limit: int | None, remaining: int | None, wait: float | None
    ) -> None:
        with self._held() as turn:
            turn.answered(rate, number, limit=limit, remaining=remaining, wait=wait)

    def give_back(self, number: int) -> None:
        with self._held() as turn:
            turn.give_back(number)

    def stop_waiting(self, waiter: int) -> None:
        with self._held() as turn:
            turn.rows.unmark(waiter, turn.state, turn.now)

    @contextmanager
    def _held(self) -> Iterator[Turn]:
        with self._lock:
            turn = Turn(self._rows, self._clock(), self._state, partial(next, self._ids))
            yield turn
            self._state = turn.state


@dataclass(slots=True)
class _Row:
    calls: int
    lead: int
    free_at: float


class _Rows:
    """Busy slots by number, and by time.

    A campaign's mark never runs out here: a thread that stops waiting takes it away, and a killed process takes all.
    """

    def __init__(self) -> None:
        self._busy: dict[int, _Row] = {}
        self._queue: list[tuple[float, int]] = []  # earliest first; holds outdated entries too
        self._latest = 0.0  # no slot is free later
        self._waiting: set[int] = set()

    def free(self, now: float) -> int:
        calls = 0
        while (first := self._first()) and first[0] <= now:
            heapq.heappop(self._queue)
            calls += self._busy.pop(first[1]).calls
        return calls

    def next_free(self, latest: float) -> float:
        if self._latest > latest:
            self._latest = latest
            for number, row in self._busy.items():
                if row.free_at > latest:
                    self._date(number, row, latest)
        first = self._first()
        return latest if first is None else first[0]

    def put(self, number: int, *, calls: int, lead: int, free_at: float) -> None:
        self._busy[number] = row = _Row(calls, lead, free_at)
        self._date(number, row, free_at)

    def prolong(self, number: int, free_at: float) -> int | None:
        row = self._busy.get(number)
        if row is None:
            return None
        self._date(number, row, free_at)
        return row.lead

    def remove(self, number: int) -> int:
        row = self._busy.pop(number, None)
        return 0 if row is None else row.calls

    def waiting(self, _state: State, _now: float) -> int:
        return len(self._waiting)

    def mark(self, waiter: int, _now: float) -> None:
        self._waiting.add(waiter)

    def unmark(self, waiter: int, _state: State, _now: float) -> None:
        self._waiting.discard(waiter)

    def _date(self, number: int, row: _Row, free_at: float) -> None:
        row.free_at = free_at
        self._latest = max(self._latest, free_at)
        heapq.heappush(self._queue, (free_at, number))

    def _first(self) -> tuple[float, int] | None:
        """When the first slot is free, and its number."""
        while self._queue:
            free_at, number = self._queue[0]
            row = self._busy.get(number)
            if row is not None and row.free_at == free_at:
                return self._queue[0]
            heapq.heappop(self._queue)
        return None
