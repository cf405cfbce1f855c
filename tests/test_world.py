"""The simulated clock itself: it fails where a wait would never end."""

from __future__ import annotations

import pytest

from tests.world import NOON, STILL, Clock


@pytest.mark.parametrize("nap", [0.0, 1e-9, -0.0])
def test_who_sleeps_without_time_moving_on_fails_instead_of_waiting_for_ever(nap: float) -> None:
    clock = Clock()
    with pytest.raises(AssertionError, match="stands still"):
        while clock() < NOON + 1:
            clock.sleep(nap)


def test_who_looks_at_the_clock_and_forgets_to_sleep_fails_too() -> None:
    clock = Clock()
    with pytest.raises(AssertionError, match="stands still"):
        while clock() < NOON + 1:
            pass


def test_time_that_moves_on_may_be_looked_at_as_often_as_one_likes() -> None:
    clock = Clock()
    for _ in range(2 * STILL):
        clock.sleep(0.001)
    assert clock.now == pytest.approx(NOON + 200)
