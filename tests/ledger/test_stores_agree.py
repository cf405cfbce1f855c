"""The slots in memory and those in the ledger are one policy: what happens to them leaves the same trace in both."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ampenet_sync.ledger import Ledger, create_ledger, slots
from ampenet_sync.ledger.throttle import open_throttle
from ampenet_sync.machine import Machine
from ampenet_sync.throttle import Lane, MemorySlots, Rate, SlotThrottle, Taken, Throttle
from tests.examples import examples
from tests.throttle.scenario import Play, Trace
from tests.throttle.scenarios import SCENARIOS
from tests.world import Clock

WINDOW, DEADLINE = 60.0, 30.0
NUMBERS = st.integers(0, 9)
STEPS = st.one_of(
    st.just("sync"),
    st.sampled_from(["campaign:2", "campaign:3", "stop:2", "stop:3"]),
    st.builds("answered:{}".format, NUMBERS),
    st.builds("answered:{},remaining={}".format, NUMBERS, st.integers(-1, 6)),
    st.builds("answered:{},limit={},remaining={}".format, NUMBERS, st.integers(-1, 6), st.integers(0, 6)),
    st.builds("answered:{},wait={}".format, NUMBERS, st.sampled_from(["-1", "0", "0.5", "7", "900", "inf", "nan"])),
    st.builds("back:{}".format, NUMBERS),
    st.builds("+{}".format, st.sampled_from([1, 2, 10, 59, 60, 91])),
    st.sampled_from(["-5", "-86400"]),
)


class InLedger:
    """The functions of the ledger's slots as a store."""

    def __init__(self, own: slots.Slots) -> None:
        self.take: Callable[..., Taken | float] = partial(slots.take, own)
        self.answered: Callable[..., None] = partial(slots.answered, own)
        self.give_back: Callable[[int], None] = partial(slots.give_back, own)
        self.stop_waiting: Callable[[int], None] = partial(slots.stop_waiting, own)


def in_memory(per_window: int, scenario: str) -> Trace:
    clock = Clock()
    return Play(MemorySlots(clock), clock, Rate(per_window, WINDOW, DEADLINE)).run(scenario)


def in_ledger(ledger: Ledger, per_window: int, scenario: str) -> Trace:
    clock = Clock()
    own = replace(slots.open_slots(ledger, uuid.uuid4().hex), clock=clock)
    try:
        return Play(InLedger(own), clock, Rate(per_window, WINDOW, DEADLINE)).run(scenario)
    finally:
        slots.close_slots(own)


@pytest.fixture(scope="module")
def quick_ledger() -> Iterator[Ledger]:
    with tempfile.TemporaryDirectory() as folder:
        ledger, _ = create_ledger("sqlite:///ledger.db", Path(folder), clock=Clock())
        yield ledger
        ledger.close()


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_leaves_one_trace(ledger: Ledger, name: str) -> None:
    assert in_memory(*SCENARIOS[name]) == in_ledger(ledger, *SCENARIOS[name])


@examples(150)
@given(per_window=st.integers(1, 9), steps=st.lists(STEPS, max_size=60))
def test_any_scenario_leaves_one_trace(quick_ledger: Ledger, per_window: int, steps: list[str]) -> None:
    scenario = " ".join(steps)
    assert in_memory(per_window, scenario) == in_ledger(quick_ledger, per_window, scenario)


def test_their_throttles_nap_alike_and_say_so_alike(ledger: Ledger) -> None:
    def in_time(make: Callable[[Clock, list[float]], Throttle]) -> list[float]:
        clock, seen = Clock(), list[float]()
        the, chance = make(clock, seen), Random(7)
        for _ in range(30):
            slot = the.take(chance.choice(list(Lane)))
            clock.now += chance.random()
            seen.append(clock.now)
            the.answered(slot, limit=None, remaining=chance.randrange(5), wait=chance.choice([None, None, 2.5]))
        return seen

    def kept_in_memory(clock: Clock, seen: list[float]) -> Throttle:
        return SlotThrottle(5, deadline=DEADLINE, clock=clock, sleep=clock.sleep, used_up=seen.append)

    def kept_in_ledger(clock: Clock, seen: list[float]) -> Throttle:
        own = replace(ledger, clock=clock)
        return open_throttle(own, "k", 5, deadline=DEADLINE, sleep=clock.sleep, used_up=seen.append)

    assert in_time(kept_in_memory) == in_time(kept_in_ledger)


def test_one_seed_gives_one_trace(ledger: Ledger) -> None:
    def numbers() -> list[int]:
        chance = Random(3)
        seeded = replace(ledger, machine=Machine(uuid4=lambda: uuid.UUID(int=chance.getrandbits(128))))
        the = open_throttle(seeded, uuid.uuid4().hex, 9, deadline=DEADLINE, sleep=seeded.machine.sleep)
        taken = [the.take(Lane.SYNC) for _ in range(5)]
        for slot in taken:  # else the next ones of these numbers meet them
            the.give_back(slot)
        the.close()
        return [slot.id for slot in taken]

    assert numbers() == numbers()
