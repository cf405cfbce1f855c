"""A plan that waits for a yes: looking spoils nothing, and what moved meanwhile is left alone and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from ampenet_sync.errors import PlanRefused
from ampenet_sync.pipeline.applying import apply_file, sync_segments
from ampenet_sync.pipeline.planning import plan_segment
from ampenet_sync.sync.applied import Applied
from tests.world import CONFIG, Place, people, phones


def planned(place: Place):
    with place.opened() as world:
        return plan_segment(world, place.intake(), "vip")


def applied(place: Place, path: Path) -> Applied:
    """Against the customers as they are now."""
    with place.opened() as world:
        return apply_file(world, path, intake=place.intake())


def moved(done: Applied) -> list[tuple[str, str, str]]:
    return [(row.change, row.key, row.why) for row in done.moved_rows]


def test_a_newer_plan_that_nobody_applied_does_not_spoil_the_one_that_waits(place: Place) -> None:
    waiting = planned(place)
    place.write(*people(4))
    newer = planned(place)
    assert newer.plan.digest != waiting.plan.digest
    assert applied(place, waiting.path).done == 3 and sorted(place.group()) == phones(3)


def test_a_source_written_again_with_the_same_customers_moves_nothing(place: Place) -> None:
    waiting = planned(place)
    (place.folder / "customers.csv").touch()
    planned(place)
    done = applied(place, waiting.path)
    assert (done.done, done.moved) == (3, 0)


def test_a_sync_that_found_nothing_to_do_does_not_spoil_the_one_that_waits(place: Place) -> None:
    place.sync()
    place.write(*people(2), "k3,255712000003,Neema,Duka,yes")
    waiting = planned(place)
    place.write(*people(3))
    assert place.sync().done == 0
    place.write(*people(2), "k3,255712000003,Neema,Duka,yes")
    assert applied(place, waiting.path).done == 1
    assert place.group()["255712000003"] == "Neema"


def test_a_sync_that_changed_the_group_does(place: Place) -> None:
    waiting = planned(place)
    place.write(*people(4))
    place.sync()
    with pytest.raises(PlanRefused) as refused:
        applied(place, waiting.path)
    assert refused.value.code == "plan_stale" and "another run changed this group" in refused.value.message


def test_customers_who_left_or_changed_in_the_source_are_left_alone_and_named(place: Place) -> None:
    waiting = planned(place)
    place.write("k1,255712000001,Name1,Duka,yes", "k2,255712000002,Zawadi,Duka,yes")
    done = applied(place, waiting.path)
    assert (done.done, done.moved) == (1, 2) and sorted(place.group()) == phones(1)
    assert moved(done) == [("create", "k2", "customer_changed"), ("create", "k3", "customer_gone")]
    assert [row.phone for row in done.moved_rows] == ["2557•••002", "2557•••003"]


def test_a_customer_who_came_back_or_is_quarantined_now_is_not_deleted(place: Place) -> None:
    place.write(*people(5))
    place.sync()
    place.write(*people(2))
    waiting = planned(place)
    assert waiting.plan.header.counts.deletes == 3
    place.write(*people(3), "k4,0712 garbled,Name4,Duka,yes")
    done = applied(place, waiting.path)
    assert moved(done) == [("delete", "k3", "customer_back"), ("delete", "k4", "customer_held")]
    assert done.done == 1 and sorted(place.group()) == phones(4)


def test_an_update_whose_customer_changed_again_is_left_alone(place: Place) -> None:
    place.sync()
    place.write(*people(2), "k3,255712000003,Neema,Duka,yes")
    waiting = planned(place)
    place.write(*people(2), "k3,255712000003,Rehema,Duka,yes")
    assert moved(applied(place, waiting.path)) == [("update", "k3", "customer_changed")]
    assert place.group()["255712000003"] == "Name3"


def test_a_field_that_is_not_mapped_moves_no_update(place: Place) -> None:
    place.write(*people(3), text=CONFIG.replace("  last_name: last\n", ""))
    place.sandbox.add_group("VIP")
    place.sandbox.add_contact("VIP", "255712000001", "Asha", "Mollel")
    done = applied(place, planned(place).path)
    assert (done.done, done.moved) == (3, 0)


def test_who_opted_out_in_the_source_since_is_not_made(place: Place) -> None:
    stay, leave = ("k1,255712000001,Name1,no,yes", "k2,255712000002,Name2,no,yes"), "k2,255712000002,Name2,yes,yes"
    place.write(*stay, text=CONFIG.replace("last_name: last", "opted_out: last"))
    waiting = planned(place)
    place.write(stay[0], leave)
    assert moved(applied(place, waiting.path)) == [("create", "k2", "opted_out")]
    assert sorted(place.group()) == phones(1)


def test_a_contact_that_moved_there_is_left_alone_and_named(place: Place) -> None:
    place.sync()
    place.write("k1,255712000001,Neema,Duka,yes", "k2,255712000002,Neema,Duka,yes", *people(1, first=3))
    waiting = planned(place)
    place.sandbox.remove_contact("VIP", "255712000001")
    assert moved(applied(place, waiting.path)) == [("update", "k1", "contact_gone")]
    assert place.group()["255712000002"] == "Neema"


def test_after_an_interruption_what_is_done_did_not_move(place: Place) -> None:
    waiting = planned(place)
    assert applied(place, waiting.path).done == 3
    again = applied(place, waiting.path)
    assert (again.done, again.moved) == (3, 0)


def test_each_row_says_where_its_customer_stands_in_the_source(place: Place) -> None:
    place.write(*people(4))
    place.sync()
    place.write(
        "k1,255712000001,Neema,Duka,yes", "k2,0712 garbled,Name2,Duka,yes", *people(1, first=4), *people(1, first=9)
    )
    rows = {row.customer_key: (row.change.value, row.source) for row in planned(place).plan.rows}
    assert rows == {
        "k1": ("update", "customers.csv:2"),
        "k9": ("create", "customers.csv:5"),
        "k3": ("delete", ""),
        "k2": ("skip", "customers.csv:3"),
    }


def test_a_segment_left_out_by_sync_leaves_its_plan_good(place: Place) -> None:
    place.write(*people(8), text=CONFIG.replace("deletes: none, ", ""))
    place.sync()
    place.write(*people(4))
    waiting = planned(place)
    with place.opened() as world:
        (run,) = sync_segments(world, place.intake())
    assert run.applied is None
    with place.opened() as world:
        assert apply_file(world, waiting.path, allow=waiting.plan.digest, intake=place.intake()).done == 4
