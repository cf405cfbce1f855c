"""One ledger, one clock: a row is judged by the clock that wrote it, whichever machine looks at it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from ampenet_sync.api import connect
from ampenet_sync.config import Config
from ampenet_sync.errors import AmpenetError, Busy
from ampenet_sync.ledger import Ledger, changes, create_ledger, destinations, leases, open_ledger, runs
from ampenet_sync.ledger.clocks import ServerClock, clock_of
from ampenet_sync.pipeline.doctor import examine, refuse_if_apart
from ampenet_sync.pipeline.world import open_world
from ampenet_sync.runs import Patience
from tests.world import CONFIG, NOON, Clock, Place

HOUR = 3600.0
ELSEWHERE = {"host": "another-machine", "pid": 1}


@pytest.fixture
def machines(postgresql_url: str, tmp_path: Path) -> Iterator[Callable[[float], Ledger]]:
    """One ledger of a server as a machine sees it whose clock is so many seconds before the server's."""
    ledger, _ = create_ledger(postgresql_url, tmp_path)

    def machine(ahead: float) -> Ledger:
        with ledger.read() as db:
            return replace(ledger, clock=clock_of(db, machine=lambda: time.time() + ahead))

    yield machine
    ledger.close()


def on_postgresql(place: Place, url: str) -> Config:
    place.write("k1,255712000001,Asha,Duka,yes", text=f"ledger: {url}\n{CONFIG}")
    place.make_ledger()
    return place.config


def server_time(url: str) -> float:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return float(connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())").scalar_one())


def test_machines_whose_clocks_differ_read_the_same_time(machines: Callable[[float], Ledger]) -> None:
    fast, right, slow = machines(HOUR), machines(0.0), machines(-HOUR)
    assert fast.clock() == pytest.approx(right.clock(), abs=5) == pytest.approx(slow.clock(), abs=5)


def test_a_machine_whose_clock_is_fast_takes_no_lease_of_a_living_run(machines: Callable[[float], Ledger]) -> None:
    slow, fast = machines(-HOUR), machines(HOUR)
    run = runs.begin_run(slow, "sync")
    with slow.write() as db:
        db.execute(leases.t.runs.update().values(ELSEWHERE))
    with leases.held(slow, "segment vip", run=run), pytest.raises(Busy):
        leases.held(fast, "segment vip", run=runs.begin_run(fast, "sync")).__enter__()


def test_a_claim_is_as_old_on_a_machine_whose_clock_is_fast(machines: Callable[[float], Ledger]) -> None:
    slow, fast = machines(-HOUR), machines(HOUR)
    there = destinations.destination_id(slow, host="sms.ampenet.com", account="5f0c3a9b1d2e4")
    intent = changes.Intent("plan", 1, "g1", "create", None, "k1", "255712000001")
    run = runs.begin_run(slow, "sync")
    changes.claim(slow, there, intent, run=run, send_before=slow.clock() + 5)
    (claim,) = changes.open_claims(fast, there, "g1")
    assert fast.clock() < Patience().settled_at(claim.send_before, owner_gone=True)


def test_a_file_goes_by_this_machine_and_a_clock_handed_in_goes_before_both(url: str, tmp_path: Path) -> None:
    create_ledger(url, tmp_path)[0].close()
    own, simulated = open_ledger(url, tmp_path), open_ledger(url, tmp_path, clock=Clock())
    assert isinstance(own.clock, ServerClock) == url.startswith("postgresql")
    assert (own.simulated, simulated.simulated, simulated.clock()) == (False, True, NOON)
    own.close()
    simulated.close()


def test_a_world_and_its_client_go_by_the_ledger_s_clock(place: Place, postgresql_url: str) -> None:
    config = on_postgresql(place, postgresql_url)
    with open_world(config, place.token) as world:
        assert world.clock() == pytest.approx(server_time(postgresql_url), abs=60)
        assert isinstance(world.ledger.clock, ServerClock)
    with open_world(config, place.token, clock=place.clock, sleep=place.clock.sleep) as world:
        assert world.clock() == place.clock.now and world.client.server_ahead == pytest.approx(0, abs=1)


def test_a_simulated_world_on_postgresql_waits_in_its_own_time(place: Place, postgresql_url: str) -> None:
    """Under the server's clock the simulated sleep would move nothing, and the wait would be a busy minute."""
    on_postgresql(place, postgresql_url)
    place.write(text=place.text.replace("6000", "1"))
    start, begun = place.clock.now, time.monotonic()
    for _ in range(3):
        with open_world(place.config, place.token, clock=place.clock, sleep=place.clock.sleep):
            pass
    assert place.clock.now == pytest.approx(start + 120, abs=0.01) and time.monotonic() - begun < 30


def test_a_check_up_compares_the_ledger_s_server_with_this_machine(place: Place, postgresql_url: str) -> None:
    config = on_postgresql(place, postgresql_url)
    client = connect(config.api, place.token, clock=place.clock, sleep=place.clock.sleep)
    agrees = abs(server_time(postgresql_url) - time.time()) < 100  # not where this machine's day is shifted
    (check,) = (check for check in examine(config, client=client).checks if check.name == "clock")
    assert check.ok == agrees and ("NTP" in check.detail) != agrees


@pytest.mark.parametrize("ahead", [0.0, 119.0, -119.0])
def test_clocks_that_agree_are_well(ahead: float) -> None:
    refuse_if_apart(ServerClock(ahead, time.time))
    refuse_if_apart(time.time)


@pytest.mark.parametrize(("ahead", "words"), [(600.0, "600 seconds before"), (-7200.0, "7,200 seconds behind")])
def test_one_whose_clock_is_wrong_is_named_with_the_way_out(ahead: float, words: str) -> None:
    with pytest.raises(AmpenetError, match=f"the ledger's server is {words} this machine's") as refused:
        refuse_if_apart(ServerClock(ahead, time.time))
    assert "NTP" in refused.value.hint
