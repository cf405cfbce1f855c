"""Each kind of run, in each dialect, with and without a listing: undone, the group is what it was, and what can't be
brought back is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ampenet_sync.pipeline.applying import Window, sync_segments
from ampenet_sync.pipeline.forgetting import find, forget
from ampenet_sync.sandbox import Fault, Sandbox
from tests.pipeline.test_undo import carry_out, group, newest, reasons, undo
from tests.world import CONFIG, Clock, Place, Trouble, people

FIRST = ["k1,255712000001,Asha,Duka,yes", "k2,255712000002,Juma,Duka,yes", "k3,255712000003,Neema,Duka,yes"]
NAMES = [row.replace("Duka", "Soko") for row in FIRST]
NUMBERS = ["k1,255712000011,Asha,Duka,yes", *FIRST[1:]]
FEWER, MORE = FIRST[:1], [*FIRST, *people(2, first=4)]
Steps = Iterator[None]


def text(dialect: str, *, actual: str) -> str:
    pinned = CONFIG.replace("api: {", f'api: {{dialect: "{dialect}", ')
    return pinned.replace("mode: mirror,", f"mode: mirror, actual: {actual},")


def opened(folder: Path, dialect: str, *, lists: bool, actual: str) -> Iterator[Place]:
    clock, trouble = Clock(), Trouble()
    with Sandbox(dialect=dialect, clock=clock, sleep=clock.sleep, fault=trouble) as sandbox:
        sandbox.add_group("VIP")
        sandbox.switch(lists_contacts=lists)
        place = Place(folder, sandbox, clock, trouble, token=sandbox.token, url=sandbox.url)
        place.write(*FIRST, text=text(dialect, actual=actual))
        place.make_ledger()
        yield place


@pytest.fixture(params=["3.1", "3.8", "3.9", "3.9 unlisted"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A shop of the dialect; where it is unlisted, the platform can't list contacts, and plans come from the ledger."""
    dialect, _, unlisted = request.param.partition(" ")
    yield from opened(tmp_path, dialect, lists=not unlisted, actual="ledger" if unlisted else "live")


def first_load(place: Place) -> Steps:
    yield
    place.sync()


def changing(*rows: str) -> Callable[[Place], Steps]:
    def run(place: Place) -> Steps:
        place.sync()
        yield
        place.write(*rows)
        place.sync()

    return run


def an_undo(place: Place) -> Steps:
    """The run that is undone took back names, numbers and people."""
    place.sync()
    place.clock.now += 60
    place.write(*NUMBERS[:1], NAMES[1], *people(1, first=4))
    place.sync()
    yield
    carry_out(place, undo(place, newest(place)))


def paused(place: Place) -> Steps:
    place.sync()
    yield
    place.write(*NAMES)
    with place.opened() as world:
        applied = sync_segments(world, place.intake(), window=Window(calls=world.client.calls + 4))[0].applied
    assert applied and applied.paused and 0 < applied.done < 3


def refused(place: Place) -> Steps:
    place.sync()
    yield
    place.write(*MORE)
    place.trouble.on("/store", Fault.refused("This phone was blacklisted"))
    assert (place.sync().refused, len(place.group())) == (1, 4)


def killed(place: Place) -> Steps:
    place.sync()
    yield
    place.write(*NAMES)
    left = [2]

    def crash(point: str) -> None:
        left[0] -= point == "answered"
        if not left[0]:
            raise SystemExit

    with pytest.raises(SystemExit):
        place.sync(crash=crash)
    place.clock.now += 3600


KINDS = {
    "first load": first_load,
    "names": changing(*NAMES),
    "numbers": changing(*NUMBERS),
    "deletes": changing(*FEWER),
    "creates": changing(*MORE),
    "undo": an_undo,
    "paused": paused,
    "refused": refused,
    "killed": killed,
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_group_is_what_it_was_before_the_run(shop: Place, kind: str) -> None:
    steps = KINDS[kind](shop)
    next(steps)
    before = group(shop)
    shop.clock.now += 60
    next(steps, None)
    assert group(shop) != before
    planned = undo(shop, newest(shop))
    assert planned.plan.header.actual == ("live" if "actual: live" in shop.text else "ledger")
    carry_out(shop, planned)
    assert group(shop) == before


@pytest.mark.parametrize("kind", ["first load", "names", "deletes"])
def test_the_plan_names_what_does_not_come_back_as_it_was(shop: Place, kind: str) -> None:
    for _ in KINDS[kind](shop):
        shop.clock.now += 60
    lost = undo(shop, newest(shop)).plan.header.not_restored
    again = "2 contacts made again: with another uid, and the platform counts them as subscribed from then on"
    stays = "the group itself stays, without our contacts"
    assert lost == {"first load": (stays,), "names": (), "deletes": (again,)}[kind]


def test_a_field_that_was_blank_gets_blank_again_or_the_plan_says_that_it_does_not(shop: Place) -> None:
    shop.write("k1,255712000001,Asha,,yes", "k2,255712000002,Juma,,yes")
    shop.sync()
    before = group(shop)
    shop.write("k1,255712000001,Asha,Duka,yes", "k2,255712000002,Jumaa,Duka,yes")
    shop.clock.now += 60
    shop.sync()
    planned, keeps = undo(shop, newest(shop)), '"3.9"' in shop.text
    assert sorted(reasons(planned)) == ["changed_by_run", "not_emptied" if keeps else "changed_by_run"]
    (sentence,) = planned.plan.header.not_restored or ("",)
    assert sentence.startswith("2 contacts left with a value in a field that was blank" if keeps else "")
    carry_out(shop, planned)
    kept = {phone: (first, "Duka") for phone, (first, _) in before.items()}
    assert group(shop) == (kept if keeps else before)


def test_a_field_that_a_run_emptied_or_could_not_empty_holds_again_what_it_did(shop: Place) -> None:
    shop.sync()
    before = group(shop)
    shop.write("k1,255712000001,Aisha,,yes", *FIRST[1:])
    shop.clock.now += 60
    shop.sync()
    planned = undo(shop, newest(shop))
    assert (reasons(planned), planned.plan.header.not_restored) == (["changed_by_run"], ())
    carry_out(shop, planned)
    assert group(shop) == before


@pytest.mark.parametrize("shop", ["3.1", "3.9"], indirect=True)
def test_a_contact_that_a_run_adopted_has_the_names_that_somebody_gave_it(shop: Place) -> None:
    shop.sandbox.add_contact("VIP", "255712000001", "Theirs", "There")
    shop.write(*FIRST, text=shop.text.replace("mode: mirror,", "mode: mirror, adopt: matched,"))
    shop.sync()
    planned = undo(shop, newest(shop))
    carry_out(shop, planned)
    assert group(shop) == {"255712000001": ("Theirs", "There")}


@pytest.mark.parametrize("shop", ["3.8"], indirect=True)
def test_of_several_segments_only_the_one_of_the_run_is_taken_back(shop: Place) -> None:
    more = "  more: {group: More, where: \"first = 'Asha'\", mode: mirror}\ncampaigns:"
    shop.write(*FIRST, text=shop.text.replace("campaigns:", more))
    with shop.opened() as world:
        runs = {run.segment: run.applied.run for run in sync_segments(world, shop.intake()) if run.applied}
    carry_out(shop, undo(shop, runs["vip"]))
    assert (group(shop), shop.group("More")) == ({}, {"255712000001": "Asha"})


@pytest.mark.parametrize("shop", ["3.9"], indirect=True)
def test_somebody_who_was_forgotten_since_is_counted_and_left(shop: Place) -> None:
    for _ in changing(*NAMES)(shop):
        shop.clock.now += 60
    with shop.opened() as world:
        forget(world, find(world, "255712000003"))
    lost = undo(shop, newest(shop)).plan.header.not_restored
    assert lost == ("1 contact not brought back: forgotten since",)


@pytest.mark.parametrize("dialect", ["3.1", "3.8", "3.9"])
def test_an_undo_from_the_ledger_lists_nothing_and_reads_each_contact_before_it_changes_it(
    dialect: str, tmp_path: Path
) -> None:
    for place in opened(tmp_path, dialect, lists=True, actual="ledger"):
        for _ in changing("k1,255712000001,Asha,Soko,yes", "k2,255712000002,Juma,Soko,yes")(place):
            place.clock.now += 60
        place.sandbox.edit_contact("VIP", "255712000002", first_name="Theirs")
        listed = place.count("/all")
        planned = undo(place, newest(place))
        header, twins = planned.plan.header, dialect == "3.1"
        assert (header.counts.creates, header.counts.unlisted, header.forecast.pages) == (1 - twins, int(twins), 0)
        applied = carry_out(place, planned)
        assert [row.why for row in applied.moved_rows] == ["contact_changed"]
        assert place.count("/all") == listed
        there = {"255712000001": ("Asha", "Duka"), "255712000002": ("Theirs", "Soko")}
        assert group(place) == (there if twins else {**there, "255712000003": ("Neema", "Duka")})


def test_where_twins_are_made_who_was_deleted_returns_by_an_undo_that_lists(tmp_path: Path) -> None:
    for place in opened(tmp_path, "3.1", lists=True, actual="ledger"):
        for _ in changing(*FEWER)(place):
            place.clock.now += 60
        run = newest(place)
        planned = undo(place, run)
        assert "write segments.vip.actual: live" in " ".join(planned.warnings)
        place.write(*FEWER, text=text("3.1", actual="live"))
        carry_out(place, undo(place, run))
        assert set(group(place)) == {"255712000001", "255712000002", "255712000003"}
