"""What is remembered of a source's readings: each once, the newest of them, and never a person."""

from __future__ import annotations

from dataclasses import replace

from ampenet_sync.ledger import Ledger, intakes
from ampenet_sync.ledger.intakes import Reading
from tests.world import Clock

FIRST = Reading(
    "customers.csv", "aa11", rows=12, usable=9, reasons={"blank": 2, "letters": 1}, countries={"TZ": 8, "KE": 1},
    consenting=7, shared=2, repaired=1,
)  # fmt: skip


def test_a_reading_is_kept_with_all_its_counts_and_its_moment(ledger: Ledger, clock: Clock) -> None:
    intakes.note_reading(ledger, FIRST)
    assert intakes.readings(ledger, "customers.csv") == [replace(FIRST, at=clock.now)]
    assert intakes.newest_reading(ledger, "customers.csv") == replace(FIRST, at=clock.now)


def test_the_same_reading_is_noted_once_though_plans_are_made_from_it_again(ledger: Ledger, clock: Clock) -> None:
    intakes.note_reading(ledger, FIRST)
    clock.now += 60
    intakes.note_reading(ledger, FIRST)
    assert len(intakes.readings(ledger, "customers.csv")) == 1


def test_a_source_that_went_back_to_what_it_was_is_noted_again(ledger: Ledger, clock: Clock) -> None:
    for reading in (FIRST, replace(FIRST, digest="bb22", usable=10), FIRST):
        intakes.note_reading(ledger, reading)
        clock.now += 60
    assert [reading.usable for reading in intakes.readings(ledger, "customers.csv")] == [9, 10, 9]


def test_the_same_rows_judged_by_other_rules_are_another_reading(ledger: Ledger) -> None:
    intakes.note_reading(ledger, FIRST)
    intakes.note_reading(ledger, replace(FIRST, usable=10, reasons={"blank": 2}))
    assert len(intakes.readings(ledger, "customers.csv")) == 2


def test_each_source_keeps_its_newest_readings_only(ledger: Ledger) -> None:
    intakes.note_reading(ledger, replace(FIRST, source="other.csv"))
    for number in range(5):
        intakes.note_reading(ledger, replace(FIRST, digest=str(number)), kept=3)
    assert [reading.digest for reading in intakes.readings(ledger, "customers.csv")] == ["2", "3", "4"]
    assert len(intakes.readings(ledger, "other.csv")) == 1


def test_of_a_source_that_was_never_read_nothing_is_known(ledger: Ledger) -> None:
    assert (intakes.readings(ledger, "other.csv"), intakes.newest_reading(ledger, "other.csv")) == ([], None)
