"""Who works on a group or campaign: one at a time, and a dead holder keeps nobody waiting."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import update

from ampenet_sync.errors import Busy
from ampenet_sync.ledger import Ledger, changes, leases, runs
from ampenet_sync.ledger import tables as t
from ampenet_sync.machine import Machine
from tests.world import Clock


@pytest.fixture
def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def owned_by(ledger: Ledger, run: str, *, pid: int | None = None, host: str | None = None) -> None:
    values = {name: value for name, value in (("pid", pid), ("host", host)) if value is not None}
    with ledger.write() as db:
        db.execute(update(t.runs).where(t.runs.c.id == run).values(values))


def test_a_live_holder_keeps_others_out_and_is_named(ledger: Ledger, run: str) -> None:
    with leases.held(ledger, "segment vip", run=run), pytest.raises(Busy) as told:
        leases.held(ledger, "segment vip", run=runs.begin_run(ledger, "test")).__enter__()
    assert told.value.exit_code == 75
    assert "segment vip is held by process" in told.value.message and "since 2026-11-24 06:00:00 UTC" in str(told.value)


def test_another_name_is_free_and_a_name_is_free_again_afterwards(ledger: Ledger, run: str) -> None:
    with leases.held(ledger, "segment vip", run=run), leases.held(ledger, "segment all", run=run):
        pass
    with leases.held(ledger, "segment vip", run=run):
        pass


def test_a_name_is_free_again_after_an_error(ledger: Ledger, run: str) -> None:
    with pytest.raises(KeyError), leases.held(ledger, "segment vip", run=run):
        raise KeyError
    with leases.held(ledger, "segment vip", run=run):
        pass


def test_a_dead_process_is_replaced_at_once(ledger: Ledger, run: str, dead_pid: int) -> None:
    left_behind = leases.held(ledger, "segment vip", run=run)
    left_behind.__enter__()
    owned_by(ledger, run, pid=dead_pid)
    with leases.held(ledger, "segment vip", run=runs.begin_run(ledger, "test")):
        assert leases.gone_runs(ledger, {run}) == {run}


def test_a_process_of_another_machine_is_waited_for_until_its_time_is_over(
    ledger: Ledger, run: str, dead_pid: int, clock: Clock
) -> None:
    left_behind = leases.held(ledger, "segment vip", run=run)
    left_behind.__enter__()
    owned_by(ledger, run, pid=dead_pid, host="elsewhere")
    with pytest.raises(Busy):
        leases.held(ledger, "segment vip", run=runs.begin_run(ledger, "test")).__enter__()
    assert leases.gone_runs(ledger, {run}) == frozenset()
    clock.now += 601
    with leases.held(ledger, "segment vip", run=runs.begin_run(ledger, "test")):
        pass


def test_a_run_is_judged_by_the_machine_that_is_handed_in(ledger: Ledger) -> None:
    here = Machine(host=lambda: "here", pid=lambda: 7, lives={7}.__contains__)
    after_a_crash, elsewhere = replace(here, lives=set().__contains__), replace(here, host=lambda: "elsewhere")
    on = {machine: replace(ledger, machine=machine) for machine in (here, elsewhere, after_a_crash)}
    drawing = [replace(ledger, machine=replace(here, uuid4=lambda n=n: UUID(int=n))) for n in (1, 2)]
    run, other = (runs.begin_run(seeded, "test") for seeded in drawing)
    assert (run, other) == (f"{1:032x}", f"{2:032x}")
    left_behind = leases.held(on[here], "segment vip", run=run)
    left_behind.__enter__()
    for machine in (here, elsewhere):
        assert leases.gone_runs(on[machine], {run}) == frozenset()
        with pytest.raises(Busy, match="process 7 on here"):
            leases.held(on[machine], "segment vip", run=other).__enter__()
    assert leases.gone_runs(on[after_a_crash], {run}) == {run}
    with leases.held(on[after_a_crash], "segment vip", run=other):
        pass


def test_a_holder_that_renews_is_not_replaced(ledger: Ledger, run: str, clock: Clock) -> None:
    with leases.held(ledger, "segment vip", run=run) as lease:
        for _ in range(20):
            clock.now += 120
            lease.renew()
        with pytest.raises(Busy):
            leases.held(ledger, "segment vip", run=runs.begin_run(ledger, "test")).__enter__()


def test_a_holder_that_stood_still_and_was_replaced_is_told(ledger: Ledger, run: str, clock: Clock) -> None:
    with leases.held(ledger, "segment vip", run=run) as lease:
        clock.now += 700
        with leases.held(ledger, "segment vip", run=runs.begin_run(ledger, "test")) as new:
            with pytest.raises(Busy) as told:
                lease.renew()
            new.renew()
    assert told.value.code == "lease_lost"


def test_who_was_replaced_does_not_end_the_new_holder_s_lease(ledger: Ledger, run: str, clock: Clock) -> None:
    old = leases.held(ledger, "segment vip", run=run)
    old.__enter__()
    clock.now += 700
    with leases.held(ledger, "segment vip", run=runs.begin_run(ledger, "test")):
        old.__exit__(None, None, None)
        with pytest.raises(Busy):
            leases.held(ledger, "segment vip", run=run).__enter__()


def test_who_lost_the_name_gets_no_claim_any_more(ledger: Ledger, there: int, run: str) -> None:
    change = changes.Intent("p1", 0, "g1", "create", None, "k1", "255712000001")
    other = runs.begin_run(ledger, "test")
    with leases.held(ledger, "segment vip", run=run) as lease:
        with ledger.write() as db:
            db.execute(update(t.leases).values(run=other))
        assert changes.claim(ledger, there, change, run=run, send_before=100.0, lease=lease) == "taken_over"
    assert changes.outcomes(ledger, there, "p1") == {}
