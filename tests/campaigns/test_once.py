"""An edition costs exactly one message a number: however often it is started, and by however many at once.

AMPENET_TEST_SENDERS says how many pairs of senders there are on each database (3), AMPENET_TEST_REPEATS how often an
edition is sent (200); `make kills` takes 50 and 1,000.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from ampenet_sync.errors import AmpenetError
from ampenet_sync.ledger.leases import Holding
from ampenet_sync.pipeline.sending import send_campaign
from ampenet_sync.sandbox import Sandbox
from tests.pipeline.test_pairs import PATIENT, nobody, taken
from tests.world import CONFIG, Place, WallClock, people, phones

SENDERS = int(os.environ.get("AMPENET_TEST_SENDERS", "3"))
REPEATS = int(os.environ.get("AMPENET_TEST_REPEATS", "200"))
ALWAYS = CONFIG.replace("kind: marketing", "kind: marketing\n    quiet_hours: none")
LEFT = ("busy", "lease_lost", "already_there")  # how the slower of two may end


@pytest.mark.timeout(120 + REPEATS)
def test_so_many_runs_of_an_edition_cost_exactly_one(place: Place) -> None:
    place.write(*people(3), text=ALWAYS)
    digest = place.preview().audience.digest
    with place.opened() as world:
        intake = place.intake()
        first = send_campaign(world, intake, "hello", audience=digest)
        before = len(place.sandbox.requests())
        for _ in range(REPEATS - 1):
            assert send_campaign(world, intake, "hello", audience=digest) == first
    assert place.texted() == phones(3) and len(place.sandbox.requests()) == before


def test_so_do_twenty_previews_and_sends_of_it(place: Place) -> None:
    """Each looks at the customers anew, and finds nobody who is still to get it."""
    place.write(*people(3), text=ALWAYS)
    for _ in range(20):
        place.send(place.preview().audience.digest)
    assert place.texted() == phones(3)


@pytest.fixture
def shop(ledger_url: str, tmp_path: Path) -> Iterator[Place]:
    with Sandbox(balance=None) as sandbox:
        place = Place(tmp_path, sandbox, WallClock(), token=sandbox.token, url=sandbox.url, patience=PATIENT)
        place.text = f'ledger: "{ledger_url}"\n{ALWAYS}'
        place.write(*people(6))
        place.make_ledger()
        yield place


@pytest.mark.timeout(120 + 6 * SENDERS)
@pytest.mark.parametrize("hold", [taken, nobody])
def test_of_two_senders_at_once_without_the_lease_one_sends_each_message(shop: Place, hold: Holding) -> None:
    chance = Random(7)
    for day in range(SENDERS):
        shop.text = shop.text.replace(f'edition: "{day - 1}"', f'edition: "{day}"')
        if day == 0:
            shop.text = shop.text.replace("sender_id: DUKA", 'sender_id: DUKA\n    edition: "0"')
        shop.write(*people(6))
        audience, before = shop.preview().audience.digest, len(shop.texted())

        def send(delay: float, audience: str = audience) -> None:
            WallClock().sleep(delay)
            try:
                shop.send(audience, hold=hold, executor=None)
            except AmpenetError as error:
                assert error.code in LEFT, error

        with ThreadPoolExecutor(2) as threads:
            list(threads.map(send, (0.0, chance.uniform(0.0, 0.05))))
        ended = shop.send(audience)
        assert (ended.sent + ended.unknown, ended.remaining) == (6, 0)
        texted = Counter(shop.texted())
        assert set(texted) == set(phones(6)) and max(texted.values()) <= day + 1
        assert len(shop.texted()) - before == ended.sent
