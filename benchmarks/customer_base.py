"""A customer base in twelve segments, loaded and then kept night after night: the calls, hours and memory it takes.

    python benchmarks/customer_base.py [CUSTOMERS] [--rate 60] [--dialect 3.1] [--laid]

The product plans and applies against the sandbox; hours are simulated, CPU and memory are real. CUSTOMERS (2,000) are
loaded in nights of eight hours by calls; with `--laid` their contacts are put into sandbox and ledger as those calls
would have left them. Then come a normal night, in which one in 200 changed, and one a week later, in which the groups
are listed. At 1,000 calls a minute 800,000 take some 45 minutes of CPU, with `--laid` five. The ledger lies in memory
where there is /dev/shm: how long a disk takes, benchmarks/apply.py measures.
"""

from __future__ import annotations

import argparse
import math
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate
from pathlib import Path
from random import Random

from ampenet_sync.api import Client
from ampenet_sync.api.tally import CallsUsed
from ampenet_sync.api.transport import Deadlines
from ampenet_sync.config import Config, load
from ampenet_sync.ledger import create_ledger, groups, links, open_ledger
from ampenet_sync.ledger.throttle import open_throttle
from ampenet_sync.pipeline.applying import SegmentRun, Window, sync_segments
from ampenet_sync.pipeline.intake import take_in
from ampenet_sync.pipeline.planning import Planned, kept_segments, plan_segment
from ampenet_sync.pipeline.world import World, open_world
from ampenet_sync.sync.planfile import Header, rows_of
from benchmarks.simulated import Clock, Workers, machine_of, open_platform

HOST = "sms.ampenet.com"
EVENING = 1_795_546_800.0  # 2026-11-24 22:00 in Dar es Salaam
DAY, HOUR = 86_400.0, 3_600.0
NIGHT = 8 * HOUR
LATENCY = 0.2  # seconds
BRANCHES = {
    "dar": 0.375, "mwanza": 0.225, "arusha": 0.15, "dodoma": 0.1, "mbeya": 0.0625, "moshi": 0.0375, "tanga": 0.0225,
    "tabora": 0.0125, "kigoma": 0.0085, "songea": 0.0065,
}  # fmt: skip
ENDS = dict(zip(BRANCHES, accumulate(BRANCHES.values()), strict=True))
SEGMENTS = {name: f"branch = '{name}'" for name in BRANCHES} | {"gold": "tier = 'gold'", "staff": "staff = 'yes'"}
CONFIG = """
api: {{requests_per_minute: {rate}, dialect: "{dialect}"}}
customers: {{source: {{csv: customers.csv}}, key: id, phone: phone, first_name: first, last_name: last}}
segments:
"""
SEGMENT = '  {name}: {{group: {name}, mode: mirror, list_every: {list_every}, where: "{where}"}}\n'


@dataclass(frozen=True)
class Night:
    """What one command came to. `least` calls are those without which it can't be done; `hours` are simulated."""

    runs: Sequence[SegmentRun]
    used: CallsUsed
    least: int
    hours: float
    cpu: float
    megabytes: float

    @property
    def done(self) -> int:
        return sum(run.applied.done for run in self.runs if run.applied)

    @property
    def paused(self) -> bool:
        return any(run.applied.paused for run in self.runs if run.applied)

    @property
    def unlisted(self) -> int:
        return sum(header.counts.unlisted for header in headers(self.runs))


@dataclass
class Base:
    """A folder with so many customers, its ledger and its platform, all under one clock."""

    folder: Path
    customers: int
    rate: int
    dialect: str = "3.9"
    list_every: str = "7d"
    clock: Clock = field(default_factory=lambda: Clock(EVENING))

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.machine = machine_of(self.clock)
        self.platform = open_platform(self.clock, latency=LATENCY, dialect=self.dialect, rate=self.rate)
        lines = (SEGMENT.format(name=n, where=where, list_every=self.list_every) for n, where in SEGMENTS.items())
        text = CONFIG.format(rate=self.rate, dialect=self.dialect) + "".join(lines)
        (self.folder / "ampenet.yaml").write_text(text, encoding="utf-8")
        write_customers(self.folder / "customers.csv", self.customers)
        create_ledger(self.config.ledger, self.folder, clock=self.clock, machine=self.machine)[0].close()

    @property
    def config(self) -> Config:
        return load(self.folder / "ampenet.yaml", environ={})

    @contextmanager
    def world(self) -> Iterator[World]:
        config, clock, machine, pool = self.config, self.clock, self.machine, partial(Workers, self.clock)
        ledger = open_ledger(config.ledger, config.folder, clock=clock, machine=machine)
        throttle = open_throttle(ledger, "simulated", self.rate, deadline=Deadlines().longest, sleep=clock.sleep)
        client = Client(
            self.platform, throttle, clock=clock, sleep=clock.sleep, random=machine.random,
            dialect=config.api.dialect, pages_at_once=config.api.page_concurrency, executor=pool,
        )  # fmt: skip
        handed = {"clock": clock, "sleep": clock.sleep, "machine": machine}
        try:
            with open_world(
                config, client, host=HOST, executor=lambda: pool(config.api.concurrency), **handed
            ) as world:
                yield world
        finally:
            throttle.close()
            ledger.close()

    def sync(self, *, seconds: float = NIGHT) -> Night:
        """`ampenet-sync sync --yes --max-seconds`."""
        begun, cpu = self.clock(), time.process_time()
        with self.world() as world:
            runs = sync_segments(world, take_in(self.config), window=Window(until=self.clock() + seconds))
            used = world.client.tally.used()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
        least = sum(least_calls(header, self.dialect) for header in headers(runs))
        return Night(runs, used, least, (self.clock() - begun) / HOUR, time.process_time() - cpu, peak)

    def lay(self) -> None:
        """Put the contacts of the first load into sandbox and ledger, as its calls would have left them."""
        with self.world() as world:
            intake = take_in(self.config)
            for segment in kept_segments(world.config):
                self._lay_segment(world, segment, plan_segment(world, intake, segment))

    def _lay_segment(self, world: World, segment: str, planned: Planned) -> None:
        plan, ledger, where = planned.plan, world.ledger, world.destination
        rows = [
            row for _, piece in plan.pieces(0, plan.header.counts.creates) for row in rows_of(piece, plan.header.fields)
        ]
        names = [(row.values.phone, row.values.fields["first_name"], row.values.fields["last_name"]) for row in rows]
        group, *uids = self.platform.make_group(segment, names)
        made = (
            links.Link(uid, row.customer_key, row.values.phone, row.values.fields, owned=True)
            for uid, row in zip(uids, rows, strict=True)
        )
        links.write_links(ledger, where, group, made)
        groups.pin_group(ledger, where, segment, uid=group, name=segment)
        groups.note_listing(ledger, where, group, read_at=self.clock())

    def next_night(self, *, days: int = 1, version: int | None = None) -> None:
        """Time goes on to an evening so many days later, with the customers as they are by then."""
        nights = math.floor((self.clock() - EVENING) / DAY) + days
        self.clock.now = EVENING + nights * DAY
        if version is not None:
            write_customers(self.folder / "customers.csv", self.customers, version=version)


def headers(runs: Sequence[SegmentRun]) -> list[Header]:
    return [run.planned.plan.header for run in runs if run.planned]


def least_calls(header: Header, dialect: str) -> int:
    """Changes, the reads before them, and pages; counted anew, not taken from the forecast."""
    counts, listed = header.counts, header.actual == "live" and bool(header.group_uid)
    reads = counts.deletes if listed or not header.group_uid else counts.updates + counts.deletes
    if not listed and header.group_uid and dialect != "3.9":
        reads += counts.deletes  # a search shows no status there
    pages = max(1, math.ceil(counts.linked / 25)) if listed else 0
    readings = 2 if dialect == "3.1" and pages > 1 else 1
    return counts.changes + reads + pages * readings + (not header.group_uid)


def write_customers(path: Path, count: int, *, version: int = 0) -> None:
    """One row in a hundred is quarantined, one customer in 250 has another one's phone.

    In each later version one in 500 is new, one in 500 got another name or number, and one in 1,000 left.
    """
    tails = Random(7).sample(range(30_000_000, 90_000_000), 2 * count + version * count // 500)
    with path.open("w", encoding="utf-8") as file:
        file.write("id,phone,first,last,branch,tier,staff\n")
        for number in range(count + version * (count // 500)):
            if not _left(number, count, version):
                file.write(_row(number, count, version, tails))
            if number % 100 == 50:
                file.write(f"q{number},not known,Asha,Mushi,dar,plain,no\n")


def _left(number: int, count: int, version: int) -> bool:
    return number < count and any((number + 7 * past) % 1000 == 2 for past in range(1, version + 1))


def _row(number: int, count: int, version: int, tails: Sequence[int]) -> str:
    changes = sum((number + 7 * past) % 500 == 1 for past in range(1, version + 1)) if number < count else 0
    renumbered = changes and number % 1000 < 500
    tail = tails[count + number if renumbered or number >= count else number - (number % 250 == 5)]
    share = (number if number < count else number * 7919 % count) / count
    branch = next((name for name, end in ENDS.items() if share < end), "songea")
    tier, staff = "gold" if number % 40 == 7 else "plain", "yes" if number % 1600 == 9 else "no"
    first = f"Asha {number % 900}{'' if renumbered else 'b' * changes}"
    return f"k{number},07{tail:08d},{first},Mushi,{branch},{tier},{staff}\n"


def main() -> None:
    asked = argparse.ArgumentParser(description="A customer base in twelve segments, simulated.")
    asked.add_argument("customers", nargs="?", type=int, default=2_000)
    asked.add_argument("--rate", type=int, default=1_000, help="calls permitted in a minute")
    asked.add_argument("--dialect", choices=("3.1", "3.8", "3.9"), default="3.9")
    asked.add_argument("--laid", action="store_true", help="begin after the first load")
    given = asked.parse_args()
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory) as name:
        base = Base(Path(name) / "base", given.customers, given.rate, given.dialect)
        _head(base)
        _load(base, laid=given.laid)
        base.next_night(version=1)
        _show("a normal night", base.sync(), base)
        base.next_night(days=7, version=2)
        _show("a week later, listed", base.sync(), base)
        counted, refused = base.platform.throttling()
        print(f"  {counted:,} calls counted by the sandbox, {refused:,} refused as too many")
        base.platform.close()


def _load(base: Base, *, laid: bool) -> None:
    if laid:
        base.lay()
        return
    number, paused = 0, True
    while paused:
        number += 1
        night = base.sync()
        _show(f"first load, night {number}", night, base)
        paused = night.paused
        if paused:
            base.next_night()


def _head(base: Base) -> None:
    print(f"\n{base.customers:,} customers, {base.rate:,} calls a minute, dialect {base.dialect}")
    names = ("changes", "calls", "forecast", "least", "beside", "hours", "of rate", "CPU s", "MB")
    print(f"  {'':<22}" + "".join(f"{name:>10}" for name in names))


def _show(title: str, night: Night, base: Base) -> None:
    used, beside = night.used, sum(night.used.beside.values())
    share = used.calls / (night.hours * 60 * base.rate)
    figures = (night.done, used.calls, used.forecast, night.least, beside)
    print(
        f"  {title:<22}{''.join(f'{figure:>10,}' for figure in figures)}{night.hours:>10.2f}{share:>10.1%}"
        f"{night.cpu:>10.0f}{night.megabytes:>10.0f}",
        flush=True,
    )
    if night.unlisted:
        print(f"    {night.unlisted:,} new numbers wait until their group is listed")


if __name__ == "__main__":
    main()
