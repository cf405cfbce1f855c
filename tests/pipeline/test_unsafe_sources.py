"""A source that went wrong overnight changes nobody's contact: the run says so and makes no writing call."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from ampenet_sync.errors import AmpenetError
from ampenet_sync.pipeline.applying import sync_segments
from tests.world import CONFIG, Place, people

SAFE = re.sub(r", limits: \{[^}]*\}", "", CONFIG)  # the limits that nobody wrote
ROWS = 60


def half(rows: list[str]) -> list[str]:
    return rows[: len(rows) // 2]


def nobody(rows: list[str]) -> list[str]:
    return []


def of_another_shop(rows: list[str]) -> list[str]:
    return [row.replace("k", "z", 1) for row in people(ROWS, first=500)]


def without_phones(rows: list[str]) -> list[str]:
    return [re.sub(r",255\d+,", ",see the other sheet,", row) for row in rows]


def swapped_names(rows: list[str]) -> list[str]:
    return [re.sub(r",(Name\d+),(Duka),", r",\2,\1,", row) for row in rows]


def one_column_to_the_left(rows: list[str]) -> list[str]:
    return [row.partition(",")[2] + "," for row in rows]


WRONG = [half, nobody, of_another_shop, without_phones, swapped_names, one_column_to_the_left]


@pytest.mark.parametrize("spoil", WRONG, ids=[spoil.__name__.replace("_", " ") for spoil in WRONG])
def test_a_source_that_went_wrong_makes_no_writing_call(place: Place, spoil: Callable[[list[str]], list[str]]) -> None:
    place.write(*people(ROWS), text=SAFE)
    place.sync()
    before = place.sandbox.effects()
    place.write(*spoil(people(ROWS)))
    with place.opened() as world:
        try:
            (run,) = sync_segments(world, place.intake())
        except AmpenetError as error:
            assert error.code in ("unsafe_source", "empty_source"), error
        else:
            assert run.applied is None and run.planned and run.planned.plan.header.verdict == "unsafe"
            assert run.why_left_out
    assert place.sandbox.effects() == before
    assert len(place.group()) == ROWS


def test_a_small_change_of_the_same_source_is_carried_out(place: Place) -> None:
    place.write(*people(ROWS), text=SAFE)
    place.sync()
    place.write(*people(ROWS - 2), *people(3, first=200))
    assert place.sync().done == 2 + 3
