"""When messages leave under quiet hours. Only times and numbers."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from ampenet_sync.campaigns.departure import Departure, foresee
from ampenet_sync.config.values import read_quiet_hours

ZONE = ZoneInfo("Africa/Dar_es_Salaam")
NIGHT = read_quiet_hours("20:00-08:00")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "count", "expected"),
    [
        (at(24, 9), 60, Departure(at(24, 10), 0, None)),
        (at(24, 19), 60, Departure(at(24, 20), 0, None)),
        (at(24, 19), 90, Departure(at(25, 8, 30), 30, at(25, 8))),
        (at(24, 22), 30, Departure(at(25, 8, 30), 30, at(25, 8))),
        (at(25, 7, 59), 30, Departure(at(25, 8, 30), 30, at(25, 8))),
        (at(24, 20), 721, Departure(at(26, 8, 1), 721, at(25, 8))),
        (at(24, 19), 60 + 720 + 1, Departure(at(26, 8, 1), 721, at(25, 8))),
    ],
    ids=["by day", "just before", "over the evening", "at night", "just before morning", "a day and one", "two nights"],
)
def test_what_does_not_leave_before_quiet_hours_waits_for_their_end(
    now: datetime, count: int, expected: Departure
) -> None:
    assert foresee(count, rate=1, quiet=NIGHT, now=now) == expected


def test_without_quiet_hours_nobody_waits() -> None:
    assert foresee(120, rate=60, quiet=None, now=at(24, 22)) == Departure(at(24, 22, 2), 0, None)


def test_no_message_ends_when_the_first_could_leave() -> None:
    assert foresee(0, rate=60, quiet=NIGHT, now=at(24, 22)) == Departure(at(25, 8), 0, None)


def test_quiet_hours_by_day_begin_and_end_on_the_same_day() -> None:
    noon = read_quiet_hours("12:00-14:00")
    assert foresee(90, rate=1, quiet=noon, now=at(24, 11)) == Departure(at(24, 14, 30), 30, at(24, 14))
