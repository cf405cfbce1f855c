"""Our own slowing: never more requests in a window than permitted. It counts slots and knows nothing of HTTP."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

WINDOW = 60.0  # seconds in which the platform counts
DEADLINE = 60.0  # seconds after which an answer is certainly given up
LONGEST_NAP = 1.0  # a slot given back or answered meanwhile is seen at the latest after so many seconds
BELIEVED = 10  # windows for which a lower limit holds, although the platform names higher ones meanwhile
SHORT_NAP = 0.02  # while a free slot is left to a campaign that has not woken yet
AT_WORK = 10.0  # seconds after a campaign's call in which more of them are expected
KEPT = 4  # one slot in so many is kept for the calls a campaign at work will make; sync takes what is free beyond
SYNC_NAP = 0.5


class Lane(Enum):
    """Who asks: campaign sends go before sync traffic."""

    CAMPAIGN = "campaign"
    SYNC = "sync"


@dataclass(frozen=True, slots=True)
class Slot:
    """The right to one request. Until its answer is known it counts as used up to `free_at` (epoch seconds)."""

    id: int
    lane: Lane
    free_at: float


class Throttle(Protocol):
    """Hands out one slot for each request; `take` waits, the other two report what became of the slot."""

    def take(self, lane: Lane) -> Slot:
        """Wait until a request is permitted. A slot never reported on frees itself after deadline + window."""
        ...

    def answered(self, slot: Slot, *, limit: int | None, remaining: int | None, wait: float | None) -> None:
        """The answer is here. `wait`: the platform wants nothing from anybody for so many seconds."""
        ...

    def give_back(self, slot: Slot) -> None:
        """Nothing was sent, so nothing was counted."""
        ...


class SlotThrottle:
    """Slots for the threads of one process.

    A slot is taken at dispatch and free a window after its answer. The platform counts the request somewhere between
    the two, so two uses of one slot are counted at least a window apart, whatever the latency.
    """

    def __init__(
        self,
        per_window: int,
        *,
        window: float = WINDOW,
        deadline: float = DEADLINE,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._configured = self._permitted = per_window
        self._believed_until = 0.0  # a lower limit the platform named
        self._window, self._deadline = window, deadline
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._busy: dict[int, float] = {}  # slot → when it is free again
        self._queue: list[tuple[float, int]] = []  # the same, earliest first; holds outdated entries too
        self._campaigns_waiting = 0
        self._campaigns_until = 0.0
        self._quiet_until = 0.0

    def take(self, lane: Lane) -> Slot:
        """Blocks through `sleep` until a slot of the permitted rate is free."""
        slot, nap = self._try(lane)
        if slot:
            return slot
        waiting = int(lane is Lane.CAMPAIGN)
        self._wait_more(waiting)
        try:
            while not slot:
                self._sleep(nap)
                slot, nap = self._try(lane)
        finally:
            self._wait_more(-waiting)
        return slot

    def answered(self, slot: Slot, *, limit: int | None, remaining: int | None, wait: float | None) -> None:
        now = self._clock()
        with self._lock:
            self._occupy(slot.id, now + self._window)
            if limit is not None and limit > 0:
                self._learn(limit, now)
            if remaining is not None:
                self._leave_to_others(remaining, now)
            if wait is not None:
                self._quiet_until = max(self._quiet_until, now + wait)

    def give_back(self, slot: Slot) -> None:
        with self._lock:
            self._busy.pop(slot.id, None)

    def _try(self, lane: Lane) -> tuple[Slot | None, float]:
        """A slot, or None and how long to nap. A sync call leaves some of the free slots to campaigns."""
        with self._lock:
            now = self._clock()
            if now < self._quiet_until:
                return None, min(self._quiet_until - now, LONGEST_NAP)
            free = self._free(now)
            if free <= 0:
                return None, min(max(self._queue[0][0] - now, 0.0), LONGEST_NAP)
            if lane is Lane.SYNC and free <= self._campaigns_waiting:
                return None, SHORT_NAP
            if lane is Lane.SYNC and now < self._campaigns_until and free <= self._permitted // KEPT:
                return None, SYNC_NAP
            if lane is Lane.CAMPAIGN:
                self._campaigns_until = now + AT_WORK
            slot = Slot(next(self._ids), lane, now + self._deadline + self._window)
            self._occupy(slot.id, slot.free_at)
            return slot, 0.0

    def _free(self, now: float) -> int:
        while self._queue:
            free_at, number = self._queue[0]
            if self._busy.get(number) == free_at:
                if free_at > now:
                    break
                del self._busy[number]
            heapq.heappop(self._queue)
        return self._permitted - len(self._busy)

    def _occupy(self, number: int, free_at: float) -> None:
        self._busy[number] = free_at
        heapq.heappush(self._queue, (free_at, number))

    def _learn(self, limit: int, now: float) -> None:
        """The lowest limit named counts until the platform has named only higher ones for a while: routes differ."""
        if limit <= self._permitted or now >= self._believed_until:
            self._permitted = min(self._configured, limit)
            self._believed_until = now + BELIEVED * self._window

    def _leave_to_others(self, remaining: int, now: float) -> None:
        """Less is left than we think: somebody else uses the token, so what he used counts as used here."""
        for _ in range(self._free(now) - remaining):
            self._occupy(next(self._ids), now + self._window)

    def _wait_more(self, change: int) -> None:
        with self._lock:
            self._campaigns_waiting += change
