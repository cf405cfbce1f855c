"""What a run did is taken back by a plan that a person looks at: the group is what it was. Against the sandbox."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ampenet_sync.errors import PlanRefused
from ampenet_sync.ledger import destinations, runs, suppressions
from ampenet_sync.pipeline.applying import SegmentRun, apply_file, sync_segments
from ampenet_sync.pipeline.planning import Planned, plan_segment
from ampenet_sync.pipeline.status import look_back
from ampenet_sync.pipeline.undoing import plan_undo, release
from ampenet_sync.sandbox import Fault
from ampenet_sync.sync.rows import Reason
from tests.world import ACCOUNT, CONFIG, Place, people, phones

FIRST = ["k1,255712000001,Asha,Duka,yes", "k2,255712000002,Juma,Duka,yes", "k3,255712000003,Neema,Duka,yes"]
# k1 has another name, k2 another number, k3 left, k4 is new.
SECOND = ["k1,255712000001,Aisha,Duka,yes", "k2,255712000022,Juma,Duka,yes", "k4,255712000004,Rehema,Duka,yes"]

Group = dict[str, tuple[str, str]]


@pytest.fixture
def changed(place: Place) -> Place:
    """A shop that was synced with FIRST and then with SECOND."""
    for rows in (FIRST, SECOND):
        place.write(*rows)
        place.clock.now += 3600
        place.sync()
    return place


def group(place: Place) -> Group:
    """Phone → names of what stands in the group."""
    found = place.sandbox.contacts("VIP")
    assert len({contact["phone"] for contact in found}) == len(found), "a twin"
    return {contact["phone"]: (contact["first_name"], contact["last_name"]) for contact in found}


def newest(place: Place) -> str:
    return look_back(place.config, host="sandbox").runs[0].id


def undo(place: Place, run: str) -> Planned:
    with place.opened() as world:
        return plan_undo(world, run)


def carry_out(place: Place, planned: Planned):
    place.clock.now += 60
    with place.opened() as world:
        return apply_file(world, planned.path, allow=planned.plan.digest)


def reasons(planned: Planned) -> list[str]:
    return [row.reason.value for row in planned.plan.rows]


def resync(place: Place) -> SegmentRun:
    with place.opened() as world:
        return sync_segments(world, place.intake())[0]


AS_FIRST = {f"25571200000{n}": (name, "Duka") for n, name in ((1, "Asha"), (2, "Juma"), (3, "Neema"))}


def test_names_numbers_and_contacts_are_as_they_were_before_the_run(changed: Place) -> None:
    planned = undo(changed, newest(changed))
    counts = planned.plan.header.counts
    assert (counts.updates, counts.creates, counts.deletes, counts.linked) == (2, 1, 1, 3)
    assert carry_out(changed, planned).done == 4
    assert group(changed) == AS_FIRST
    assert {link.customer_key: link.owned for link in changed.links()} == {"k1": True, "k2": True, "k3": True}


def test_making_the_plan_changes_nothing_and_gives_the_same_one_again(changed: Place) -> None:
    before = changed.sandbox.effects()
    run = newest(changed)
    assert undo(changed, run[:6]).plan.digest == undo(changed, run).plan.digest
    assert changed.sandbox.effects() == before


def test_what_was_undone_is_done_again_by_no_plan_until_the_segment_is_released(changed: Place) -> None:
    first = undo(changed, newest(changed))
    assert resync(changed).refused is None  # only an undo that was begun holds the segment
    carry_out(changed, first)
    with changed.opened() as world:
        assert "until somebody releases it" in " ".join(plan_segment(world, changed.intake(), "vip").warnings)
    held = resync(changed)
    assert held.refused and held.refused.code == "segment_held" and "release vip" in held.refused.hint
    assert group(changed) == AS_FIRST
    with changed.opened() as world:
        assert release(world, "vip") and not release(world, "vip")
    changed.clock.now += 60
    changed.sync()
    assert set(group(changed)) == {"255712000001", "255712000022", "255712000004"}


def test_an_undo_can_be_undone(changed: Place) -> None:
    after = group(changed)
    carry_out(changed, undo(changed, newest(changed)))
    carry_out(changed, undo(changed, newest(changed)))
    assert group(changed) == after


def test_the_first_load_of_a_group_can_be_undone_by_who_allows_it(place: Place) -> None:
    place.write(*FIRST)
    place.sync()
    planned = undo(place, newest(place))
    assert planned.plan.header.verdict == "unsafe"
    carry_out(place, planned)
    assert group(place) == {} and place.links() == []


def test_contacts_that_somebody_changed_after_the_run_are_left_alone_and_named(changed: Place) -> None:
    changed.sandbox.edit_contact("VIP", "255712000001", first_name="Edited")
    changed.sandbox.remove_contact("VIP", "255712000022")
    changed.sandbox.edit_contact("VIP", "255712000004", last_name="Edited")
    planned = undo(changed, newest(changed))
    assert sorted(reasons(planned)) == ["changed_since"] * 3 + ["removed_by_run"]
    carry_out(changed, planned)
    assert group(changed) == {
        "255712000001": ("Edited", "Duka"),
        "255712000004": ("Rehema", "Edited"),
        "255712000003": ("Neema", "Duka"),
    }


def test_who_is_suppressed_or_opted_out_there_does_not_return(changed: Place) -> None:
    with changed.ledger() as ledger:
        suppressions.suppress(ledger, phone="255712000003", reason="asked")
    planned = undo(changed, newest(changed))
    assert planned.plan.header.counts.suppressed == 1 and Reason.SUPPRESSED.value in reasons(planned)
    carry_out(changed, planned)
    assert "255712000003" not in group(changed)


def test_who_returned_by_himself_needs_nothing(changed: Place) -> None:
    changed.sandbox.add_contact("VIP", "255712000003", "Neema", "Duka")
    assert "removed_by_run" not in reasons(undo(changed, newest(changed)))


def test_the_plan_says_that_returning_contacts_count_as_subscribed_and_that_the_segment_is_held(changed: Place) -> None:
    planned = undo(changed, newest(changed))
    (sentence,) = planned.plan.header.not_restored
    assert sentence.startswith("1 contact made again") and "subscribed" in sentence
    assert "releases it" in " ".join(planned.warnings)


def test_a_run_without_changes_an_unknown_one_and_an_unclear_beginning_are_refused(changed: Place) -> None:
    changed.clock.now += 60
    changed.sync()
    with changed.ledger() as ledger:
        twins = [runs.begin_run(ledger, "sync", subject="vip", within="abcd") for _ in range(2)]
    for wanted, code in ((newest(changed), "nothing_to_undo"), ("ffff0000", "unknown_run"), ("abcd", "run_ambiguous")):
        with pytest.raises(PlanRefused) as refused:
            undo(changed, wanted if code != "nothing_to_undo" else _without_changes(changed, twins))
        assert refused.value.code == code


def _without_changes(place: Place, but: list[str]) -> str:
    found = [run for run in look_back(place.config, host="sandbox").runs if run.id not in but]
    return found[0].id


def test_a_run_that_was_killed_half_way_is_undone_as_far_as_it_came(place: Place) -> None:
    place.write(*people(6))
    place.sync()
    before = group(place)
    place.write(*(row.replace("Duka", "Changed") for row in people(6)))

    class Killed(BaseException):
        """Nothing after it runs."""

    left = [4]

    def crash(point: str) -> None:
        left[0] -= point == "answered"
        if not left[0]:
            raise Killed

    place.clock.now += 3600
    with pytest.raises(Killed):
        place.sync(crash=crash)
    planned = undo(place, newest(place))
    assert 3 <= planned.plan.header.counts.updates + planned.plan.header.counts.in_doubt <= 4
    carry_out(place, planned)
    place.clock.now += 3600
    with place.opened() as world:
        again = plan_undo(world, runs_of(place, "sync")[0])
    carry_out(place, again)
    assert group(place) == before


def runs_of(place: Place, kind: str) -> list[str]:
    return [run.id for run in look_back(place.config, host="sandbox").runs if run.kind == kind]


def test_an_undo_whose_answers_are_lost_ends_as_one_whose_are_not(changed: Place) -> None:
    planned = undo(changed, newest(changed))
    changed.trouble.on("/contacts", Fault.drop_after, times=2)
    carry_out(changed, planned)
    changed.trouble.over()
    assert group(changed) == AS_FIRST


def test_a_contact_that_a_run_changed_twice_is_what_it_was_before_the_first_time(place: Place) -> None:
    place.write(*FIRST)
    place.sync()
    before = group(place)
    with place.opened(run="feed") as world:
        for name in ("One", "Two"):
            place.write(*(row.replace("Asha", name) for row in FIRST))
            place.clock.now += 60
            sync_segments(world, place.intake())
    with place.ledger() as ledger:
        there = destinations.destination_id(ledger, host="sandbox", account=ACCOUNT)
        first, second = runs.runs_named(ledger, "feed")
        with ledger.write() as db:
            db.exec_driver_sql(f"UPDATE changes SET run = '{second.id}' WHERE run = '{first.id}'")
        assert there
    carry_out(place, undo(place, second.id))
    assert group(place) == before


@pytest.mark.parametrize("seed", range(25))
def test_whatever_a_run_did_the_group_is_as_before(place: Place, seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)

    def rows() -> list[str]:
        keys = chance.sample(range(1, 13), chance.randint(4, 12))
        numbers = chance.sample(phones(20), len(keys))
        fixed = {key: number for key, number in zip(keys, numbers, strict=True) if chance.random() < 0.4}
        taken = set(fixed.values())
        free = [number for number in phones(20, first=30) if number not in taken]
        return [
            f"k{key},{fixed.get(key) or free[key]},{chance.choice(['Asha', 'Juma', 'Neema'])},Duka,yes" for key in keys
        ]

    place.write(*rows(), text=CONFIG)
    place.sync()
    before = group(place)
    place.write(*rows())
    place.clock.now += 3600
    place.sync()
    if chance.random() < 0.5:
        place.trouble.on("/contacts", Fault.drop_after, times=1, skip=chance.randint(0, 4))
    run = runs_of(place, "sync")[0]
    for _ in range(3):
        place.clock.now += 3600
        try:
            planned = undo(place, run)
        except PlanRefused as refused:
            assert refused.code == "nothing_to_undo"
            break
        carry_out(place, planned)
    assert group(place) == before
