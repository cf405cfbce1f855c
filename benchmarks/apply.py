"""What carrying out costs beside the platform, which answers from memory: ledger, threads, first call, locked-out time.

    python benchmarks/apply.py [CHANGES] [CREATES]

CHANGES (10,000) are applied without latency; of the same many, a sixth is applied and sent by 16 threads at 200 ms.
CREATES (400,000) are those of the plan whose first call is waited for. On SQLite, and on the PostgreSQL server that
the tests use, in a schema of its own that is dropped; without one that part is left out. CPU is this process's alone,
so it lacks what PostgreSQL's server takes.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from measure import Cost, alone, in_process
from shop import ACCOUNT, GROUP, HOST, UNLIMITED_RATE, Platform, first, open_shop, paged, tails, write_customers

from ampenet_sync.api import Contact, Lane
from ampenet_sync.config import Config
from ampenet_sync.errors import Unauthorised
from ampenet_sync.ledger import Ledger, changes, destinations, groups, links, open_ledger, runs
from ampenet_sync.ledger.links import Link
from ampenet_sync.ledger.throttle import open_throttle
from ampenet_sync.pipeline.applying import apply_file
from ampenet_sync.pipeline.intake import take_in
from ampenet_sync.pipeline.planning import plan_segment
from ampenet_sync.pipeline.previewing import preview_campaign
from ampenet_sync.pipeline.sending import send_campaign
from ampenet_sync.pipeline.world import World, open_world

CHANGES = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
CREATES = int(sys.argv[2]) if len(sys.argv) > 2 else 400_000
SLOWLY, THREADS, LATENCY, LINKS = CHANGES // 6, 16, 0.2, 100_000
POSTGRES_URL = os.environ.get("AMPENET_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/test")
SCHEMA = f"ampenet_benchmark_{os.getpid()}"
CONFIG = """
api: {{requests_per_minute: 100000}}
ledger: "{ledger}"
customers:
  source: {{csv: customers.csv}}
  key: id
  phone: phone
  first_name: first
  last_name: last
  consent: ok
segments:
  all: {{group: All, mode: mirror, limits: {{deletes: none, updates: none, source_shrink: none, quarantined: none}}}}
campaigns:
  hello:
    segment: all
    sender_id: DUKA
    kind: transactional
    message: "DUKA: Habari {{{{ first_name }}}}"
"""


@dataclass(frozen=True)
class Shop:
    """A configuration with a new ledger, and who stands in its group."""

    config: Config
    there: list[Contact]

    @contextmanager
    def world(self, *, shared: bool = False, latency: float = 0.0) -> Iterator[tuple[World, Platform]]:
        """`shared`: the rate is that of all processes of the ledger, else it is in memory."""
        with _opened(self.config) as ledger:
            throttle = (
                open_throttle(ledger, "benchmark", UNLIMITED_RATE, deadline=60.0, sleep=time.sleep) if shared else None
            )
            platform = Platform(paged(self.there), throttle=throttle, latency=latency)
            pool = partial(ThreadPoolExecutor, THREADS)
            with open_world(self.config, platform, host=HOST, executor=pool) as world:  # type: ignore[arg-type]
                yield world, platform


@dataclass(frozen=True)
class Carried:
    """What carrying out took: `cpu` and `seconds` of the whole, `calls` and the seconds from the first to the last."""

    cpu: float
    seconds: float
    calls: int
    calling: float


def main() -> None:
    for name, ledger in (("SQLite", "sqlite:///.ampenet/ledger.db"), ("PostgreSQL", f"{POSTGRES_URL}?schema={SCHEMA}")):
        if name == "PostgreSQL" and not _answers():
            print("\nPostgreSQL doesn't answer, so it is left out")
            continue
        _costs(name, ledger, aim=1.5 if name == "SQLite" else 3.0)
        _share(name, ledger)
        _links(name, ledger)
    for creates in (CREATES // 100, CREATES):
        _first_call(creates)


def _costs(name: str, ledger: str, *, aim: float) -> None:
    print(f"\n{name}: {CHANGES:,} changes, no latency, {THREADS} threads")
    with _shop(ledger, CHANGES) as shop:
        claims, slots = in_process(lambda: _ledger_alone(shop))
        print(f"  {'claim and outcome, CPU a call':<44}{claims * 1000:>8.2f} ms (aim: {aim} at most)")
        print(f"  {'slot of the shared rate, CPU a call':<44}{slots * 1000:>8.2f} ms")
    for rate in ("rate in memory", "rate shared by the ledger"):
        with _shop(ledger, CHANGES) as shop:
            path = in_process(lambda: _planned(shop))
            took = in_process(partial(_carried, shop, partial(apply_file, path=path), shared="shared" in rate))
        print(f"  {f'the whole, {rate}, CPU a call':<44}{took.cpu / took.calls * 1000:>8.2f} ms")
        print(f"  {'  calls a second':<44}{took.calls / took.seconds:>8.0f} (aim: 250 at least)")


def _share(name: str, ledger: str) -> None:
    print(f"\n{name}: {SLOWLY:,} calls by {THREADS} threads at {LATENCY * 1000:.0f} ms")
    for word in ("apply", "send"):
        with _shop(ledger, SLOWLY, fresh=True) as shop:
            if word == "apply":
                path = in_process(lambda: _planned(shop))
                work = partial(apply_file, path=path)
            else:
                work = partial(_sent, shop=shop, digest=in_process(lambda: _previewed(shop)))
            took = in_process(partial(_carried, shop, work, shared=True, latency=LATENCY))
        share = took.calls / took.calling / (THREADS / LATENCY)
        print(f"  {f'{word}, of threads ÷ latency':<44}{share * 100:>8.1f} % (aim: 95 at least)")


def _links(name: str, ledger: str) -> None:
    with _shop(ledger, 1, fresh=True) as shop:
        cost, (longest, writes) = _while_writing(shop)
    print(f"\n{name}: {LINKS:,} links written")
    print(f"  {'CPU a link':<44}{cost.cpu / LINKS * 1e6:>8.1f} µs (aim: 20 at most)")
    print(f"  {f'longest wait of another process, {writes:,} writes':<44}{longest:>8.2f} s (aim: 1 at most)")


def _first_call(creates: int) -> None:
    with _shop("sqlite:///.ampenet/ledger.db", creates, fresh=True) as shop:
        path = in_process(lambda: _planned(shop))
        waited = in_process(lambda: _until_first_call(shop, path))
        cost = alone(lambda: _until_first_call(shop, path))
    print(f"\nA plan of {creates:,} creates, until its first call")
    print(f"  {'':<44}{waited:>8.2f} s (aim: 1 at most)")
    print(f"  {'CPU s and extra MB':<44}{cost.cpu:>8.2f}{cost.megabytes:>8.0f} (aim: flat)")


@contextmanager
def _shop(ledger: str, changes: int, *, fresh: bool = False) -> Iterator[Shop]:
    """A source whose plan has so many changes; `fresh`: all are creates, else half of them, four in ten updates, the
    rest deletes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        updates, deletes = (0, 0) if fresh else (changes * 4 // 10, changes // 10)
        numbers = tails(changes)
        write_customers(folder / "customers.csv", numbers[: changes - deletes])
        known = [*range(updates), *range(changes - deletes, changes)]
        there = [Contact(f"{number:013x}", f"255{numbers[number]}", "Before", "Mushi") for number in known]
        config, opened, destination = open_shop(folder, CONFIG.format(ledger=ledger))
        linked = (Link(contact.uid, str(n), contact.phone, {"first_name": "Before", "last_name": "Mushi"}, owned=True)
                  for n, contact in zip(known, there, strict=True))  # fmt: skip
        links.write_links(opened, destination, GROUP, linked)
        groups.pin_group(opened, destination, "all", uid=GROUP, name="All")
        opened.close()
        try:
            yield Shop(config, there)
        finally:
            _drop(ledger)


def _ledger_alone(shop: Shop) -> tuple[float, float]:
    """CPU seconds of one change's claim and outcome, and of one slot taken and answered."""
    with _opened(shop.config) as ledger:
        destination, run = destinations.destination_id(ledger, host=HOST, account=ACCOUNT), runs.begin_run(ledger, "b")
        names = {"first_name": "Asha", "last_name": "Mushi"}
        begun = time.process_time()
        for n, tail in enumerate(tails(CHANGES)):
            intent = changes.Intent("plan", n, GROUP, "create", None, f"k{n}", f"255{tail}", names)
            held = changes.claim(ledger, destination, intent, run=run, send_before=ledger.clock() + 5)
            changes.finish(ledger, destination, held, uid=f"b{n}")  # type: ignore[arg-type]
        claims = time.process_time() - begun
        throttle = open_throttle(ledger, "alone", UNLIMITED_RATE, deadline=60.0, sleep=time.sleep)
        begun = time.process_time()
        for _ in range(CHANGES):
            throttle.answered(throttle.take(Lane.SYNC), limit=None, remaining=None, wait=None)
        return claims / CHANGES, (time.process_time() - begun) / CHANGES


def _planned(shop: Shop) -> Path:
    with shop.world() as (world, _):
        return plan_segment(world, take_in(shop.config), "all").plan.path


def _previewed(shop: Shop) -> str:
    with shop.world() as (world, _):
        return preview_campaign(world, take_in(shop.config), "hello").audience.digest


def _sent(world: World, *, shop: Shop, digest: str) -> None:
    send_campaign(world, take_in(shop.config), "hello", audience=digest)


def _carried(shop: Shop, work: Callable[[World], object], *, shared: bool = False, latency: float = 0.0) -> Carried:
    with shop.world(shared=shared, latency=latency) as (world, platform):
        cpu, begun = time.process_time(), time.perf_counter()
        work(world)
        spent = time.process_time() - cpu, time.perf_counter() - begun
        return Carried(*spent, platform.calls, platform.last_at - platform.first_at)


def _until_first_call(shop: Shop, path: Path) -> float:
    """Seconds from the command until the first call, which ends the run. The plan stays as it was."""
    with shop.world() as (world, platform):
        begun, at = time.perf_counter(), list[float]()

        def refuse(*_: object, **__: object) -> Contact:
            at.append(time.perf_counter() - begun)
            raise Unauthorised("the benchmark ends here", code="unauthorised")

        platform.store_contact = refuse  # type: ignore[method-assign]
        try:
            apply_file(world, path)
        except Unauthorised:
            return at[0]
    raise RuntimeError("no call was made")


def _while_writing(shop: Shop) -> tuple[Cost, tuple[float, int]]:
    """What writing links takes, and how long another process that writes all the time waited at most."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    other = context.Process(target=_keep_writing, args=(shop.config, there))
    other.start()
    here.recv()
    cost = alone(lambda: _write_links(shop.config))
    here.send("enough")
    waits: tuple[float, int] = here.recv()
    other.join()
    return cost, waits


def _write_links(config: Config) -> None:
    with _opened(config) as ledger:
        destination = destinations.destination_id(ledger, host=HOST, account=ACCOUNT)
        fields = {"first_name": first(1), "last_name": "Mushi"}
        links.write_links(
            ledger, destination, GROUP, (Link(f"c{n}", f"k{n}", f"255{n}", fields, owned=True) for n in range(LINKS))
        )


def _keep_writing(config: Config, to: multiprocessing.connection.Connection) -> None:
    with _opened(config) as ledger:
        to.send("ready")
        longest, writes = 0.0, 0
        while not to.poll():
            begun = time.perf_counter()
            runs.begin_run(ledger, "benchmark")
            longest, writes = max(longest, time.perf_counter() - begun), writes + 1
            time.sleep(0.005)
    to.send((longest, writes))


@contextmanager
def _opened(config: Config) -> Iterator[Ledger]:
    ledger = open_ledger(config.ledger, config.folder)
    try:
        yield ledger
    finally:
        ledger.close()


def _answers() -> bool:
    try:
        _drop(f"{POSTGRES_URL}?schema={SCHEMA}")
    except (ImportError, sa.exc.SQLAlchemyError):
        return False
    return True


def _drop(ledger: str) -> None:
    """The schema of a ledger on PostgreSQL; one on SQLite goes with its folder."""
    if not ledger.startswith("sqlite"):
        with sa.create_engine(POSTGRES_URL, poolclass=sa.NullPool).begin() as db:
            db.execute(sa.text(f'DROP SCHEMA IF EXISTS "{SCHEMA}" CASCADE'))


if __name__ == "__main__":
    main()
