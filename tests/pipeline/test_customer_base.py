"""Some thousand customers in twelve segments, on a simulated clock: calls, hours and the permitted rate hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks.customer_base import HOUR, Base, Night

LOADED = 1_226  # contacts of 1,200 customers: 5 share a phone with another one of their segment, 31 have two segments


@contextmanager
def base(folder: Path, customers: int, *, laid: bool = False, **settings: Any) -> Iterator[Base]:
    made = Base(folder, customers, **settings)
    try:
        if laid:
            made.lay()
        yield made
    finally:
        made.platform.close()


@pytest.fixture(scope="module", params=[60, 1_000])
def loaded(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[tuple[Base, Night]]:
    """A first load by calls at that rate."""
    with base(tmp_path_factory.mktemp("base") / "shop", 1_200, rate=request.param) as made:
        yield made, made.sync(seconds=24 * HOUR)


def test_the_first_load_takes_the_same_calls_at_each_rate(loaded: tuple[Base, Night]) -> None:
    _, night = loaded
    assert night.done == LOADED and not night.paused
    assert night.used.forecast == night.least == LOADED + 12, "and its twelve groups"
    assert night.used.calls - night.used.forecast == night.used.beside["lookups"]


def test_its_hours_are_its_calls_at_the_permitted_rate_and_never_too_many(loaded: tuple[Base, Night]) -> None:
    made, night = loaded
    minutes = night.hours * 60
    assert made.platform.throttling()[1] == 0
    assert (night.used.calls - made.rate) / made.rate * 0.99 < minutes < night.used.calls / made.rate * 1.01 + 1


def test_contacts_that_were_laid_stand_as_a_load_leaves_them(loaded: tuple[Base, Night], tmp_path: Path) -> None:
    made, _ = loaded
    with base(tmp_path / "laid", 1_200, laid=True, rate=made.rate) as other:
        nights = list[Night]()
        for each in (made, other):
            each.platform.calls.clear()
            each.next_night(version=1)
            nights.append(each.sync())
    assert other.platform.calls == made.platform.calls
    assert nights[0].used == nights[1].used and nights[0].done == 5


@pytest.mark.parametrize(("dialect", "waiting"), [("3.1", 3), ("3.9", 0)])
def test_a_night_and_a_weekly_listing_take_the_least_calls_possible(tmp_path: Path, dialect: str, waiting: int) -> None:
    with base(tmp_path / "shop", 2_800, laid=True, rate=1_000, dialect=dialect) as made:
        made.next_night(version=1)
        night = made.sync()
        made.next_night(days=7, version=2)
        week = made.sync()
    assert night.unlisted == waiting, "new numbers of the one group that is too big to be listed each night"
    for each in (night, week):
        assert each.used.forecast == each.least == each.used.calls - each.used.beside["lookups"]
    assert week.unlisted == 0
