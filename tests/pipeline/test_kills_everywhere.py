"""SIGKILL of a sync at random, in each dialect and on each database, while answers are lost.

After each kill the same command runs again: the group is what it should be, nobody stands there twice, what others
made is untouched, nothing is lost and nothing is in doubt for ever. AMPENET_TEST_KILLS says how many each dialect takes
on each database (25, PostgreSQL a fifth of that). Every boundary by its name is another file's subject.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ampenet_sync.sandbox import DialectName
from tests.dying import Fatal
from tests.killing import DIALECTS, KILLS, LONG, LOST, Shop, open_shop

MOST = 60  # boundaries that a run passes, before any was counted
pytestmark = pytest.mark.timeout(240 + 8 * KILLS)


@pytest.fixture
def shop(dialect: DialectName, ledger_url: str, tmp_path: Path) -> Iterator[Shop]:
    with open_shop(tmp_path, dialect, ledger_url) as shop:
        shop.place.sandbox.switch(faults=LOST)
        yield shop


def killed_somehow(shop: Shop) -> bool:
    match shop.chance.choice(("boundary", "effect", "moment")):
        case "boundary":
            return shop.child(Fatal(passing=shop.chance.randint(1, max(shop.passed.total(), MOST))))
        case "effect":
            return shop.child(at_effect=shop.chance.randint(1, 6))
        case _:
            return shop.child(after=shop.chance.uniform(0.0, 0.1))


def attempts(shop: Shop, wanted: int) -> None:
    """Days on each of which a sync is killed in some way, some of them twice, until so many were killed."""
    done = 0
    for _ in range(4 * wanted):
        shop.new_day()
        if shop.chance.random() < 0.3:
            shop.leaving_opts_out()
        died = killed_somehow(shop)
        if died and shop.chance.random() < 0.25:  # again, while it recovers
            done += killed_somehow(shop)
        shop.recover()
        shop.check()
        done += died
        if done >= wanted:
            return
    pytest.fail(f"only {done} of {wanted} were killed: the test shows too little")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_sync_that_is_killed_anywhere_is_finished_by_the_next(shop: Shop, ledger_url: str) -> None:
    attempts(shop, KILLS if LONG or ledger_url.startswith("sqlite") else KILLS // 5)
    shop.place.sandbox.switch(faults="")
    before = shop.place.sandbox.effects()
    assert shop.place.sync(executor=None).done == 0 and shop.place.sandbox.effects() == before


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("dialect", ["3.8", "3.9"])
def test_so_is_that_of_a_group_which_nobody_lists(shop: Shop) -> None:
    shop.keep(actual="ledger")
    attempts(shop, KILLS // (3 if LONG else 5))
