"""Two runs on one group at once, with the lease that keeps the second out switched off: no change is made twice.

AMPENET_TEST_PAIRS says how many pairs each dialect takes on each database (10); `make kills` takes 200.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import delete

from ampenet_sync.errors import AmpenetError
from ampenet_sync.ledger import Ledger, leases
from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.leases import Lease
from ampenet_sync.sandbox import DialectName, Sandbox
from tests.dying import QUICK
from tests.world import CONFIG, Place, WallClock

PAIRS = int(os.environ.get("AMPENET_TEST_PAIRS", "10"))
LEFT = ("busy", "lease_lost", "plan_stale", "plan_moved")  # how the slower of two may end
KINDS = ("contact_created", "contact_deleted", "contact_updated")
pytestmark = pytest.mark.timeout(120 + 5 * PAIRS)


@contextmanager
def taken(ledger: Ledger, name: str, *, run: str) -> Iterator[Lease]:
    """A lease for whoever asks last, whether or not somebody alive has it."""
    with ledger.write() as db:
        db.execute(delete(t.leases).where(t.leases.c.name == name))
    with leases.held(ledger, name, run=run) as lease:
        yield lease


@pytest.fixture
def shop(dialect: DialectName, ledger_url: str, tmp_path: Path) -> Iterator[Place]:
    with Sandbox(balance=None, dialect=dialect) as sandbox:
        place = Place(tmp_path, sandbox, WallClock(), token=sandbox.token, url=sandbox.url, patience=QUICK)
        place.text = CONFIG.replace("api: {", f'ledger: "{ledger_url}"\napi: {{dialect: "{dialect}", ')
        place.write(*rows(0))
        place.make_ledger()
        place.sync()
        yield place


def rows(day: int) -> list[str]:
    """Each day a customer comes, one leaves, one gets another name and one another number."""
    return [
        "same,255712000001,Same,Duka,yes",
        f"name,255712000002,Name{day},Duka,yes",
        f"move,25571200001{day % 2},Move,Duka,yes",
        f"day{day},2557121{day:05d},Day,Duka,yes",
    ]


def group(day: int) -> dict[str, str]:
    wanted = (row.split(",") for row in rows(day))
    return {phone: name for _, phone, name, *_ in wanted}


def at_once(place: Place, delay: float) -> None:
    """Two syncs, the second a moment later. One may end because the other has the group."""

    def sync(delay: float) -> None:
        WallClock().sleep(delay)
        try:
            place.sync(hold=taken, executor=None)
        except AmpenetError as error:
            assert error.code in LEFT, error

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(sync, (0.0, delay)))


def made(place: Place, since: int) -> Counter[tuple[str, str]]:
    """What was done to each number, and how often."""
    done = [effect for effect in place.sandbox.effects()[since:] if effect["kind"] in KINDS]
    return Counter((effect["kind"], effect["phone"]) for effect in done)


@pytest.mark.parametrize("dialect", ["3.1", "3.9"])
def test_of_two_runs_at_once_without_the_lease_only_one_makes_each_change(shop: Place) -> None:
    chance, both = random.Random(3), 0
    for day in range(1, PAIRS + 1):
        shop.write(*rows(day))
        since = len(shop.sandbox.effects())
        at_once(shop, chance.uniform(0.0, 0.08))
        together = made(shop, since)
        shop.sync(executor=None)
        afterwards = made(shop, since)
        # On 3.1 a status is read by an update, so whoever is deleted was updated once before.
        assert max(afterwards.values()) == 1, (day, afterwards)
        assert shop.group() == group(day)
        both += together.total() > 0
    assert both == PAIRS, "of some pairs neither did anything"
