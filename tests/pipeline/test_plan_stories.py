"""Which plans may still be carried out, which group they are for, and who is held. Against the sandbox."""

from __future__ import annotations

import os
import shutil

import pytest

from ampenet_sync.errors import Busy, PlanRefused, Unsafe
from ampenet_sync.ledger import changes, destinations
from ampenet_sync.pipeline.applying import apply_file, sync_segments
from ampenet_sync.pipeline.planning import plan_segment
from ampenet_sync.sandbox import Fault
from tests.world import ACCOUNT, CONFIG, Place, people, phones

LIMITED = CONFIG.replace("deletes: none, ", "")


def planned(place: Place):
    with place.opened() as world:
        return plan_segment(world, place.intake(), "vip")


def applied(place: Place, path, **named):
    with place.opened() as world:
        return apply_file(world, path, **named)


def refusal(place: Place, path, **named) -> str:
    before = place.sandbox.effects()
    with pytest.raises(PlanRefused) as refused:
        applied(place, path, **named)
    assert place.sandbox.effects() == before
    return refused.value.code


def test_planning_changes_nothing_there(place: Place) -> None:
    assert planned(place).plan.header.counts.creates == 3
    assert place.sandbox.effects() == []


def test_a_plan_is_carried_out_and_a_second_time_makes_no_change(place: Place) -> None:
    path = planned(place).path
    assert applied(place, path).done == 3
    before = place.sandbox.effects()
    assert applied(place, path).done == 3
    assert place.sandbox.effects() == before


def test_the_same_inputs_give_the_same_plan(place: Place) -> None:
    assert planned(place).plan == planned(place).plan


def test_a_plan_older_than_a_day_is_refused(place: Place) -> None:
    path = planned(place).path
    place.clock.now += 24 * 3600 + 1
    assert refusal(place, path) == "plan_old"


def test_a_plan_of_another_ledger_is_refused(place: Place) -> None:
    path = shutil.copy(planned(place).path, place.folder / "kept.plan.parquet")
    shutil.rmtree(place.folder / ".ampenet")
    place.make_ledger()
    assert refusal(place, path) == "plan_foreign"


def test_a_plan_made_under_another_configuration_is_refused(place: Place) -> None:
    path = planned(place).path
    place.write(*people(3), text=CONFIG.replace("mode: mirror", "mode: upsert"))
    assert refusal(place, path) == "plan_stale"


def test_a_plan_of_a_segment_that_is_no_more_is_refused(place: Place) -> None:
    path = planned(place).path
    place.write(*people(3), text=CONFIG.replace("vip", "gold"))
    assert refusal(place, path) == "plan_stale"


def test_a_plan_is_no_longer_good_once_another_run_changed_the_group(place: Place) -> None:
    path = planned(place).path
    place.write(*people(4))
    place.sync()
    assert refusal(place, path) == "plan_stale"


def test_a_plan_that_is_made_again_is_the_same_plan(place: Place) -> None:
    path, source = planned(place).path, place.folder / "customers.csv"
    written = source.stat().st_mtime  # the plan tells when its source was last written to
    place.write(*people(4))
    planned(place)
    place.write(*people(3))
    os.utime(source, (written, written))
    assert planned(place).path == path
    assert applied(place, path).done == 3


def test_an_unsafe_plan_needs_the_yes_to_its_own_digest(place: Place) -> None:
    place.write(*people(8), text=LIMITED)
    place.sync()
    place.write(*people(4))
    unsafe = planned(place)
    assert unsafe.plan.header.verdict == "unsafe"
    with pytest.raises(Unsafe) as refused:
        applied(place, unsafe.path)
    assert refused.value.exit_code == 4 and unsafe.plan.digest in refused.value.hint
    assert refusal(place, unsafe.path, allow="0123456789abcdef") == "allow_mismatch"
    assert applied(place, unsafe.path, allow=unsafe.plan.digest).done == 4
    assert sorted(place.group()) == phones(4)


def test_an_unsafe_segment_is_left_out_and_nothing_in_it_changes(place: Place) -> None:
    place.write(*people(8), text=LIMITED)
    place.sync()
    place.write(*people(4))
    with place.opened() as world:
        run = sync_segments(world, place.intake())[0]
    assert run.applied is None and sorted(place.group()) == phones(8)


def test_a_group_renamed_there_is_still_the_segment_s(place: Place) -> None:
    place.sync()
    place.sandbox.rename_group("VIP", "Gold")
    place.write(*people(4))
    assert place.sync().done == 1
    assert sorted(place.group("Gold")) == phones(4) and len(place.sandbox.groups()) == 1


def test_a_group_removed_there_is_not_made_again(place: Place) -> None:
    place.sync()
    place.sandbox.remove_group("VIP")
    with pytest.raises(PlanRefused) as refused:
        place.sync()
    assert refused.value.code == "group_gone" and place.sandbox.groups() == []


TWO = CONFIG.replace("campaigns:", "  all: {group: Everybody, mode: mirror}\ncampaigns:")


def test_a_group_renamed_to_another_segment_s_name_is_not_shared(place: Place) -> None:
    place.sync()
    place.sandbox.rename_group("VIP", "Everybody")
    place.write(*people(3), text=TWO)
    with place.opened() as world:
        (run,) = sync_segments(world, place.intake(), ["all"])
    assert run.applied is None and run.refused and run.refused.code == "group_shared"


def test_a_segment_that_got_a_new_name_keeps_its_group_and_its_contacts(place: Place) -> None:
    place.sync()
    before = place.sandbox.effects()
    place.write(*people(3), text=CONFIG.replace("vip", "gold"))
    assert place.sync().done == 0 and place.sandbox.effects() == before


@pytest.mark.parametrize("fault", [Fault.drop_after, Fault.error_after, Fault.garbage])
def test_a_group_whose_creation_was_not_answered_is_found_by_its_name(place: Place, fault: Fault) -> None:
    place.trouble.on("POST /contacts", fault)
    place.sync()
    assert [group["name"] for group in place.sandbox.groups()] == ["VIP"] and sorted(place.group()) == phones(3)


def test_a_customer_whose_row_can_not_be_read_keeps_his_contact(place: Place) -> None:
    place.sync()
    place.write(*people(2), "k3,0712 garbled,Name3,Duka,yes")
    assert place.sync().done == 0 and sorted(place.group()) == phones(3)


def test_a_customer_whose_row_lost_its_key_keeps_his_contact(place: Place) -> None:
    place.sync()
    place.write(*people(2), ",0712000003,Name3,Duka,yes")
    assert place.sync().done == 0 and sorted(place.group()) == phones(3)


def test_a_row_that_lost_key_and_phone_could_be_anybody_and_an_empty_line_is_nobody(place: Place) -> None:
    place.sync()
    place.write(*people(1), ",0712garbled,Name3,Duka,yes")
    assert place.sync().done == 0 and sorted(place.group()) == phones(3)
    place.write(*people(1), ",,,,")
    assert place.sync().done == 2 and sorted(place.group()) == phones(1)


@pytest.mark.parametrize("key", ["  key: id\n", ""])
def test_a_row_without_key_and_country_could_be_anybody_but_not_one_with_its_own_code(place: Place, key: str) -> None:
    text = CONFIG.replace("  key: id\n", f"{key}  region: last\n").replace("  last_name: last\n", "")
    shop = [row.replace("Duka", "Tanzania") for row in people(3)]
    place.write(*shop, text=text)
    place.sync()
    place.write(*shop[:1], ",0712000002,Name2,Atlantis,yes")
    assert planned(place).plan.header.counts.deletes == 0
    place.write(*shop[:1], ",+255712000002,Name2,Atlantis,yes")
    assert planned(place).plan.header.counts.deletes == 1


def test_without_keys_nobody_is_deleted_while_any_row_can_not_be_read(place: Place) -> None:
    text = CONFIG.replace("  key: id\n", "")
    place.write(*people(3), text=text)
    place.sync()
    place.write(*people(2), "k3,,Name3,Duka,yes")
    assert place.sync().done == 0 and sorted(place.group()) == phones(3)


def test_a_loser_of_a_shared_phone_keeps_the_contact_he_has(place: Place) -> None:
    place.sync()
    place.write(*people(2), "k3,255712000001,Name3,Duka,yes")
    assert place.sync().done == 0 and sorted(place.group()) == phones(3)


def test_a_contact_removed_there_is_told_and_not_made_again(place: Place) -> None:
    place.sync()
    place.sandbox.remove_contact("VIP", "255712000002")
    header = planned(place).plan.header
    assert (header.counts.drift, header.counts.creates) == (1, 0)


def drifting(place: Place, drift: str) -> None:
    place.write(*people(3), text=CONFIG.replace("mode: mirror", f"mode: mirror, drift: {drift}"))


def test_a_segment_may_keep_what_somebody_changed_there(place: Place) -> None:
    drifting(place, "{changed: keep}")
    place.sync()
    place.sandbox.edit_contact("VIP", "255712000002", first_name="Theirs")
    counts = planned(place).plan.header.counts
    assert (counts.drift, counts.updates, counts.unchanged) == (1, 0, 2)
    assert place.sync().done == 0 and place.group()["255712000002"] == "Theirs"


def test_a_segment_may_have_made_again_whom_somebody_removed_there(place: Place) -> None:
    drifting(place, "{removed: recreate}")
    place.sync()
    place.sandbox.remove_contact("VIP", "255712000002")
    counts = planned(place).plan.header.counts
    assert (counts.drift, counts.creates) == (1, 1)
    assert place.sync().done == 1 and sorted(place.group()) == phones(3)
    assert len(place.links()) == 3 and place.sync().done == 0


def test_claims_whose_plan_file_is_gone_are_settled_by_the_next_plan(place: Place) -> None:
    place.trouble.on("/store", Fault.drop_after, times=99)
    place.write(*people(10))
    assert place.sync().paused
    place.trouble.over()
    shutil.rmtree(place.folder / ".ampenet" / "plans")
    assert place.sync().in_doubt == 0
    assert sorted(place.group()) == phones(10) and place.count("/store") == 10


def test_the_lease_is_kept_through_a_listing_however_long_it_takes(place: Place) -> None:
    place.sandbox.add_group("VIP")
    for phone in phones(120, first=500):
        place.sandbox.add_contact("VIP", phone)
    told: list[str] = []

    def a_slow_page(what: str, done: int, total: int | None) -> None:
        place.clock.now += 300
        if what == "listing" and done == total:
            with pytest.raises(Busy) as busy:
                place.sync()
            told.append(busy.value.code)

    with place.opened(progress=a_slow_page) as world:
        plan_segment(world, place.intake(), "vip")
    assert told == ["busy"]


def test_ctrl_c_lets_go_of_the_group_and_the_next_run_finishes_it(place: Place) -> None:
    def interrupt(what: str, done: int, total: int | None) -> None:
        if what == "applying" and done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        place.sync(progress=interrupt)
    place.sync()
    assert sorted(place.group()) == phones(3) and place.count("/store") == 3
    with place.ledger() as ledger:
        there = destinations.destination_id(ledger, host="sandbox", account=ACCOUNT)
        assert changes.open_claims(ledger, there, place.sandbox.groups()[0]["uid"]) == []


def open_the_end(place: Place) -> None:
    """The last line loses its line break, as when the file is cut off in a cell."""
    path = place.folder / "customers.csv"
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n"), encoding="utf-8")


def test_a_source_that_may_be_cut_off_stops_every_segment_until_a_person_says_yes(place: Place) -> None:
    place.sync()
    open_the_end(place)
    with place.opened() as world, pytest.raises(Unsafe) as stopped:
        sync_segments(world, place.intake())
    assert stopped.value.code == "unsafe_source" and "may have been cut off" in stopped.value.message
    path = planned(place).path
    with pytest.raises(Unsafe):
        applied(place, path)
    applied(place, path, allow=path.name.removeprefix("vip-").removesuffix(".plan.parquet"))
    assert place.sync().done == 0, "accepted once, it is no news any more"


def test_a_source_whose_end_was_always_open_is_safe(place: Place) -> None:
    open_the_end(place)
    assert place.sync().done == 3
    assert place.sync().done == 0


def test_a_source_whose_end_was_repaired_may_not_lose_it_again(place: Place) -> None:
    open_the_end(place)
    place.sync()
    place.write(*people(3))
    place.sync()
    open_the_end(place)
    with place.opened() as world, pytest.raises(Unsafe):
        sync_segments(world, place.intake())
