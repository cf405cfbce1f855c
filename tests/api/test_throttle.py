"""The throttle on a clock that only sleep moves: never over the rate in any window, and never idle below it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any

from ampenet_sync.api import Lane, Slot, SlotThrottle


def throttle(clock: Any, per_window: int) -> SlotThrottle:
    return SlotThrottle(per_window, window=60.0, deadline=30.0, clock=clock, sleep=clock.sleep)


def answer(the: SlotThrottle, slot: Slot, **told: Any) -> None:
    the.answered(slot, **({"limit": None, "remaining": None, "wait": None} | told))


def most_in_a_window(arrivals: list[float], window: float) -> int:
    return max(sum(1 for other in arrivals if start <= other < start + window) for start in arrivals)


def test_the_first_window_is_used_at_once_and_the_next_call_waits_for_a_whole_window(clock):
    the, start = throttle(clock, 3), clock.now
    for _ in range(3):
        answer(the, the.take(Lane.SYNC))
    assert clock.now == start
    the.take(Lane.SYNC)
    assert clock.now == start + 60


def test_no_window_ever_holds_more_than_permitted_though_latency_jumps_and_all_of_the_rate_is_used(clock):
    the, chance, arrivals, start = throttle(clock, 20), random.Random(7), [], clock.now
    for number in range(400):
        slot = the.take(Lane.SYNC)
        latency = chance.choice([0.05, 0.2, 1.5]) if number < 200 else 0.01
        arrivals.append(clock.now + chance.random() * latency)
        clock.now += latency
        answer(the, slot)
    assert most_in_a_window(arrivals, 60.0) == 20
    assert clock.now - start < 20 * 60 * 1.05


def test_a_slot_without_an_answer_is_used_up_until_its_deadline_and_a_window_have_passed(clock):
    the, start = throttle(clock, 1), clock.now
    slot = the.take(Lane.SYNC)
    assert slot.free_at == start + 90
    the.take(Lane.SYNC)
    assert clock.now == start + 90


def test_a_slot_given_back_is_free_at_once(clock):
    the, start = throttle(clock, 1), clock.now
    the.give_back(the.take(Lane.SYNC))
    the.take(Lane.CAMPAIGN)
    assert clock.now == start


def test_a_throttled_answer_silences_every_lane_for_the_time_it_names(clock):
    the, start = throttle(clock, 100), clock.now
    answer(the, the.take(Lane.SYNC), wait=17.0)
    the.take(Lane.CAMPAIGN)
    assert clock.now == start + 17


def test_a_shorter_wait_does_not_cut_a_longer_one(clock):
    the, start = throttle(clock, 100), clock.now
    first, second = the.take(Lane.SYNC), the.take(Lane.SYNC)
    answer(the, first, wait=50.0)
    answer(the, second, wait=5.0)
    the.take(Lane.SYNC)
    assert clock.now == start + 50


def test_a_lower_limit_named_by_the_platform_is_kept_from_then_on(clock):
    the, start = throttle(clock, 10), clock.now
    answer(the, the.take(Lane.SYNC), limit=2)
    answer(the, the.take(Lane.SYNC), limit=600)
    assert clock.now == start
    the.take(Lane.SYNC)
    assert clock.now == start + 60


def test_a_lower_limit_is_forgotten_when_the_platform_names_only_higher_ones_for_ten_windows(clock):
    the = throttle(clock, 10)
    answer(the, the.take(Lane.SYNC), limit=2)
    clock.now += 600
    answer(the, the.take(Lane.SYNC), limit=600)
    start = clock.now
    for _ in range(9):
        answer(the, the.take(Lane.SYNC), limit=600)
    assert clock.now == start


def test_an_absurd_limit_changes_nothing(clock):
    the, start = throttle(clock, 3), clock.now
    for limit in (0, -5, 10**9):
        answer(the, the.take(Lane.SYNC), limit=limit)
    assert clock.now == start
    the.take(Lane.SYNC)
    assert clock.now == start + 60


def test_requests_somebody_else_made_with_the_token_count_too(clock):
    the, start = throttle(clock, 10), clock.now
    answer(the, the.take(Lane.SYNC), limit=10, remaining=1)
    the.take(Lane.SYNC)
    assert clock.now == start
    the.take(Lane.SYNC)
    assert clock.now == start + 60


def test_the_platforms_own_count_of_our_requests_slows_nobody(clock):
    the, start = throttle(clock, 10), clock.now
    for left in range(9, -1, -1):
        answer(the, the.take(Lane.SYNC), limit=10, remaining=left)
    assert clock.now == start


def test_waiting_is_no_busy_waiting(clock):
    the = throttle(clock, 1)
    answer(the, the.take(Lane.SYNC))
    the.take(Lane.SYNC)
    assert len(clock.naps) <= 61


def test_a_campaign_that_waits_goes_before_sync_traffic_that_waited_longer():
    now, asleep, order = [0.0], set(), list[str]()

    def nap(_: float) -> None:
        asleep.add(threading.get_ident())
        time.sleep(0.001)

    def taker(lane: Lane) -> None:
        slot = the.take(lane)
        order.append(lane.value)
        answer(the, slot)

    the = SlotThrottle(1, clock=lambda: now[0], sleep=nap)
    answer(the, the.take(Lane.SYNC))
    for count, lane in enumerate((Lane.SYNC, Lane.SYNC, Lane.CAMPAIGN), 1):
        threading.Thread(target=taker, args=(lane,)).start()
        wait_for(lambda count=count: len(asleep) == count)
    for count in (1, 2, 3):
        now[0] += 120
        wait_for(lambda count=count: len(order) == count)
    assert order == ["campaign", "sync", "sync"]


def wait_for(true: Callable[[], bool]) -> None:
    while not true():
        time.sleep(0.001)


def test_many_threads_together_stay_within_the_rate():
    the, arrivals, lock = (
        SlotThrottle(10, window=0.2, deadline=1.0, clock=time.monotonic, sleep=time.sleep),
        [],
        threading.Lock(),
    )

    def work() -> None:
        for _ in range(6):
            slot = the.take(Lane.SYNC)
            with lock:
                arrivals.append(time.monotonic())
            answer(the, slot)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(arrivals) == 48
    assert most_in_a_window(arrivals, 0.2) <= 10
