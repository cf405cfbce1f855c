"""One change that is refused stops no other; it is tried again by each plan, and one that never works stands out."""

from __future__ import annotations

import pytest

from ampenet_sync.pipeline.applying import Applied
from ampenet_sync.reports.outcome import applied_lines
from ampenet_sync.sandbox import Fault
from tests.world import CONFIG, Place, people, phones

BLACKLISTED = Fault.refused("This phone was blacklisted.")

KNOWN = CONFIG.replace("6000", '6000, dialect: "3.1"')  # where it isn't, a first refusal proves less


@pytest.fixture
def place(place: Place) -> Place:
    place.write(*people(3), text=KNOWN)
    return place


def refused_once(place: Place) -> Applied:
    place.trouble.over()
    place.trouble.on("/store", BLACKLISTED)
    return place.sync()


def test_the_others_are_made_and_the_refused_one_is_named_with_the_platforms_reason(place: Place) -> None:
    applied = refused_once(place)
    assert (applied.done, applied.refused) == (2, 1)
    (row,) = applied.refused_rows
    assert (row.change, row.key, row.phone, row.times) == ("create", "k1", "2557•••001", 1)
    assert applied.refusals == {row.code: 1}
    assert place.count("/store") == 3, "it was not tried again in a loop"
    assert f"  refused: create 2557•••001 (k1): {row.code}" in list(applied_lines(applied))


def test_what_is_refused_a_third_time_for_the_same_reason_stands_out(place: Place) -> None:
    assert [refused_once(place).refused_rows[0].times for _ in range(3)] == [1, 2, 3]
    place.write("k0,255712000000,Name0,Duka,yes", *people(3))
    place.trouble.on("/store", BLACKLISTED, times=2)
    applied = place.sync()
    assert [(row.key, row.times) for row in applied.refused_rows] == [("k1", 4), ("k0", 1)]
    lines = list(applied_lines(applied))
    assert any("refused 4 times in a row: create 2557•••001 (k1)" in line for line in lines)
    assert not any("k0" in line for line in lines)


def test_another_reason_or_a_change_that_worked_begins_the_count_anew(place: Place) -> None:
    refused_once(place)
    place.trouble.on("/store", Fault.refused("The given data was invalid."))
    assert place.sync().refused_rows[0].times == 1
    place.sync()
    assert sorted(place.group()) == phones(3)
    place.write(*people(2, first=2))
    place.sync()
    place.write(*people(3))
    assert refused_once(place).refused_rows[0].times == 1
