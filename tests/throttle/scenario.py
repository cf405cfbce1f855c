"""A scenario in words, played on a store of slots under a simulated clock; what comes of it is a trace to compare.

sync               a sync call asks
campaign:2         campaign number 2 asks; while it waits it asks again each second
answered:0,limit=2 the answer of the slot that was taken first is here, and tells this (limit, remaining, wait)
back:0             that slot is given back
stop:2             campaign number 2 stops waiting
+60                so many seconds pass
-60                the clock is set back by so many, and campaigns that wait ask again
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Protocol

from ampenet_sync.throttle import Rate, Taken
from tests.world import Clock

SYNC = 1  # who asks for sync
Trace = list[tuple[float, int, str, float]]


class Store(Protocol):
    def take(self, rate: Rate, *, campaign: bool, waiter: int) -> Taken | float: ...

    def answered(
        self, rate: Rate, number: int, *, limit: int | None, remaining: int | None, wait: float | None
    ) -> None: ...

    def give_back(self, number: int) -> None: ...

    def stop_waiting(self, waiter: int) -> None: ...


@dataclass
class Play:
    """One store, whose clock this is, while a scenario is played on it."""

    store: Store
    clock: Clock
    rate: Rate
    taken: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    trace: Trace = field(default_factory=list)
    strange: int = field(default_factory=lambda: uuid.uuid4().int >> 66)

    def run(self, scenario: str) -> Trace:
        """When who asked; and when the slot would free itself, or how long the nap is."""
        for step in scenario.split():
            what, _, about = step.partition(":")
            match what:
                case "sync":
                    self._ask(SYNC, campaign=False)
                case "campaign":
                    self._ask_for_campaign(int(about))
                case "answered":
                    self._answer(*about.split(","))
                case "back":
                    self.store.give_back(self._slot(about))
                case "stop":
                    self._stop(int(about))
                case _:
                    self._pass(int(step))
        return self.trace

    def _ask(self, who: int, *, campaign: bool) -> bool:
        answer = self.store.take(self.rate, campaign=campaign, waiter=who)
        if isinstance(answer, Taken):
            self.taken.append(answer.id)
            self.trace.append((self.clock.now, who, "takes", answer.free_at))
        else:
            self.trace.append((self.clock.now, who, "naps", answer))
        return isinstance(answer, Taken)

    def _ask_for_campaign(self, who: int) -> None:
        served = self._ask(who, campaign=True)
        self.waiting = [other for other in self.waiting if other != who] + [who] * (not served)

    def _answer(self, slot: str, *told: str) -> None:
        values = {name: float(value) for name, _, value in (each.partition("=") for each in told)}
        limit, remaining = (None if name not in values else int(values[name]) for name in ("limit", "remaining"))
        self.store.answered(self.rate, self._slot(slot), limit=limit, remaining=remaining, wait=values.get("wait"))

    def _slot(self, number: str) -> int:
        """The number it has in the store; one that was never taken has some other."""
        return self.taken[int(number)] if int(number) < len(self.taken) else self.strange + int(number)

    def _stop(self, who: int) -> None:
        self.store.stop_waiting(who)
        self.waiting = [other for other in self.waiting if other != who]

    def _pass(self, seconds: int) -> None:
        for step in [1] * seconds or [seconds]:
            self.clock.now += step
            for who in list(self.waiting):
                self._ask_for_campaign(who)
