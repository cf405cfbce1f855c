"""A wish to stop ends every wait at once, and the next run may wait again."""

from __future__ import annotations

import threading

import pytest

from ampenet_sync.pipeline.world import open_world
from ampenet_sync.runs import Breaker
from ampenet_sync.stopping import Stop, Stopped
from tests.world import Clock, Place

LONG = 3600.0


def test_a_wait_that_is_under_way_ends_when_it_is_set() -> None:
    stop, ended = Stop(), threading.Event()

    def wait() -> None:
        with pytest.raises(Stopped):
            stop.sleep(LONG)
        ended.set()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    stop.set()
    assert ended.wait(60)


def test_no_wait_begins_once_it_is_set() -> None:
    clock = Clock()
    stop, before = Stop(clock.sleep), clock()
    stop.set()
    with pytest.raises(Stopped):
        stop.sleep(LONG)
    assert clock() == before


def test_a_simulated_wait_is_waited() -> None:
    clock = Clock()
    stop, before = Stop(clock.sleep), clock()
    stop.sleep(5)
    assert clock() == before + 5
    stop.clear()
    stop.sleep(5)


def test_it_is_an_interrupt_and_no_error_that_anybody_corrects() -> None:
    assert issubclass(Stopped, KeyboardInterrupt) and not issubclass(Stopped, Exception)


def test_an_interrupt_in_python_ends_the_waits_of_its_threads_and_the_next_run_may_wait(place: Place) -> None:
    with open_world(place.config, place.token) as world:
        waits = threading.Event()

        def wait() -> None:
            waits.set()
            world.sleep(LONG)

        breaker = Breaker()
        with pytest.raises(KeyboardInterrupt, match="typed"), world.at_work(breaker) as executor:
            waiting = executor.submit(wait)
            assert waits.wait(60)
            raise KeyboardInterrupt("typed")
        assert isinstance(waiting.exception(), Stopped) and breaker.is_open
        world.sleep(0)
