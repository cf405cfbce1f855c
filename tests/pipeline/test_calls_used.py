"""Calls used are the least possible, and the forecast says how many; what goes beyond it is named."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ampenet_sync.api.tally import CallsUsed, Tally
from ampenet_sync.pipeline.applying import apply_file, sync_segments
from ampenet_sync.pipeline.planning import plan_segment
from ampenet_sync.sandbox import Fault, Sandbox
from ampenet_sync.sandbox.faults import SandboxRequest
from tests.world import CONFIG, Clock, Place, Trouble, people

READINGS = {"3.1": 2, "3.8": 1, "3.9": 1}  # of a group, until it is certain who is absent


@pytest.fixture(params=["3.1", "3.8", "3.9"])
def shop(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    """Thirty people stand in the group, on two pages."""
    clock, trouble = Clock(), Trouble()
    with Sandbox(dialect=request.param, clock=clock, sleep=clock.sleep, fault=trouble) as sandbox:
        place = Place(tmp_path, sandbox, clock, trouble, token=sandbox.token, url=sandbox.url)
        place.write(*people(30), text=CONFIG.replace("6000", f'6000, dialect: "{request.param}"'))
        place.make_ledger()
        place.sync()
        yield place


def dialect_of(shop: Place) -> str:
    return shop.config.api.dialect


def changed(shop: Place, *, text: str | None = None) -> None:
    """Two have other names, three left, one is new."""
    shop.write("k1,255712000001,Asha,Duka,yes", "k2,255712000002,Juma,Duka,yes", *people(25, first=3),
               "k99,255712000099,Neema,Duka,yes", text=text)  # fmt: skip


def used_by_sync(shop: Place, *, threads: int = 1) -> CallsUsed:
    before = len(shop.sandbox.requests())
    with shop.opened(executor=lambda: ThreadPoolExecutor(threads)) as world:
        sync_segments(world, shop.intake())
        used = world.client.tally.used()
    assert used.calls == len(shop.sandbox.requests()) - before, "what the platform counted"
    return used


def named(used: CallsUsed) -> dict[str, int]:
    return {why: calls for why, calls in used.beside.items() if calls}


@pytest.mark.parametrize("threads", [1, 4])
def test_a_listed_group_takes_its_changes_status_reads_and_pages(shop: Place, threads: int) -> None:
    changed(shop)
    used = used_by_sync(shop, threads=threads)
    assert used.forecast == 6 + 3 + 2 * READINGS[dialect_of(shop)]
    assert named(used) == {"lookups": 2}
    assert used.calls == used.forecast + 2


@pytest.mark.parametrize(
    ("shop", "least"),
    [("3.1", 2 * 2 + 3 * 3), ("3.8", 2 * 2 + 1 + 3 * 3), ("3.9", 2 * 2 + 1 + 3 * 2)],
    indirect=["shop"],
)
def test_by_the_ledger_each_contact_is_read_before_it_is_changed(shop: Place, least: int) -> None:
    changed(shop, text=shop.text.replace("mode: mirror", "mode: mirror, actual: ledger"))
    used = used_by_sync(shop)
    assert (used.forecast, named(used), used.calls) == (least, {"lookups": 2}, least + 2)


def test_a_plan_applied_by_itself_reads_the_group_again_as_it_foresaw(shop: Place) -> None:
    changed(shop)
    with shop.opened() as world:
        plan = plan_segment(world, shop.intake(), "vip")
        assert world.client.tally.used().forecast == plan.plan.header.forecast.pages
    with shop.opened() as world:
        apply_file(world, plan.path)
        used, foreseen = world.client.tally.used(), plan.plan.header.forecast
    assert used.forecast == foreseen.calls + foreseen.pages == 9 + 2 * READINGS[dialect_of(shop)]
    assert (named(used), used.calls) == ({"lookups": 1}, used.forecast + 1)


def test_a_page_that_is_asked_for_again_is_named(shop: Place) -> None:
    changed(shop)
    shop.trouble.on("/all", Fault.html_502, times=2)
    used = used_by_sync(shop)
    assert named(used) == {"lookups": 2, "repeated": 2}
    assert used.calls == used.forecast + 4


def test_a_write_that_was_put_off_is_named(shop: Place) -> None:
    changed(shop)
    shop.trouble.on("/store", Fault.throttled, times=1)
    used = used_by_sync(shop)
    assert named(used) == {"lookups": 2, "repeated": 1}
    assert used.calls == used.forecast + 3


def test_a_status_that_could_not_be_read_is_named_with_every_try(shop: Place) -> None:
    changed(shop)
    shop.trouble.on("/delete/", Fault.throttled, times=1)
    used = used_by_sync(shop)
    assert named(used) == {"lookups": 2, "repeated": 2}, "the status is read again, too"


@pytest.mark.parametrize("lost", [Fault.drop_before, Fault.drop_after])
def test_looking_up_a_doubt_is_named(shop: Place, lost: Fault) -> None:
    changed(shop)
    shop.trouble.on("/store", lost, times=1)
    used = used_by_sync(shop)
    assert set(named(used)) == {"lookups", "doubts"}
    assert used.calls == used.forecast + sum(named(used).values())
    assert len(shop.group()) == 28


def test_pages_that_shifted_are_named(tmp_path: Path) -> None:
    clock, to_add = Clock(), list[str]()

    def asked(request: SandboxRequest) -> None:
        if to_add and request.path.endswith("/all"):
            sandbox.add_contact("VIP", to_add.pop())

    with Sandbox(dialect="3.9", clock=clock, fault=asked) as sandbox:
        place = Place(tmp_path, sandbox, clock, token=sandbox.token, url=sandbox.url)
        sandbox.add_group("VIP")
        place.write(*people(26), text=CONFIG.replace("6000", '6000, dialect: "3.9"'))
        place.make_ledger()
        place.sync()
        to_add += ["255713000001", "255713000002"]
        used = used_by_sync(place)
    assert named(used) == {"lookups": 2, "readings": 2}, "the first page announced one contact less than the second"
    assert (used.forecast, used.calls) == (2, 6)


def test_finding_out_the_dialect_is_named(place: Place) -> None:
    place.sync()
    place.write(*people(2))
    used = used_by_sync(place)
    assert set(named(used)) <= {"lookups", "dialect"}
    assert used.calls == used.forecast + sum(named(used).values())


def test_a_call_is_counted_by_what_the_outermost_is_for() -> None:
    tally = Tally()
    tally.foresee(1)
    tally.count()
    with tally.under("shown"):
        tally.foresee(40)
        tally.count("lookups")
        with tally.under("repeated"):
            tally.count()
        tally.in_vain(1)
    used = tally.used()
    assert (used.calls, used.forecast, named(used)) == (3, 1, {"shown": 2})
