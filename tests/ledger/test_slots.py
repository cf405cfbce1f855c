"""The shared throttle against a server that counts, event by event: never over the rate, whatever the interleaving."""

from __future__ import annotations

import heapq
import itertools
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ampenet_sync.ledger import Ledger, create_ledger, slots
from ampenet_sync.ledger.slots import Rate, Slots, Taken
from tests.examples import examples
from tests.world import Clock

WINDOW, DEADLINE, NAP = 60.0, 35.0, 5.0
NOT_SENT = 0.5  # seconds after which who could not send tries again: ReadPolicy's first wait
STILL = 1000  # events at one moment: more than all workers can have who wait for anything


@dataclass
class Server:
    """Counts as the platform does, in a window that begins with the first call; and keeps when it counted what."""

    limit: int
    counted: list[float] = field(default_factory=list)
    used: int = 0
    ends: float = 0.0

    def count(self, now: float) -> int:
        """How many calls are left."""
        if now >= self.ends:
            self.used, self.ends = 0, now + WINDOW
        self.counted.append(now)
        self.used += 1
        assert self.used <= self.limit, "throttled"
        return self.limit - self.used

    def most_in_any_window(self) -> int:
        at = sorted(self.counted)
        return max(sum(1 for other in at[i:] if other < start + WINDOW) for i, start in enumerate(at))


@dataclass
class Traffic:
    """Workers of any process, one event after the other: each asks, sends, is answered and asks again."""

    slots: Slots
    clock: Clock
    rate: Rate
    server: Server
    latency: Callable[[float], float]
    fate: Callable[[], str] = lambda: "answered"
    chance: Random = field(default_factory=lambda: Random(7))
    asked: int = 0

    def run(self, workers: int, seconds: float) -> None:
        number, start = itertools.count(), self.clock.now
        events = [(start + self.chance.random(), next(number), self.ask) for _ in range(workers)]
        heapq.heapify(events)
        at_once = 0
        while events and events[0][0] < start + seconds:
            at_once = at_once + 1 if events[0][0] == self.clock.now else 0
            assert at_once < STILL, "the simulated time stands still"
            self.clock.now, _, event = heapq.heappop(events)
            for wait, then in event():
                heapq.heappush(events, (self.clock.now + wait, next(number), then))

    def ask(self) -> list[tuple[float, Callable]]:
        self.asked += 1
        found = slots.take(self.slots, self.rate, campaign=False, waiter=1)
        if isinstance(found, float):
            return [(min(max(found, 0.001), NAP), self.ask)]
        latency, fate = self.latency(self.clock.now), self.fate()
        if fate == "not sent":
            slots.give_back(self.slots, found.id)
            return [(max(latency, NOT_SENT), self.ask)]
        if fate == "killed":  # counted at the very last, or not at all
            return [(DEADLINE * self.chance.random(), lambda: self.count(found, None)), (1.0, self.ask)]
        return [(latency * self.chance.random(), lambda: self.count(found, self.clock.now + latency))]

    def count(self, taken: Taken, answer_at: float | None) -> list[tuple[float, Callable]]:
        remaining = self.server.count(self.clock.now)
        wait = 0.0 if answer_at is None else max(answer_at - self.clock.now, 0.0)
        return [] if answer_at is None else [(wait, lambda: self.answer(taken, remaining))]

    def answer(self, taken: Taken, remaining: int) -> list[tuple[float, Callable]]:
        limit = self.server.limit
        slots.answered(self.slots, self.rate, taken.id, limit=limit, remaining=remaining, wait=None)
        return [(0.0, self.ask)]


def traffic(
    ledger: Ledger, clock: Clock, per_window: int, latency: Callable[[float], float], **more: object
) -> Traffic:
    own = replace(slots.open_slots(ledger, uuid.uuid4().hex), clock=clock)
    return Traffic(own, clock, Rate(per_window, WINDOW, DEADLINE), Server(per_window), latency, **more)


@pytest.fixture(scope="module")
def quick_ledger() -> Iterator[Ledger]:
    with tempfile.TemporaryDirectory() as folder:
        ledger, _ = create_ledger("sqlite:///ledger.db", Path(folder), clock=Clock())
        yield ledger
        ledger.close()


@examples(30)
@given(
    seed=st.integers(0, 10**6),
    per_window=st.integers(1, 12),
    workers=st.integers(1, 9),
    latencies=st.lists(st.sampled_from([0.0, 0.05, 0.7, 2.0, 20.0, 34.9]), min_size=1, max_size=6),
    fates=st.lists(st.sampled_from(["answered", "answered", "killed", "not sent"]), min_size=1, max_size=8),
)
@example(seed=0, per_window=1, workers=1, latencies=[0.0], fates=["not sent"])
@example(seed=0, per_window=12, workers=9, latencies=[0.0, 34.9], fates=["not sent", "not sent", "killed"])
@example(seed=0, per_window=12, workers=9, latencies=[0.0], fates=["answered"])
def test_no_window_ever_holds_more_than_permitted(
    quick_ledger: Ledger, seed: int, per_window: int, workers: int, latencies: list[float], fates: list[str]
) -> None:
    chance = Random(seed)
    the = traffic(
        quick_ledger, Clock(), per_window, lambda _: chance.choice(latencies), fate=lambda: chance.choice(fates)
    )
    the.run(workers, 200.0)
    assert not the.server.counted or the.server.most_in_any_window() <= per_window


@examples(8)
@given(per_window=st.integers(8, 30), workers=st.integers(8, 16), every=st.sampled_from([1.0, 7.0, 25.0, 61.0]))
def test_under_load_nearly_all_of_the_rate_is_used_though_latency_jumps(
    quick_ledger: Ledger, per_window: int, workers: int, every: float
) -> None:
    the = traffic(quick_ledger, Clock(), per_window, lambda now: 2.0 if (now // every) % 2 else 0.05)
    the.run(workers, 6 * WINDOW)
    assert the.server.most_in_any_window() <= per_window
    assert len(the.server.counted) >= 0.95 * 6 * per_window


def test_a_world_whose_time_does_not_move_on_fails(quick_ledger: Ledger) -> None:
    class Impatient(Traffic):
        def ask(self) -> list[tuple[float, Callable]]:
            return [(0.0, self.ask)]

    stuck = Impatient(**vars(traffic(quick_ledger, Clock(), 5, lambda _: 0.05)))
    with pytest.raises(AssertionError, match="stands still"):
        stuck.run(1, 10.0)


def test_the_same_on_each_database(ledger: Ledger, clock: Clock) -> None:
    the = traffic(ledger, clock, 10, lambda now: 2.0 if now % 14 < 7 else 0.05)
    the.run(6, 3 * WINDOW)
    assert the.server.most_in_any_window() <= 10 and len(the.server.counted) >= 0.95 * 3 * 10


def test_who_waits_asks_seldom(quick_ledger: Ledger) -> None:
    the = traffic(quick_ledger, Clock(), 5, lambda _: 0.05)
    the.run(4, 2 * WINDOW)
    assert the.asked <= 4 * (2 * WINDOW / NAP + 2 * 2 * 5)
