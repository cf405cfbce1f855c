"""A customer base in twelve segments, kept for nights at a permitted rate: the calls and hours it takes, simulated.

python benchmarks/customer_base.py [CUSTOMERS] [--rate 1000]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from ampenet_sync.api import Client
from ampenet_sync.api.transport import Deadlines
from ampenet_sync.config import Config, load
from ampenet_sync.ledger import create_ledger, open_ledger
from ampenet_sync.ledger.throttle import open_throttle
from ampenet_sync.pipeline.applying import SegmentRun, Window, sync_segments
from ampenet_sync.pipeline.intake import take_in
from ampenet_sync.pipeline.world import World, open_world
from benchmarks.simulated import Clock, Workers, machine_of, open_platform

HOST = "sms.ampenet.com"
EVENING = 1_795_546_800.0  # 2026-11-24 22:00 in Dar es Salaam
DAY, HOUR, NIGHT = 86_400.0, 3_600.0, 8 * 3_600.0
LATENCY = 0.2
BRANCHES = {
    "dar": 0.375, "mwanza": 0.225, "arusha": 0.15, "dodoma": 0.1, "mbeya": 0.0625, "moshi": 0.0375, "tanga": 0.0225,
    "tabora": 0.0125, "kigoma": 0.0085, "songea": 0.0065,
}  # fmt: skip
CONFIG = """
api: {{requests_per_minute: {rate}, dialect: "{dialect}"}}
customers:
  source: {{csv: customers.csv}}
  key: id
  phone: phone
  first_name: first
  last_name: last
segments:
"""
SEGMENT = '  {name}: {{group: {name}, mode: mirror, where: "{where}"}}\n'


def segments() -> dict[str, str]:
    """Name → condition."""
    branches = {name: f"branch = '{name}'" for name in BRANCHES}
    return branches | {"gold": "tier = 'gold'", "staff": "staff = 'yes'"}


def configuration(rate: int, dialect: str) -> str:
    lines = (SEGMENT.format(name=name, where=where) for name, where in segments().items())
    return CONFIG.format(rate=rate, dialect=dialect) + "".join(lines)


def branch_of(share: float) -> str:
    for name, size in BRANCHES.items():
        share -= size
        if share < 0:
            return name
    return name


def write_customers(path: Path, count: int, *, night: int = 0) -> None:
    """Of the first night so many customers and one row in a hundred that is quarantined; one in 250 shares a phone.

    Each later night one in 500 is new, one in 500 got another name or number, one in 1,000 left.
    """
    tails = Random(7).sample(range(30_000_000, 90_000_000), count + 2 * count)
    with path.open("w", encoding="utf-8") as file:
        file.write("id,phone,first,last,branch,tier,staff\n")
        for number in range(count + night * (count // 500)):
            if number < count and any((number + 7 * past) % 1000 == 2 for past in range(1, night + 1)):
                continue
            file.write(_row(number, count, night, tails))
            if number % 100 == 50:
                file.write(f"q{number},not known,Asha,Mushi,dar,plain,no\n")


def _row(number: int, count: int, night: int, tails: Sequence[int]) -> str:
    changes = sum((number + 7 * past) % 500 == 1 for past in range(1, night + 1)) if number < count else 0
    renumbered = changes * (number % 1000 < 500)
    tail = tails[number - (number % 250 == 5)] if number < count else tails[number]
    tail = tails[(count + number) % len(tails)] if renumbered else tail
    share = (number if number < count else (number * 7919) % count) / count
    tier = "gold" if number % 40 == 7 else "plain"
    staff = "yes" if number % 1600 == 9 else "no"
    first = f"Asha {number % 900}{'b' * (changes - renumbered)}"
    return f"k{number},07{tail:08d},{first},Mushi,{branch_of(share)},{tier},{staff}\n"


@dataclass
class Shop:
    """One configuration at one permitted rate, its ledger and its platform, under one clock."""

    folder: Path
    count: int
    rate: int
    dialect: str = "3.9"
    clock: Clock = field(default_factory=lambda: Clock(EVENING))

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.machine = machine_of(self.clock)
        self.platform = open_platform(self.clock, latency=LATENCY, dialect=self.dialect, rate=self.rate)
        (self.folder / "ampenet.yaml").write_text(configuration(self.rate, self.dialect), encoding="utf-8")
        create_ledger(self.config.ledger, self.folder, clock=self.clock, machine=self.machine)[0].close()

    @property
    def config(self) -> Config:
        return load(self.folder / "ampenet.yaml", environ={})

    @contextmanager
    def world(self) -> Iterator[World]:
        config, clock = self.config, self.clock
        ledger = open_ledger(config.ledger, config.folder, clock=clock, machine=self.machine)
        throttle = open_throttle(ledger, "simulated", self.rate, deadline=Deadlines().longest, sleep=clock.sleep)
        pool = partial(Workers, clock)
        client = Client(
            self.platform, throttle, clock=clock, sleep=clock.sleep, random=self.machine.random,
            dialect=config.api.dialect, pages_at_once=config.api.page_concurrency, executor=pool,
        )  # fmt: skip
        try:
            with open_world(
                config, client, host=HOST, clock=clock, sleep=clock.sleep, machine=self.machine,
                executor=lambda: pool(config.api.concurrency),
            ) as world:  # fmt: skip
                yield world
        finally:
            throttle.close()
            ledger.close()

    def night(self, *, window: float = NIGHT) -> tuple[list[SegmentRun], int]:
        with self.world() as world:
            intake = take_in(self.config)
            runs = sync_segments(world, intake, window=Window(until=self.clock() + window))
            return runs, world.client.calls


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 8_000
    rate = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        shop = Shop(Path(name) / "shop", count, rate)
        write_customers(shop.folder / "customers.csv", count)
        for night in range(5):
            begun, cpu, wall = shop.clock(), time.process_time(), time.perf_counter()
            runs, calls = shop.night()
            done = Counter()
            for run in runs:
                assert run.applied, run
                done["done"] += run.applied.done
                h = run.planned.plan.header if run.planned else None
                done["forecast"] += h.forecast.calls + h.forecast.pages if h else 0
                if night == 0:
                    print(run.segment, h.counts if h else None, run.applied.paused)
            took = shop.clock() - begun
            print(
                night,
                calls,
                dict(done),
                dict(shop.platform.calls),
                f"{took / 3600:.3f} h",
                f"{calls / took * 60:.1f}/min",
                "cpu",
                round(time.process_time() - cpu, 1),
                "wall",
                round(time.perf_counter() - wall, 1),
                "rss MB",
                resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                shop.platform.throttling(),
            )
            shop.platform.calls.clear()
            shop.clock.now = EVENING + DAY * (night + 1)
            write_customers(shop.folder / "customers.csv", count, night=night + 1)
        shop.platform.close()


if __name__ == "__main__":
    main()
