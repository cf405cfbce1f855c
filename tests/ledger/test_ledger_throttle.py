"""The throttle that processes share: who goes first, what answers teach, and what a killed process leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from ampenet_sync.api import Lane, Slot
from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger import Ledger, open_ledger, slots
from ampenet_sync.ledger.slots import Slots
from ampenet_sync.ledger.throttle import LedgerThrottle, open_throttle
from ampenet_sync.throttle import policy
from tests.world import Clock

Throttle = LedgerThrottle
Make = Callable[..., Throttle]
QUIET: dict[str, None] = {"limit": None, "remaining": None, "wait": None}


@pytest.fixture
def make(ledger: Ledger, clock: Clock) -> Make:
    """Throttles of one token, each as of a process of its own, under the simulated clock; window 60, deadline 30."""

    def one(per_window: int, *, key: str = "k", **handed: object) -> Throttle:
        usual = {"deadline": 30.0, "sleep": clock.sleep}
        return LedgerThrottle(slots.open_slots(ledger, key), per_window, **{**usual, **handed})

    return one


@pytest.fixture
def real(ledger: Ledger, url: str, tmp_path: Path) -> Iterator[Make]:
    """The same in real time; deadline 3, window as it is handed in."""
    own = open_ledger(url, tmp_path)
    made: list[Throttle] = []

    def one(per_window: int, *, window: float) -> Throttle:
        made.append(open_throttle(own, "k", per_window, deadline=3.0, sleep=time.sleep, window=window))
        return made[-1]

    yield one
    for throttle in made:
        throttle.close()
    own.close()


def answer(the: Throttle, slot: Slot, **told: object) -> None:
    the.answered(slot, **{**QUIET, **told})


def kept(the: Slots) -> tuple[list[str], list[str]]:
    """The keys of all throttles and of all busy slots."""
    with the.engine.connect() as connection:
        tables = (connection.exec_driver_sql(f"SELECT key FROM {name}") for name in ("throttles", "throttle_slots"))
        throttles, busy = (sorted(table.scalars()) for table in tables)
    return throttles, busy


def test_processes_share_one_rate_and_tokens_do_not(make: Make, clock: Clock) -> None:
    start, first, second = clock.now, make(3), make(3)
    answer(first, first.take(Lane.SYNC))
    answer(second, second.take(Lane.SYNC))
    answer(first, first.take(Lane.CAMPAIGN))
    make(3, key="another").take(Lane.SYNC)
    assert clock.now == start
    second.take(Lane.SYNC)
    assert clock.now == pytest.approx(start + 60, abs=0.01)


def test_a_slot_not_reported_on_is_used_up_until_deadline_and_window_have_passed(make: Make, clock: Clock) -> None:
    start, the = clock.now, make(1)
    assert the.take(Lane.SYNC).free_at == pytest.approx(start + 90)
    make(1).take(Lane.SYNC)
    assert clock.now == pytest.approx(start + 90, abs=0.01)


def test_a_slot_given_back_is_free_at_once_for_everybody(make: Make, clock: Clock) -> None:
    start, the = clock.now, make(1)
    the.give_back(the.take(Lane.SYNC))
    make(1).take(Lane.SYNC)
    assert clock.now == start


def test_a_throttled_answer_silences_every_process_and_lane_until_its_time(make: Make, clock: Clock) -> None:
    start, the = clock.now, make(100)
    answer(the, the.take(Lane.SYNC), wait=17.0)
    answer(the, the.take(Lane.SYNC) if clock.now > start + 17 else Slot(1, Lane.SYNC, 0.0), wait=5.0)
    make(100).take(Lane.CAMPAIGN)
    assert clock.now == pytest.approx(start + 17, abs=0.01)


@pytest.mark.parametrize("wait", [1e9, float("inf")])
def test_an_absurd_wait_silences_for_ten_minutes(make: Make, clock: Clock, wait: float) -> None:
    start, the = clock.now, make(100)
    answer(the, the.take(Lane.SYNC), wait=wait)
    the.take(Lane.SYNC)
    assert clock.now == pytest.approx(start + 600, abs=0.01)


@pytest.mark.parametrize("wait", [0.0, -5.0, float("nan")])
def test_a_wait_that_is_none_silences_nobody(make: Make, clock: Clock, wait: float) -> None:
    start, the = clock.now, make(100)
    answer(the, the.take(Lane.SYNC), wait=wait)
    the.take(Lane.SYNC)
    assert clock.now == start


def test_a_lower_limit_holds_for_every_process_and_is_forgotten_after_a_while(make: Make, clock: Clock) -> None:
    start, the, other = clock.now, make(10), make(10)
    answer(the, the.take(Lane.SYNC), limit=2)
    answer(the, other.take(Lane.SYNC), limit=600)
    assert clock.now == start
    answer(other, other.take(Lane.SYNC))
    assert clock.now == pytest.approx(start + 60, abs=0.01)
    clock.now = start = start + 700
    for _ in range(10):
        answer(other, other.take(Lane.SYNC))
    assert clock.now == start


@pytest.mark.parametrize("limit", [0, -1, 10, 1000])
def test_a_limit_that_is_none_or_higher_than_ours_changes_nothing(make: Make, clock: Clock, limit: int) -> None:
    start, the = clock.now, make(10)
    for _ in range(10):
        answer(the, the.take(Lane.SYNC), limit=limit)
    assert clock.now == start


def test_what_somebody_else_used_of_the_token_counts_once(make: Make, clock: Clock) -> None:
    start, the = clock.now, make(10)
    answer(the, the.take(Lane.SYNC), limit=10, remaining=2)
    answer(the, the.take(Lane.SYNC), limit=10, remaining=1)
    answer(the, the.take(Lane.SYNC), limit=10, remaining=0)
    assert clock.now == start
    the.take(Lane.SYNC)
    assert clock.now == pytest.approx(start + 60, abs=0.01)


def test_an_old_answer_does_not_take_slots_away_that_came_free_since(make: Make, clock: Clock) -> None:
    """It was the last of its window there; by the time it arrives the next window has begun."""
    the = make(10)
    for left in range(9, 0, -1):
        answer(the, the.take(Lane.SYNC), remaining=left)
    clock.now += 59
    late = the.take(Lane.SYNC)
    clock.now += 2
    start = clock.now
    answer(the, late, remaining=0)
    for _ in range(9):
        answer(the, the.take(Lane.SYNC))
    assert clock.now == start


def test_another_rate_in_the_configuration_holds_from_the_next_start_on(make: Make, clock: Clock) -> None:
    start, the = clock.now, make(1)
    answer(the, the.take(Lane.SYNC))
    for _ in range(2):
        answer(make(3), make(3).take(Lane.SYNC))
    assert clock.now == start
    make(2).take(Lane.SYNC)
    assert clock.now == pytest.approx(start + 60, abs=0.01)


def test_a_clock_that_was_set_back_stops_nobody_for_long(make: Make, clock: Clock) -> None:
    the = make(1)
    answer(the, the.take(Lane.SYNC), wait=50.0, limit=1)
    clock.now -= 86_400
    start = clock.now
    the.take(Lane.CAMPAIGN)
    assert clock.now <= start + 601


def test_who_is_answered_after_his_slot_was_free_again_uses_it_up_once_more(make: Make, clock: Clock) -> None:
    the = make(1)
    slot = the.take(Lane.SYNC)
    clock.now += 1000
    start = clock.now
    answer(the, slot)
    the.take(Lane.SYNC)
    assert clock.now == pytest.approx(start + 60, abs=0.01)


def test_while_a_campaign_waits_a_sync_call_of_another_process_leaves_it_the_slot(ledger: Ledger, clock: Clock) -> None:
    own, rate = slots.open_slots(ledger, "k"), slots.Rate(1, 60.0, 30.0)
    held = slots.take(own, rate, campaign=False, waiter=1)
    assert isinstance(held, slots.Taken)
    assert isinstance(slots.take(own, rate, campaign=True, waiter=2), float)
    slots.give_back(own, held.id)
    assert slots.take(own, rate, campaign=False, waiter=3) == policy.LEFT_TO_CAMPAIGN
    served = slots.take(own, rate, campaign=True, waiter=2)
    assert isinstance(served, slots.Taken)
    slots.give_back(own, served.id)
    assert isinstance(slots.take(own, rate, campaign=False, waiter=3), slots.Taken)


def test_a_campaign_at_work_finds_a_quarter_of_the_slots_though_sync_asks_all_the_time(
    ledger: Ledger, clock: Clock
) -> None:
    own, rate = slots.open_slots(ledger, "k"), slots.Rate(12, 60.0, 30.0)
    assert isinstance(slots.take(own, rate, campaign=True, waiter=1), slots.Taken)
    taken = [slots.take(own, rate, campaign=False, waiter=2) for _ in range(12)]
    assert [isinstance(one, slots.Taken) for one in taken] == [True] * 8 + [False] * 4
    assert taken[-1] == policy.SYNC_NAP
    assert all(isinstance(slots.take(own, rate, campaign=True, waiter=1), slots.Taken) for _ in range(3))
    clock.now += policy.AT_WORK + 60.0 + 30.0
    assert all(isinstance(slots.take(own, rate, campaign=False, waiter=2), slots.Taken) for _ in range(12))


def test_a_campaign_that_died_waiting_is_waited_for_a_moment_only(ledger: Ledger, clock: Clock, make: Make) -> None:
    own, rate = slots.open_slots(ledger, "k"), slots.Rate(1, 60.0, 30.0)
    the = make(1)
    slot = the.take(Lane.SYNC)
    slots.take(own, rate, campaign=True, waiter=2)
    the.give_back(slot)
    start = clock.now
    the.take(Lane.SYNC)
    assert start < clock.now <= start + policy.MARK + policy.LEFT_TO_CAMPAIGN


def test_a_campaign_that_gives_up_waiting_keeps_nobody_waiting(make: Make, clock: Clock) -> None:
    def give_up(_: float) -> None:
        raise KeyboardInterrupt

    the = make(1)
    slot = the.take(Lane.SYNC)
    with pytest.raises(KeyboardInterrupt):
        make(1, sleep=give_up).take(Lane.CAMPAIGN)
    the.give_back(slot)
    start = clock.now
    the.take(Lane.SYNC)
    assert clock.now == start


def test_a_token_nobody_used_for_a_day_is_forgotten(ledger: Ledger, make: Make, clock: Clock) -> None:
    make(1, key="old").take(Lane.SYNC)
    clock.now += 86_000
    assert kept(slots.open_slots(ledger, "new")) == (["simulated new", "simulated old"], ["simulated old"])
    clock.now += 1_000
    assert kept(slots.open_slots(ledger, "new")) == (["simulated new"], [])


def test_in_real_time_it_is_forgotten_by_the_time_of_whoever_keeps_the_database(
    ledger: Ledger, url: str, tmp_path: Path
) -> None:
    own = open_ledger(url, tmp_path)
    the = slots.open_slots(own, "old")
    slots.take(the, slots.Rate(1, 60.0, 30.0), campaign=False, waiter=1)
    with the.engine.begin() as connection:
        connection.execute(sa.text("UPDATE throttles SET used_at = used_at - 87000"))
    assert kept(slots.open_slots(own, "new")) == (["new"], [])
    own.close()


@pytest.mark.parametrize("days", [-400, -2, 2, 400])
def test_what_another_clock_dated_is_neither_forgotten_nor_taken_for_free(
    make: Make, clock: Clock, url: str, tmp_path: Path, days: int
) -> None:
    """A simulation beside a process in real time: each keeps its own slots, also of one token."""
    clock.now = time.time() + days * 86_400
    start, the, own = clock.now, make(1), open_ledger(url, tmp_path)
    the.take(Lane.SYNC)
    theirs, rate = slots.open_slots(own, "k"), slots.Rate(1, 60.0, 30.0)
    assert isinstance(slots.take(theirs, rate, campaign=False, waiter=1), slots.Taken)
    make(1, key="another")
    assert kept(slots.open_slots(own, "k"))[1] == ["k", "simulated k"]
    assert isinstance(slots.take(theirs, rate, campaign=False, waiter=1), float)
    make(1).take(Lane.SYNC)
    assert clock.now == pytest.approx(start + 90, abs=0.01)
    own.close()


def test_a_report_that_can_not_be_written_stops_no_answer_but_the_next_slot_does(make: Make, ledger: Ledger) -> None:
    the = make(5)
    slot = the.take(Lane.SYNC)
    with slots.open_slots(ledger, "k").engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE throttle_slots")
    answer(the, slot)
    the.give_back(slot)
    with pytest.raises(LedgerError):
        the.take(Lane.SYNC)


def test_on_sqlite_the_slots_are_in_a_private_file_beside_the_ledger_and_force_nothing_to_the_disk(
    tmp_path: Path, sqlite_ledger: Ledger
) -> None:
    the = slots.open_slots(sqlite_ledger, "k")
    files = sorted(file.name for file in tmp_path.iterdir())
    assert "throttle.db" in files and (tmp_path / "throttle.db").stat().st_mode & 0o777 == 0o600
    with the.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1  # NORMAL
    the.engine.dispose()


def test_a_throttle_file_of_another_version_is_not_touched(tmp_path: Path, sqlite_ledger: Ledger) -> None:
    slots.open_slots(sqlite_ledger, "k").engine.dispose()
    with sa.create_engine(f"sqlite:///{tmp_path}/throttle.db", poolclass=sa.NullPool).begin() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 7")
    with pytest.raises(LedgerError) as refused:
        slots.open_slots(sqlite_ledger, "k")
    assert refused.value.code == "throttle_schema" and "delete that file" in refused.value.hint


WORKER = """
import sys, time
from pathlib import Path
from ampenet_sync.api import Lane, Slot
from ampenet_sync.ledger import open_ledger
from ampenet_sync.ledger.throttle import open_throttle

url, folder, lane, rate = sys.argv[1], Path(sys.argv[2]), Lane(sys.argv[3]), int(sys.argv[4])
ledger = open_ledger(url, folder)
throttle = open_throttle(ledger, "k", rate, deadline=3.0, sleep=time.sleep, window=1.0)
print("ready", flush=True)
until = float(sys.stdin.readline())
while time.time() < until:
    slot = throttle.take(lane)
    print(repr(time.time()), flush=True)
    if "stand" in sys.argv:
        time.sleep(60)
    throttle.answered(slot, limit=None, remaining=None, wait=None)
"""
Worker = subprocess.Popen[str]


def workers(url: str, folder: Path, rate: int, lanes: list[str], *more: str) -> list[Worker]:
    """One process for each lane, all ready and none begun."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    started = [
        subprocess.Popen([sys.executable, "-c", WORKER, url, str(folder), lane, str(rate), *more], **pipes)
        for lane in lanes
    ]
    assert [process.stdout.readline() for process in started] == ["ready\n"] * len(lanes)
    return started


def work(started: list[Worker], seconds: float) -> tuple[float, list[list[float]]]:
    """When they were to end, and the moments of each one's calls."""
    until = time.time() + seconds
    for process in started:
        process.stdin.write(f"{until!r}\n")
        process.stdin.flush()
    said = [process.communicate(timeout=150)[0] for process in started]
    assert [process.returncode for process in started] == [0] * len(started)
    return until, [[float(line) for line in text.splitlines()] for text in said]


def test_four_processes_together_stay_within_the_rate_and_use_it(ledger: Ledger, url: str, tmp_path: Path) -> None:
    _, calls = work(workers(url, tmp_path, 12, ["sync"] * 4), 4.0)
    at = sorted(moment for moments in calls for moment in moments)
    assert all(later - first >= 1.0 - 0.005 for first, later in zip(at, at[12:], strict=False))
    assert len(at) > 12  # a busy machine wakes late; how much of the rate is used benchmarks/throttle.py measures


def test_what_a_killed_process_took_is_free_when_its_time_is_over(real: Make, url: str, tmp_path: Path) -> None:
    (dead,) = workers(url, tmp_path, 1, ["sync"], "stand")
    dead.stdin.write(f"{time.time() + 60!r}\n")
    dead.stdin.flush()
    taken = float(dead.stdout.readline())
    os.kill(dead.pid, signal.SIGKILL)
    dead.communicate()
    real(1, window=1.0).take(Lane.SYNC)
    assert 3.9 < time.time() - taken < 60


def test_while_campaigns_wait_the_sync_of_another_process_gets_nothing(
    ledger: Ledger, url: str, tmp_path: Path
) -> None:
    """Of three campaigns two wait at any time, for a rate of one."""
    started = workers(url, tmp_path, 1, ["sync", "campaign", "campaign", "campaign"])
    until, (sync, *campaigns) = work(started, 5.0)
    begun = max(moments[0] for moments in campaigns if moments)
    assert [moment for moment in sync if begun < moment < until] == []
    assert sum(len(moments) for moments in campaigns) >= 2


def test_threads_of_one_process_share_it_too(real: Make) -> None:
    the = real(5, window=0.5)
    at: list[float] = []

    def work() -> None:
        for _ in range(3):
            slot = the.take(Lane.SYNC)
            at.append(time.time())
            answer(the, slot)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    at.sort()
    assert len(at) == 12 and all(later - first >= 0.495 for first, later in zip(at, at[5:], strict=False))
