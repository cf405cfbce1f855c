"""A window lets changes begin as long as their calls fit into it, whatever the threads do."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from ampenet_sync.runs.window import CALLS_MADE, TIME_OVER, Permits, Window


@pytest.mark.parametrize("seed", range(5))
def test_threads_use_every_call_and_none_beyond(seed: int) -> None:
    """Some of what begins makes fewer calls than it might, so others that waited may begin."""
    chance, lock, made = Random(seed), threading.Lock(), 0
    permits = Permits(Window(calls=100), calls=lambda: made, now=time.time)

    def work(calls: int) -> None:
        nonlocal made
        with permits.held(2) as why:
            if why:
                return
            time.sleep(0.001)
            with lock:
                made += calls

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, [chance.choice((0, 1, 2)) for _ in range(400)]))
    assert made in (99, 100)


def test_what_ends_by_an_error_no_longer_counts() -> None:
    permits = Permits(Window(calls=1), calls=lambda: 0, now=time.time)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), permits.held(1) as why:
            assert why == ""
            1 / 0  # noqa: B018


def test_the_reason_says_which_bound_it_is() -> None:
    window = Window(calls=10, until=100.0)
    assert window.used_up(calls=9, now=99.0) == ""
    assert window.used_up(calls=9, now=99.0, needed=2) == CALLS_MADE
    assert window.used_up(calls=9, now=100.0) == TIME_OVER
    assert Window().used_up(calls=10**9, now=1e12) == ""
