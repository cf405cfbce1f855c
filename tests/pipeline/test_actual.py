"""Plans from the ledger: when the group is listed, what is read before a change, and that edits there are safe."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ampenet_sync.config import Segment
from ampenet_sync.errors import BadAnswer
from ampenet_sync.pipeline.actual import SMALL, lists
from ampenet_sync.pipeline.applying import apply_file
from ampenet_sync.sandbox import Fault, Sandbox
from tests.examples import examples
from tests.pipeline.test_plan_stories import planned
from tests.world import CONFIG, NOON, Clock, Place, Trouble, people, phones

LEDGER = CONFIG.replace("mode: mirror,", "mode: mirror, actual: ledger,")
LIVE = CONFIG.replace("mode: mirror,", "mode: mirror, actual: live,")
LIST = "/all"
LOOKS = 1  # pages that are read to find the dialect out
DAY = 24 * 3600.0


@pytest.fixture(params=["3.1", "3.8", "3.9"])
def shop(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    """Three people in the group, of which the ledger knows; from now on plans are made from the ledger."""
    clock, trouble = Clock(), Trouble()
    with Sandbox(dialect=request.param, clock=clock, sleep=clock.sleep, fault=trouble) as sandbox:
        place = shop_at(sandbox, tmp_path, clock)
        place.trouble = trouble
        yield place


def shop_at(sandbox: Sandbox, folder: Path, clock: Clock, count: int = 3) -> Place:
    place = Place(folder, sandbox, clock, token=sandbox.token, url=sandbox.url)
    place.write(*people(count))
    place.make_ledger()
    place.sync()
    place.write(*people(count), text=LEDGER)
    return place


def only(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("shop", [name], indirect=True)


@pytest.mark.parametrize(
    ("written", "linked", "last", "listed"),
    [
        ({"actual": "live"}, 800_000, NOON, True),
        ({"actual": "ledger"}, 0, None, True),
        ({"actual": "ledger"}, 1, None, False),
        ({"actual": "ledger"}, 0, NOON - 90 * DAY, False),
        ({}, SMALL, NOON, True),
        ({}, SMALL + 1, None, True),
        ({}, SMALL + 1, NOON - 7 * DAY + 1, False),
        ({}, SMALL + 1, NOON - 7 * DAY, True),
        ({"list_every": "12h"}, SMALL + 1, NOON - 12 * 3600, True),
        ({"list_every": "12h"}, SMALL + 1, NOON - 12 * 3600 + 1, False),
    ],
)
def test_when_a_group_is_listed(written: dict[str, str], linked: int, last: float | None, listed: bool) -> None:
    settings = Segment.model_validate({"group": "VIP", "mode": "mirror", **written})
    assert lists(settings, linked=linked, last=last, now=NOON) is listed


def test_a_plan_from_the_ledger_lists_nothing_and_says_so(shop: Place) -> None:
    before = shop.count(LIST)
    header = planned(shop).plan.header
    assert (header.actual, header.forecast.pages, header.counts.unchanged) == ("ledger", 0, 3)
    assert header.read_at == "2026-11-24T06:00:00+00:00"
    assert shop.count(LIST) - before <= LOOKS


def test_a_big_group_is_listed_again_once_its_last_listing_is_old(tmp_path: Path) -> None:
    clock = Clock()
    with Sandbox(dialect="3.9", clock=clock) as sandbox:
        place = shop_at(sandbox, tmp_path, clock, SMALL + 1)
        place.write(*people(SMALL + 1), text=CONFIG)
        assert planned(place).plan.header.actual == "ledger"
        clock.now += 7 * DAY
        assert planned(place).plan.header.actual == "live", "and nobody carried that one out"
        assert planned(place).plan.header.actual == "live"
        place.sync()
        assert planned(place).plan.header.actual == "ledger"


@pytest.mark.parametrize(("shop", "calls"), [("3.1", 5), ("3.8", 6), ("3.9", 5)], indirect=["shop"])
def test_the_forecast_is_what_is_called(shop: Place, calls: int) -> None:
    shop.write("k1,255712000001,Asha,Duka,yes", *people(1, first=2), *people(1, first=9))
    plan = planned(shop)
    assert plan.plan.header.forecast.calls == calls
    with shop.opened() as world:
        world.client.detected  # noqa: B018 - these readings are made once, and told apart
        before = world.client.calls
        apply_file(world, plan.path)
        assert world.client.calls - before == calls


def test_a_contact_that_was_changed_there_is_left_alone_once_and_then_ours_wins(shop: Place) -> None:
    shop.sandbox.edit_contact("VIP", "255712000001", first_name="Theirs")
    shop.write("k1,255712000001,Asha,Duka,yes", *people(2, first=2))
    applied = shop.sync()
    assert (applied.done, [row.why for row in applied.moved_rows]) == (0, ["contact_changed"])
    assert shop.group()["255712000001"] == "Theirs"
    assert shop.sync().done == 1
    assert shop.group()["255712000001"] == "Asha"


def test_what_a_segment_keeps_of_others_stays_however_often_it_is_planned(shop: Place) -> None:
    text = (shop.folder / "ampenet.yaml").read_text(encoding="utf-8")
    shop.sandbox.edit_contact("VIP", "255712000001", first_name="Theirs")
    changed = text.replace("mode: mirror", "mode: mirror, drift: {changed: keep}")
    shop.write("k1,255712000001,Asha,Duka,yes", *people(2, first=2), text=changed)
    for _ in range(2):
        assert [row.why for row in shop.sync().moved_rows] == ["contact_changed"]
    assert shop.group()["255712000001"] == "Theirs"


def test_a_contact_that_is_gone_there_is_left_alone_and_never_made_again(shop: Place) -> None:
    shop.sandbox.remove_contact("VIP", "255712000001")
    shop.write("k1,255712000001,Asha,Duka,yes", *people(2, first=2))
    assert [row.why for row in shop.sync().moved_rows] == ["contact_gone"]
    assert planned(shop).plan.header.counts.drift == 1
    shop.sync()
    assert set(shop.group()) == {"255712000002", "255712000003"}


def test_a_deleted_opt_out_is_remembered(shop: Place) -> None:
    shop.sandbox.unsubscribe("255712000003")
    shop.write(*people(2))
    assert shop.sync().done == 1
    shop.write(*people(3))
    assert planned(shop).plan.header.counts.suppressed == 1
    shop.sync()
    assert set(shop.group()) == set(phones(2))


@pytest.mark.parametrize(("shop", "made"), [("3.1", 0), ("3.8", 1), ("3.9", 1)], indirect=["shop"])
def test_a_new_number_is_made_only_where_the_platform_refuses_twins(shop: Place, made: int) -> None:
    shop.write(*people(4))
    counts = planned(shop).plan.header.counts
    assert (counts.creates, counts.unlisted) == (made, 1 - made)
    shop.sync()
    assert len(shop.group()) == 3 + made
    shop.write(*people(4), text=LIVE)
    shop.sync()
    assert set(shop.group()) == set(phones(4))


@pytest.mark.parametrize(("shop", "moves"), [("3.1", 0), ("3.8", 1), ("3.9", 1)], indirect=["shop"])
def test_so_is_a_contact_that_would_get_a_new_number(shop: Place, moves: int) -> None:
    shop.write("k1,255712000011,Name1,Duka,yes", *people(2, first=2))
    assert shop.sync().done == moves
    assert ("255712000011" in shop.group()) is bool(moves)


def test_somebody_added_there_with_a_new_customer_s_number_stays_the_only_one(shop: Place) -> None:
    shop.sandbox.add_contact("VIP", "255712000004", "Theirs")
    shop.write(*people(4))
    shop.sync()
    assert shop.group()["255712000004"] == "Theirs"


@only("3.9")
def test_a_create_without_an_answer_waits_for_a_listing_and_makes_no_twin(shop: Place) -> None:
    shop.write(*people(4))
    shop.trouble.on("/store", Fault.drop_after)
    assert shop.sync().in_doubt == 1
    plan = planned(shop)
    assert (plan.plan.header.counts.in_doubt, plan.plan.header.counts.creates) == (1, 0)
    assert "creates without an answer" in " ".join(plan.warnings)
    shop.write(*people(4), text=LIVE)
    shop.sync()
    assert set(shop.group()) == set(phones(4))


def test_an_update_without_an_answer_is_looked_up_by_itself(shop: Place) -> None:
    before = shop.count(LIST)
    shop.write("k1,255712000001,Asha,Duka,yes", *people(2, first=2))
    shop.trouble.on("/update", Fault.drop_before)
    assert (shop.sync().done, shop.group()["255712000001"]) == (1, "Asha")
    assert shop.count(LIST) - before <= LOOKS


@only("3.9")
def test_a_group_that_can_not_be_listed_is_kept_from_the_ledger(shop: Place) -> None:
    shop.sandbox.switch(lists_contacts=False)
    shop.write("k1,255712000001,Asha,Duka,yes", *people(3, first=2))
    assert shop.sync().done == 2
    shop.write(*people(4), text=LIVE)
    with pytest.raises(BadAnswer) as refused:
        planned(shop)
    assert refused.value.code == "not_listable" and "actual: ledger" in refused.value.hint


def test_where_nobody_is_linked_yet_the_first_plan_lists(tmp_path: Path) -> None:
    clock = Clock()
    with Sandbox(dialect="3.1", clock=clock) as sandbox:
        place = Place(tmp_path, sandbox, clock, token=sandbox.token, url=sandbox.url)
        sandbox.add_group("VIP")
        sandbox.add_contact("VIP", "255712000001", "Name1", "Duka")
        place.write(*people(3), text=LEDGER)
        place.make_ledger()
        assert planned(place).plan.header.actual == "live"
        place.sync()
        assert planned(place).plan.header.actual == "ledger"
        assert set(place.group()) == set(phones(3))


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("dialect", ["3.1", "3.8", "3.9"])
@examples(12)
@given(seed=st.integers(0, 2**40))
def test_whatever_is_edited_there_between_plan_and_apply_is_safe(
    dialect: str, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The next listing makes the group what it should be; who opted out stays out, and no stranger is touched."""
    chance, clock = random.Random(seed), Clock()
    with Sandbox(dialect=dialect, clock=clock) as sandbox:
        place = shop_at(sandbox, tmp_path_factory.mktemp("shop"), clock, 6)
        sandbox.add_contact("VIP", "255712000099", "Stranger")
        rows = changed_people(chance)
        place.write(*rows)
        plan = planned(place)
        out, removed = edited(chance, place)
        with place.opened() as world:
            apply_file(world, plan.path, intake=place.intake())
        place.sync()
        place.write(*rows, text=LIVE)
        place.sync()
        place.sync()
        there = place.group()
        assert there["255712000099"] == "Stranger"
        status = {contact["phone"]: contact["status"] for contact in sandbox.contacts("VIP")}
        assert all(status.get(phone, "unsubscribe") == "unsubscribe" for phone in out), (
            "opted out, and subscribed again"
        )
        wanted = {row.split(",")[1]: row.split(",")[2] for row in rows}
        assert {phone: there[phone] for phone in there if phone in wanted} == {
            phone: name for phone, name in wanted.items() if phone in there
        }
        assert set(wanted) - set(there) <= out | removed
        assert set(there) - set(wanted) <= {"255712000099", "255712000020"}, "strangers"


def changed_people(chance: random.Random) -> list[str]:
    """Some stay, some leave, some have another name or number, some are new."""
    rows = []
    for row in people(6):
        key, phone, name, last, sms = row.split(",")
        match chance.choice(["stay", "stay", "leave", "rename", "move"]):
            case "leave":
                continue
            case "rename":
                name = f"New{name}"
            case "move":
                phone = phone.replace("25571200", "25571201")
            case _:
                pass
        rows.append(",".join([key, phone, name, last, sms]))
    return rows + people(chance.randrange(3), first=20)


def edited(chance: random.Random, place: Place) -> tuple[set[str], set[str]]:
    """What somebody does there meanwhile: who opted out, and who was removed (with their numbers of then and now)."""
    out, removed = set[str](), set[str]()
    for number, phone in enumerate(phones(6)):
        match chance.choice(["nothing", "nothing", "edit", "remove", "unsubscribe", "renumber"]):
            case "edit":
                place.sandbox.edit_contact("VIP", phone, first_name="Theirs")
            case "remove":
                place.sandbox.remove_contact("VIP", phone)
                removed |= {phone, phone.replace("25571200", "25571201")}
            case "unsubscribe":
                place.sandbox.unsubscribe(phone)
                out |= {phone}
            case "renumber":
                place.sandbox.edit_contact("VIP", phone, new_phone=f"25571200005{number}")
            case _:
                pass
    if chance.random() < 0.5:
        place.sandbox.add_contact("VIP", "255712000020", "Theirs")
    return out, removed
