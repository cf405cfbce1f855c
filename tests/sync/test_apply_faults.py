"""Applying a plan while the platform misbehaves: the group ends right, without a twin and without a loss."""

from __future__ import annotations

import pytest

from ampenet_sync.errors import Busy, Unauthorised
from ampenet_sync.pipeline.applying import apply_file
from ampenet_sync.pipeline.planning import plan_segment
from ampenet_sync.runs import Patience
from ampenet_sync.sandbox import Fault
from tests.world import CONFIG, Place, people, phones

LOST = [Fault.drop_before, Fault.drop_after, Fault.error_after, Fault.garbage, Fault.html_502, Fault.throttled]
LOST_IDS = [fault.kind.value for fault in LOST]
NAMES = {"255712000001": "Name1", "255712000002": "Name2", "255712000003": "Name3"}


@pytest.mark.parametrize("fault", LOST, ids=LOST_IDS)
def test_a_create_that_goes_wrong_is_made_exactly_once(place: Place, fault: Fault) -> None:
    place.trouble.on("/store", fault, skip=1)
    applied = place.sync()
    assert place.group() == NAMES
    assert (applied.done, applied.refused, applied.in_doubt, applied.paused) == (3, 0, 0, "")
    assert sorted(link.customer_key for link in place.links() if link.owned) == ["k1", "k2", "k3"]


@pytest.mark.parametrize("fault", LOST, ids=LOST_IDS)
def test_an_update_that_goes_wrong_is_made(place: Place, fault: Fault) -> None:
    place.sync()
    place.write("k1,255712000001,Neema,Duka,yes", *people(2, first=2))
    place.trouble.on("/update/", fault)
    applied = place.sync()
    assert place.group() == {**NAMES, "255712000001": "Neema"}
    assert (applied.done, applied.in_doubt) == (1, 0)


@pytest.mark.parametrize("fault", LOST, ids=LOST_IDS)
@pytest.mark.parametrize("request_", ["/update/", "DELETE"], ids=["status read", "delete"])
def test_a_delete_that_goes_wrong_is_made(place: Place, fault: Fault, request_: str) -> None:
    place.sync()
    place.write(*people(2))
    place.trouble.on(request_, fault)
    applied = place.sync()
    assert sorted(place.group()) == phones(2)
    assert (applied.done, applied.in_doubt) == (1, 0)
    assert [link.customer_key for link in place.links()] == ["k1", "k2"]


def test_every_second_request_fails_and_the_group_still_ends_right(place: Place) -> None:
    place.write(*people(12))
    for _ in range(6):
        place.trouble.on("/store", Fault.drop_after, skip=1)
        place.trouble.on("/store", Fault.drop_before, skip=1)
    assert place.sync().in_doubt == 0
    assert sorted(place.group()) == phones(12)


def test_an_effect_that_comes_before_the_settling_time_is_found_and_not_repeated(place: Place) -> None:
    place.trouble.on("/store", Fault.late(100.0))
    applied = place.sync()
    assert place.group() == NAMES and place.count("/store") == 3
    assert (applied.done, applied.in_doubt) == (3, 0)


def test_an_effect_that_comes_after_its_repetition_was_decided_makes_no_twin_and_stays_ours(place: Place) -> None:
    place.patience = Patience(settle=10.0)
    place.trouble.on("/store", Fault.late(17.0))
    place.trouble.on("/store", Fault.throttled, skip=2)  # the second try waits until the first one's effect is there
    applied = place.sync()
    assert place.group() == NAMES
    assert (applied.done, applied.refused) == (3, 0)
    assert sorted(link.customer_key for link in place.links() if link.owned) == ["k1", "k2", "k3"]


def test_an_outage_pauses_the_run_and_the_next_one_finishes_it(place: Place) -> None:
    place.write(*people(20))
    place.trouble.on("/store", Fault.drop_after, times=999, skip=5)
    applied = place.sync()
    assert applied.paused and applied.in_doubt == 8
    place.trouble.over()
    again = place.sync()
    assert (again.paused, again.in_doubt) == ("", 0)
    assert sorted(place.group()) == phones(20)
    assert all(link.owned for link in place.links()) and len(place.links()) == 20


def test_a_platform_that_throttles_without_end_pauses_the_run(place: Place) -> None:
    place.trouble.on("/store", Fault.throttled, times=999)
    applied = place.sync()
    assert "putting requests off" in applied.paused
    assert place.group() == {} and place.count("/store") == 5


def test_a_token_that_is_withdrawn_in_the_middle_stops_at_once(place: Place) -> None:
    place.write(*people(20))
    place.trouble.on("/store", Fault.refused("Unauthenticated."), times=999, skip=5)
    with pytest.raises(Unauthorised):
        place.sync()
    assert place.count("/store") == 6
    place.trouble.over()
    place.sync()
    assert sorted(place.group()) == phones(20)


def test_a_group_that_vanishes_in_the_middle_stops_the_run_instead_of_collecting_refusals(place: Place) -> None:
    place.write(*people(20))
    place.trouble.on("/store", Fault.refused("No query results for model [App\\Models\\ContactGroups] x"), times=99)
    applied = place.sync()
    assert place.count("/store") == 1 and applied.paused and applied.refused == 0


def test_an_opted_out_contact_that_is_deleted_is_remembered_and_never_made_again(place: Place) -> None:
    place.sync()
    place.sandbox.unsubscribe("255712000001")
    place.write(*people(2, first=2))
    place.sync()
    assert sorted(place.group()) == phones(2, first=2)
    place.write("k1,255799000009,Name1,Duka,yes", *people(2, first=2))  # he comes back under a new number
    place.sync()
    assert sorted(place.group()) == phones(2, first=2)


def test_an_opt_out_binds_the_customer_who_had_the_number_when_it_was_said(place: Place) -> None:
    place.sync()
    place.sandbox.unsubscribe("255712000002")  # k2 said it; then k1 takes over his number, and he gets a new one
    place.write("k1,255712000002,Name1,Duka,yes", "k2,255799000009,Name2,Duka,yes", *people(1, first=3))
    applied = place.sync()
    assert sorted(place.group()) == ["255712000002", "255712000003"]
    assert applied.suppressed == 1


def test_an_opt_out_seen_while_a_contact_moves_binds_its_old_number_too(place: Place) -> None:
    place.sync()
    place.sandbox.unsubscribe("255712000001")
    place.write("k1,255799000009,Name1,Duka,yes", *people(2, first=2))
    place.sync()
    place.write(*people(2, first=2), "k9,255712000001,Zawadi,Duka,yes")
    applied = place.sync()
    assert "255712000001" not in place.group() and applied.done == 1  # the delete of k1's contact


def test_two_customers_who_swap_their_numbers_keep_both_contacts(place: Place) -> None:
    place.sync()
    before = {contact["phone"]: contact["uid"] for contact in place.sandbox.contacts("VIP")}
    place.write("k1,255712000002,Name1,Duka,yes", "k2,255712000001,Name2,Duka,yes", *people(1, first=3))
    assert place.sync().done == 2
    assert place.group() == {"255712000001": "Name2", "255712000002": "Name1", "255712000003": "Name3"}
    assert {contact["phone"]: contact["uid"] for contact in place.sandbox.contacts("VIP")} == before
    assert place.sync().done == 0


def test_three_customers_who_pass_their_numbers_on_end_right(place: Place) -> None:
    place.sync()
    rows = ["k1,255712000002,Name1,Duka,yes", "k2,255712000003,Name2,Duka,yes", "k3,255712000004,Name3,Duka,yes"]
    place.write(*rows)
    place.sync()
    assert place.group() == {"255712000002": "Name1", "255712000003": "Name2", "255712000004": "Name3"}
    assert place.sync().done == 0


def test_rows_whose_contact_moved_since_the_plan_are_left_alone_and_counted(place: Place) -> None:
    place.sync()
    place.write("k1,255712000001,Neema,Duka,yes", "k2,255712000002,Juma,Duka,yes", *people(2, first=4))
    with place.opened() as world:
        path = plan_segment(world, place.intake(), "vip").path
        place.sandbox.edit_contact("VIP", "255712000001", first_name="Rehema")
        place.sandbox.add_contact("VIP", "255712000004", "Somebody")
        place.sandbox.remove_contact("VIP", "255712000003")
        applied = apply_file(world, path)
    assert (applied.done, applied.moved) == (2, 3)
    assert place.group() == {
        "255712000001": "Rehema", "255712000002": "Juma", "255712000004": "Somebody", "255712000005": "Name5"
    }  # fmt: skip


def test_a_second_run_at_the_same_time_is_told_who_works_there_and_changes_nothing(place: Place) -> None:
    refused: list[Busy] = []

    def meanwhile(point: str) -> None:
        if not refused:
            with pytest.raises(Busy) as told:
                place.sync()
            refused.append(told.value)

    place.sync(crash=meanwhile)
    assert refused[0].exit_code == 75 and "held by process" in refused[0].message
    assert place.group() == NAMES and place.count("/store") == 3


def test_deleting_all_spares_everybody_while_a_bad_row_might_mean_anybody(place: Place) -> None:
    place.sandbox.add_group("VIP")
    place.sandbox.add_contact("VIP", "255799000001", "Foreign")
    text = CONFIG.replace("mode: mirror", "mode: mirror, deletes: all")
    place.write(*people(2), "k3,07123,Name3,Duka,yes", ",07124,Nobody,Duka,yes", text=text)
    place.sync()
    assert "255799000001" in place.group()


def test_a_contact_that_moves_while_its_change_is_in_doubt_is_left_alone_and_counted_once(place: Place) -> None:
    place.sync()
    place.write("k1,255712000001,Neema,Duka,yes", "k2,255712000002,Neema,Duka,yes", *people(1, first=3))
    place.trouble.on("/update/", Fault.drop_before, times=3)  # both, and one of them again in the second round

    def meanwhile(point: str) -> None:
        if point == "look up":
            place.sandbox.edit_contact("VIP", "255712000001", first_name="Rehema")

    applied = place.sync(crash=meanwhile)
    assert place.group() == {**NAMES, "255712000001": "Rehema", "255712000002": "Neema"}
    assert (applied.done, applied.moved, applied.in_doubt) == (1, 1, 0)
    assert [row.why for row in applied.moved_rows] == ["contact_changed"]
