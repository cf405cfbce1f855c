"""Who opted out since they were last heard is found by asking, and what it costs is in the forecast."""

from __future__ import annotations

from contextlib import suppress

import pytest

from ampenet_sync.errors import InDoubt
from ampenet_sync.ledger import changes, destinations, statuses, suppressions
from ampenet_sync.pipeline.applying import SegmentRun, Window, apply_file, sync_segments
from ampenet_sync.pipeline.planning import Planned, plan_segment
from ampenet_sync.sandbox import Fault
from tests.world import ACCOUNT, CONFIG, Place, people, phones

DAY = 86_400.0
DIALECTS = ["3.1", "3.8", "3.9"]


def pinned(dialect: str) -> str:
    """The shop's configuration, so that no call is needed to find the dialect out."""
    return CONFIG.replace("6000", f'6000, dialect: "{dialect}"')


@pytest.fixture(params=DIALECTS)
def shop(request: pytest.FixtureRequest, place: Place) -> Place:
    """Five people in the group, and a day later."""
    place.sandbox.switch(dialect=request.param)
    place.write(*people(5), text=pinned(request.param))
    place.sync()
    place.clock.sleep(DAY)
    return place


def refresh(place: Place, window: Window | None = None) -> SegmentRun:
    with place.opened() as world:
        return sync_segments(world, place.intake(), window=window or Window(), refresh_opt_outs=True)[0]


def plan(place: Place) -> Planned:
    with place.opened() as world:
        return plan_segment(world, place.intake(), "vip", refresh_opt_outs=True)


def covered(place: Place, phone: str, key: str) -> bool:
    """Whether the phone and the customer, each by itself, may never be texted."""
    with place.ledger() as ledger:
        known = suppressions.all_suppressed(ledger)
        return known.covers(phone, "") and known.covers("", key)


def heard(place: Place) -> tuple[int, int, float | None]:
    """Of how many contacts the status is known, of how many not, and since when."""
    with place.ledger() as ledger:
        destination = destinations.destination_id(ledger, host="sandbox", account=ACCOUNT)
        group = next(group["uid"] for group in place.sandbox.groups() if group["name"] == "VIP")
        known = statuses.evidence_of(ledger, destination, group)
        return known.seen, known.never, known.known_as_of


def test_who_opted_out_since_is_suppressed_and_left_out_of_the_next_audience(shop: Place) -> None:
    shop.sandbox.unsubscribe(phone=phones(2)[1])
    applied = refresh(shop).applied
    assert applied is not None
    assert (applied.asked, applied.opted_out_there, applied.unasked, applied.moved) == (5, 1, 0, 0)
    assert covered(shop, phones(2)[1], "k2")
    header = shop.preview().audience.header
    assert (header.messages, header.excluded) == (4, {"suppressed": 1})


def test_a_plan_prices_its_asks_to_the_call_and_applies_them(shop: Place) -> None:
    shop.sandbox.unsubscribe(phone=phones(1)[0])
    planned = plan(shop)
    each = 1 if "3.9" in shop.text else 2
    assert (planned.plan.header.asks, planned.plan.header.forecast.calls) == (5, 5 * each)
    reads, writes = shop.count("/search/"), shop.count("PATCH")
    with shop.opened() as world:
        applied = apply_file(world, planned.path)
    assert (applied.asked, applied.opted_out_there) == (5, 1)
    assert (shop.count("/search/") - reads, shop.count("PATCH") - writes) == (5, 5 * (each - 1))


def test_asking_changes_nobody_not_even_who_was_edited_there_meanwhile(shop: Place) -> None:
    shop.write(*people(5), text=shop.text.replace("mode: mirror", "mode: mirror, drift: {changed: keep}"))
    shop.sandbox.edit_contact("VIP", phone=phones(1)[0], first_name="Asha", new_phone="255712000077")
    before = shop.group()
    applied = refresh(shop).applied
    assert applied is not None
    assert (shop.group(), applied.asked) == (before, 5)
    assert [entry.phone for entry in shop.links()] == phones(5)


def test_whoever_was_longest_unheard_is_asked_first_and_the_next_run_goes_on(shop: Place) -> None:
    shop.write(*people(7))
    shop.sync()  # k6 and k7 were heard today
    shop.clock.sleep(60)
    each = 1 if "3.9" in shop.text else 2
    looks = shop_looks(shop)
    first = refresh(shop, Window(calls=looks + 5 * each)).applied
    assert first is not None
    assert (first.asked, first.unasked, first.paused) == (5, 2, "the calls it may make are made")
    assert heard(shop) == (7, 0, shop.clock() - 60)
    second = refresh(shop, Window(calls=looks + 2 * each)).applied
    assert second is not None
    assert second.asked == 2
    assert heard(shop)[2] == shop.clock()


def shop_looks(place: Place) -> int:
    """The calls of a run that has nothing to change."""
    with place.opened() as world:
        sync_segments(world, place.intake())
        return world.client.calls


def test_killed_while_asking_it_goes_on_and_asks_nobody_twice(shop: Place) -> None:
    class Killed(BaseException):
        pass

    asked = list[str]()

    def crash(point: str) -> None:
        asked.append(point)
        if asked.count("ask answered") == 3 or (point == "ask claimed" and asked.count(point) == 3):
            raise Killed

    shop.sandbox.unsubscribe(phone=phones(5)[4])
    path = plan(shop).path
    if "3.9" in shop.text:
        shop.trouble.on("/search/", Fault.drop_before, skip=2, times=100)
    with suppress(Killed), shop.opened(crash=crash) as world:
        apply_file(world, path)
    shop.trouble.over()
    shop.clock.sleep(400)  # until nothing that was asked can still arrive
    before = shop.count("/search/")
    with shop.opened() as world:
        applied = apply_file(world, path)
    assert (applied.opted_out_there, applied.unasked) == (1, 0)
    assert covered(shop, phones(5)[4], "k5")
    assert shop.count("/search/") - before <= 4


def test_a_lost_answer_leaves_the_contact_alone_until_it_cannot_undo_a_later_change(place: Place) -> None:
    place.sandbox.switch(dialect="3.8")
    place.write(*people(1), text=pinned("3.8"))
    place.sync()
    place.clock.sleep(DAY)
    place.trouble.on("PATCH", Fault.drop_after)
    applied = refresh(place).applied
    assert applied is not None
    assert (applied.asked, applied.unasked) == (0, 1)
    with place.ledger() as ledger:
        group = place.sandbox.groups()[0]["uid"]
        assert [claim.state for claim in changes.open_claims(ledger, 1, group)] == ["in_doubt"]
    place.write("k1,255712000001,Asha,Duka,yes")
    began = place.clock()
    assert place.sync().done == 1  # it waits for the ask to be over, then makes the change
    assert place.clock() - began >= 100
    assert place.group() == {"255712000001": "Asha"}


def test_nobody_is_asked_who_may_not_be_texted_anyway_nor_who_is_gone(shop: Place) -> None:
    with shop.ledger() as ledger:
        suppressions.suppress(ledger, customer_key="k1", reason="by hand", by="asha")
    shop.sandbox.remove_contact("VIP", phone=phones(2)[1])
    planned = plan(shop)
    with shop.opened() as world:
        applied = apply_file(world, planned.path)
    assert planned.plan.header.asks == 4
    assert (applied.asked, applied.unasked) == (3, 0)
    assert [(row.change, row.why) for row in applied.moved_rows] == [("ask", "contact_gone")]


def test_a_number_that_stands_there_otherwise_is_left_alone_and_named(place: Place) -> None:
    place.sandbox.switch(dialect="3.1")
    place.write(*people(1), text=pinned("3.1"))
    place.sync()
    place.clock.sleep(DAY)
    group, uid = place.sandbox.groups()[0]["uid"], place.sandbox.contacts("VIP")[0]["uid"]
    with place.opened() as world, suppress(InDoubt):  # 3.1 stores a local number, and then calls it invalid
        world.client.update_contact(group, uid, phone="0712000001", first_name="Name1", last_name="Duka")
    applied = refresh(place).applied
    assert applied is not None
    assert [(row.change, row.why) for row in applied.moved_rows] == [("ask", "phone_otherwise")]


def test_a_preview_says_how_old_the_evidence_is(shop: Place) -> None:
    shop.write(*people(6))
    known = shop.preview().opt_outs
    assert (known.seen, known.never, known.known_as_of) == (5, 1, shop.clock() - DAY)
    refresh(shop)
    known = shop.preview().opt_outs
    assert (known.seen, known.never, known.known_as_of) == (6, 0, shop.clock())


def test_asking_is_no_change_of_the_group_so_a_plan_that_waits_stays_good(shop: Place) -> None:
    shop.write(*people(6))
    with shop.opened() as world:
        waiting = plan_segment(world, shop.intake(), "vip").path
    shop.write(*people(5))
    refresh(shop)
    with shop.opened() as world:
        assert apply_file(world, waiting).done == 1


def test_nobody_is_asked_without_the_word(shop: Place) -> None:
    before = shop.count("/search/")
    assert shop.sync().asked == 0
    assert shop.count("/search/") == before
