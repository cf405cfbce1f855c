"""A small shop, its ledger and a sandbox under one clock that only sleep moves. It holds no expectations."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ampenet_sync.api import connect
from ampenet_sync.config import Config, load
from ampenet_sync.customers import Intake, read_customers, settings_of
from ampenet_sync.ledger import Ledger, create_ledger, destinations, leases, open_ledger
from ampenet_sync.ledger.links import Link
from ampenet_sync.pipeline.applying import Applied, sync_segments
from ampenet_sync.pipeline.previewing import Preview, preview_campaign
from ampenet_sync.pipeline.sending import Sent, send_campaign
from ampenet_sync.pipeline.world import World, open_world
from ampenet_sync.runs import Patience
from ampenet_sync.sandbox import Fault, Sandbox
from tests.links import links_of

NOON = 1_795_500_000.0  # 2026-11-24 09:00 in Dar es Salaam
STILL = 100_000  # looks at a clock between which it may stand still; no test needs a tenth of them
ACCOUNT = "5f0c3a9b1d2e4"  # whose token the sandbox's is
CONFIG = """\
api: {requests_per_minute: 6000}
customers:
  source: {csv: customers.csv}
  key: id
  phone: phone
  first_name: first
  last_name: last
  consent: sms
segments:
  vip: {group: VIP, mode: mirror, limits: {deletes: none, updates: none, source_shrink: none, quarantined: none}}
campaigns:
  hello:
    segment: vip
    sender_id: DUKA
    kind: marketing
    message: "DUKA: Habari {{ first_name }}"
    opt_out: "Kujitoa: 0800"
"""
HEADER = "id,phone,first,last,sms\n"


def people(count: int, *, first: int = 1) -> list[str]:
    """Rows k1,255712000001,Name1,Duka,yes … of the source."""
    return [f"k{n},255712{n:06d},Name{n},Duka,yes" for n in range(first, first + count)]


def phones(count: int, *, first: int = 1) -> list[str]:
    return [f"255712{n:06d}" for n in range(first, first + count)]


@dataclass
class Clock:
    """Stands still until somebody sleeps. Whoever waits for a moment that never comes fails instead of waiting."""

    now: float = NOON
    _seen: float = 0.0
    _looks: int = 0

    def __call__(self) -> float:
        self._looks = self._looks + 1 if self.now == self._seen else 0
        self._seen = self.now
        assert self._looks < STILL, "the simulated time stands still"
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now = self() + seconds


class WallClock:
    """The real time, for processes that must agree on it."""

    def __call__(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def one_thread() -> Executor:
    """One thing after another, so that a test runs the same each time."""
    return ThreadPoolExecutor(1)


@dataclass
class Trouble:
    """Which requests go wrong: `trouble.on("/store", Fault.drop_after, times=2)`; further calls queue up behind."""

    plan: list[list[Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def on(self, part: str, fault: Fault, *, times: int = 1, skip: int = 0) -> None:
        self.plan.append([part, fault, times, skip])

    def over(self) -> None:
        self.plan.clear()

    def __call__(self, request: Any) -> Fault | None:
        with self.lock:
            for step in self.plan:
                if step[0] in f"{request.method} {request.path}" and step[2]:
                    if step[3]:
                        step[3] -= 1
                        return None
                    step[2] -= 1
                    return step[1]
        return None


@dataclass
class Place:
    """The shop's folder and the sandbox it talks to (of another process: None). Each `opened()` is a run of its own."""

    folder: Path
    sandbox: Sandbox | None
    clock: Clock | WallClock
    trouble: Trouble = field(default_factory=lambda: Trouble())
    text: str = CONFIG
    token: str = ""
    url: str = ""
    patience: Patience = field(default_factory=Patience)

    def write(self, *rows: str, text: str | None = None) -> None:
        """The source's rows, and from now on another ampenet.yaml if one is given."""
        self.text = text or self.text
        (self.folder / "customers.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
        (self.folder / "ampenet.yaml").write_text(self.text, encoding="utf-8")

    @property
    def config(self) -> Config:
        return load(self.folder / "ampenet.yaml", environ={"AMPENET_BASE_URL": self.url})

    def intake(self) -> Intake:
        return read_customers(settings_of(self.config), environ={})

    def make_ledger(self) -> None:
        create_ledger(self.config.ledger, self.folder, clock=self.clock)[0].close()

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        found = open_ledger(self.config.ledger, self.folder, clock=self.clock)
        try:
            yield found
        finally:
            found.close()

    @contextmanager
    def opened(self, **handed: Any) -> Iterator[World]:
        config = self.config
        client = connect(config.api, self.token, clock=self.clock, sleep=self.clock.sleep, random=lambda: 0.0)
        usual = {"host": "sandbox", "clock": self.clock, "sleep": self.clock.sleep, "patience": self.patience}
        hold = handed.pop("hold", leases.held)
        with open_world(config, client, **{**usual, "executor": one_thread, **handed}) as world:
            yield replace(world, hold=hold)

    def sync(self, **handed: Any) -> Applied:
        """Plan and apply segment vip; it must be safe. Raises why it was left out."""
        with self.opened(**handed) as world:
            run = sync_segments(world, self.intake())[0]
        if run.refused is not None:
            raise run.refused
        applied = run.applied
        assert applied is not None, "the plan was left out as unsafe"
        return applied

    def preview(self, name: str = "hello", **handed: Any) -> Preview:
        with self.opened(**handed) as world:
            return preview_campaign(world, self.intake(), name)

    def send(self, digest: str, name: str = "hello", **handed: Any) -> Sent:
        with self.opened(**handed) as world:
            return send_campaign(world, self.intake(), name, audience=digest)

    def group(self, name: str = "VIP") -> dict[str, str]:
        """Phone → first name of what stands in the group. Fails where a phone stands there twice."""
        found = self.sandbox.contacts(name)
        assert len({contact["phone"] for contact in found}) == len(found), "a twin"
        return {contact["phone"]: contact["first_name"] for contact in found}

    def links(self, name: str = "VIP") -> list[Link]:
        uid = next(group["uid"] for group in self.sandbox.groups() if group["name"] == name)
        with self.ledger() as ledger:
            destination = destinations.destination_id(ledger, host="sandbox", account=ACCOUNT)
            return links_of(ledger, destination, uid)

    def texted(self) -> list[str]:
        """The numbers that got a message, sorted, as often as they did."""
        return sorted(message["to"] for message in self.sandbox.messages())

    def count(self, part: str) -> int:
        """How many requests had this in method and path so far."""
        return sum(part in f"{method} {path}" for method, path in self.sandbox.requests())
