"""How long it still takes, as the permitted rate has it; and a word where the rate is used up."""

from __future__ import annotations

import pytest

from ampenet_sync.cli.logs import Log, hour
from ampenet_sync.cli.progress import Bars
from tests.world import Clock


@pytest.fixture
def bars() -> Bars:
    clock = Clock()
    found = Bars(Log("3f9a2b71", clock=clock), clock=clock)
    found.rate = 1.0  # a call a second
    return found


def told(capfd: pytest.CaptureFixture[str]) -> list[str]:
    """Without time and run."""
    return [line.split(" ", 2)[2] for line in capfd.readouterr().err.splitlines()]


def sleep(bars: Bars, seconds: float) -> None:
    bars._clock.sleep(seconds)  # type: ignore[attr-defined]


def test_a_burst_promises_no_early_end(bars: Bars) -> None:
    bars.show("sending", 0, 600)
    sleep(bars, 6)
    assert bars.time_left("sending", 60, 600) == 540, "at the speed of the burst it would be 54 seconds"


def test_what_is_slower_than_the_rate_is_told_by_its_speed(bars: Bars) -> None:
    bars.show("applying", 10, 100)
    sleep(bars, 50)
    assert bars.time_left("applying", 20, 100) == 400


def test_work_without_calls_is_told_by_its_speed_alone(bars: Bars) -> None:
    bars.show("reading", 0, 1_000_000)
    sleep(bars, 1)
    assert bars.time_left("reading", 500_000, 1_000_000) == 1


def test_the_next_segments_work_begins_anew(bars: Bars) -> None:
    for done in range(101):
        bars.show("applying", done, 100)
        sleep(bars, 1)
    for done in range(4):
        bars.show("applying", done, 50)
        sleep(bars, 1)
    assert 46 <= (bars.time_left("applying", 3, 50) or 0) <= 65


def test_a_listing_goes_by_the_rate_too(bars: Bars) -> None:
    bars.show("listing", 0, 320)
    sleep(bars, 6)
    assert bars.time_left("listing", 60, 320) == 260


def test_nothing_is_left_at_the_end_and_nothing_known_without_an_end(bars: Bars) -> None:
    bars.show("sending", 0, 10)
    assert bars.time_left("sending", 10, 10) is None and bars.time_left("reading", 5, None) is None


def test_a_log_has_a_line_every_so_often_with_the_time_left(bars: Bars, capfd: pytest.CaptureFixture[str]) -> None:
    for done in range(121):
        bars.show("sending", done, 3_720)
        sleep(bars, 1)
    lines = told(capfd)
    assert len(lines) == 4 and lines[-1] == "sending: 120 of 3,720, about 1:00:00 left"


def test_a_rate_that_is_used_up_is_told_once_with_the_hour(bars: Bars, capfd: pytest.CaptureFixture[str]) -> None:
    goes_on = hour(bars._clock() + 57)
    for left in range(57, 0, -1):
        bars.used_up(left)
        sleep(bars, 1)
    assert told(capfd) == [f"the permitted rate is used up; goes on at {goes_on}"]
    sleep(bars, 3)
    bars.used_up(57)
    assert len(told(capfd)) == 1, "the next time it is told again"


def test_short_waits_are_not_told(bars: Bars, capfd: pytest.CaptureFixture[str]) -> None:
    bars.used_up(1.5)
    assert told(capfd) == []


def test_v_tells_each_step(capfd: pytest.CaptureFixture[str]) -> None:
    bars = Bars(Log("3f9a2b71", clock=Clock()), clock=Clock(), verbose=True)
    for done in range(3):
        bars.show("reading pages", done, 3)
    assert told(capfd) == ["reading pages: 0 of 3", "reading pages: 1 of 3", "reading pages: 2 of 3"]
