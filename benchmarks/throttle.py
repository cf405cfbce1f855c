"""Four processes, one token, latency that jumps: how much of the permitted rate is used, and whether we are throttled.

    python benchmarks/throttle.py [SECONDS] [LIMIT]

The sandbox counts in windows that begin with the first call, as the platform does. For a quick look under 180 seconds
everything is six times as fast: windows of 10 seconds, and latency to match.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

import sqlalchemy as sa

from ampenet_sync.api import Client, Lane, Slot, connect
from ampenet_sync.api.transport import Deadlines
from ampenet_sync.config import Api
from ampenet_sync.ledger import create_ledger, open_ledger
from ampenet_sync.ledger.throttle import LedgerThrottle, open_throttle
from ampenet_sync.sandbox import Sandbox

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 180.0
LIMIT = int(sys.argv[2]) if len(sys.argv) > 2 else 120
WINDOW = 60.0 if SECONDS >= 180 else 10.0
PROCESSES, THREADS = 4, 8
FAST, SLOW, JUMP_EVERY = 0.05 * WINDOW / 60, 2.0 * WINDOW / 60, WINDOW / 4
POSTGRES = os.environ.get("AMPENET_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/test")


def main() -> int:
    latency = f"latency {FAST:.2g} ↔ {SLOW:.2g} s"
    print(f"\n{PROCESSES} processes, {LIMIT} calls in {WINDOW:g} s permitted, {SECONDS:g} s, {latency}")
    print(f"  {'':<14}{'counted':>9}{'permitted':>11}{'used':>8}{'throttled':>11}{'CPU ms a call':>15}")
    return max(_one("SQLite", "sqlite:///ledger.db"), _on_postgresql())


def _on_postgresql() -> int:
    try:
        with _schema() as url:
            return _one("PostgreSQL", url)
    except sa.exc.OperationalError:
        print("  PostgreSQL    does not answer (AMPENET_TEST_POSTGRES_URL)")
        return 0


def _one(name: str, url: str) -> int:
    start = time.time()
    scale = 60.0 / WINDOW
    with (
        tempfile.TemporaryDirectory() as folder,
        Sandbox(requests_per_minute=LIMIT, clock=lambda: start + (time.time() - start) * scale) as sandbox,
    ):
        create_ledger(url, Path(folder))[0].close()
        begin = time.time() + 4
        workers = [_start(url, folder, sandbox.url, sandbox.token, begin) for _ in range(PROCESSES)]
        _jump(sandbox, begin)
        cpu = sum(pipe.recv() for _, pipe in workers)
        for process, _ in workers:
            process.join()
        counted, throttled = sandbox.throttling()
    return _show(name, counted, throttled, cpu)


def _show(name: str, counted: int, throttled: int, cpu: float) -> int:
    permitted = SECONDS / WINDOW * LIMIT
    used = counted / permitted
    print(f"  {name:<14}{counted:>9}{permitted:>11.0f}{used:>8.1%}{throttled:>11}{cpu / counted * 1000:>15.1f}")
    return int(used < 0.95 or throttled > 0)


def _jump(sandbox: Sandbox, begin: float) -> None:
    latency = FAST
    while time.time() < begin + SECONDS:
        sandbox.switch(latency=latency)
        latency = SLOW if latency == FAST else FAST
        time.sleep(max(0.0, min(JUMP_EVERY, begin + SECONDS - time.time())))
    sandbox.switch(latency=0.0)


def _start(url: str, folder: str, base: str, token: str, begin: float) -> tuple[SpawnProcess, Connection]:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(url, folder, base, token, begin, there))
    process.start()
    return process, here


def _work(url: str, folder: str, base: str, token: str, begin: float, to: Connection) -> None:
    """Threads that ask for the balance as often as they may, until the time is over."""
    ledger = open_ledger(url, Path(folder))
    shared = open_throttle(ledger, "benchmark", LIMIT, deadline=Deadlines().longest, sleep=time.sleep, window=WINDOW)
    ending = Ending(shared, begin + SECONDS)
    client = connect(Api(base_url=base, concurrency=THREADS), token, throttle=ending)
    time.sleep(max(0.0, begin - time.time()))
    began = time.process_time()
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda _: _ask(client), range(THREADS)))
    to.send(time.process_time() - began)
    shared.close()
    ledger.close()


def _ask(client: Client) -> None:
    with suppress(Over):
        while True:
            client.balance()


class Over(Exception):
    """The time is over."""


class Ending:
    """The shared throttle until the time is over."""

    def __init__(self, shared: LedgerThrottle, end: float) -> None:
        self._shared, self._end = shared, end

    def take(self, lane: Lane) -> Slot:
        slot = self._shared.take(lane)
        if time.time() >= self._end:
            self._shared.give_back(slot)
            raise Over
        return slot

    def answered(self, slot: Slot, *, limit: int | None, remaining: int | None, wait: float | None) -> None:
        self._shared.answered(slot, limit=limit, remaining=remaining, wait=wait)

    def give_back(self, slot: Slot) -> None:
        self._shared.give_back(slot)


@contextmanager
def _schema() -> Iterator[str]:
    """A schema of its own in the test database, dropped afterwards."""
    engine, name = sa.create_engine(POSTGRES, poolclass=sa.NullPool), f"throttle_{uuid.uuid4().hex[:12]}"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    try:
        address = sa.make_url(POSTGRES).update_query_dict({"options": f"-csearch_path={name}"})
        yield address.render_as_string(hide_password=False)
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")


if __name__ == "__main__":
    sys.exit(main())
