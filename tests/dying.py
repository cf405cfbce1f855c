"""Processes that are killed: at an effect of the platform, or by themselves at a boundary of the ledger or of HTTP."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ampenet_sync.api import Client
from ampenet_sync.api.transport import Answer, Request, RequestsTransport
from ampenet_sync.pipeline.applying import sync_segments
from ampenet_sync.pipeline.world import open_world
from ampenet_sync.runs import Patience
from ampenet_sync.throttle import SlotThrottle
from tests.world import Place, WallClock

QUICK = Patience(send_within=0.3, answer_within=0.2, settle=0.3)
FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload(
    ["tests.dying", "ampenet_sync.contacts", "schemas", "duckdb", "pandas", "pandera.pandas", "psycopg", "pyarrow.csv"]
)


class Killer:
    """Kills the armed child at its nth effect, and tells when its first request came in."""

    def __init__(self) -> None:
        self.child: Any = None
        self.left = 0
        self.asked = threading.Event()
        self.lock = threading.Lock()

    def arm(self, child: Any, at_effect: int = 0) -> None:
        self.child, self.left = child, at_effect
        self.asked.clear()

    def on_effect(self, effect: dict[str, Any]) -> None:
        with self.lock:
            self.left -= 1
            if self.left == 0:
                os.kill(self.child.pid, signal.SIGKILL)

    def fault(self, request: Any) -> None:
        self.asked.set()


@dataclass
class Boundaries:
    """Counts what the process passes, in all threads, and kills it at number `fatal` (from 1); 0 lets it live."""

    fatal: int
    passed: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, name: str) -> None:
        with self.lock:
            self.passed[name] += 1
            if self.passed.total() == self.fatal:
                os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Watched:
    """A transport whose requests and answers are boundaries."""

    real: RequestsTransport
    pass_by: Boundaries

    def send(self, request: Request) -> Answer:
        self.pass_by("request")
        answer = self.real.send(request)
        self.pass_by("answer")
        return answer


def watched_client(place: Place, pass_by: Boundaries) -> Client:
    api, clock = place.config.api, WallClock()
    transport = Watched(RequestsTransport(api.base_url, place.token, monotonic=clock), pass_by)
    throttle = SlotThrottle(api.requests_per_minute, deadline=60, clock=clock, sleep=clock.sleep)
    return Client(transport, throttle, clock=clock, sleep=clock.sleep, random=lambda: 0.0, dialect=api.dialect)


def sync_in_child(folder: Path, url: str, token: str, fatal: int, counted: Any) -> None:
    """Plan and apply, up to a boundary; who lives puts into `counted` how often each was passed."""
    pass_by = Boundaries(fatal)
    for moment in ("begin", "commit"):
        sa.event.listen(sa.Engine, moment, _passing(pass_by, f"ledger {moment}"))
    place = Place(folder, None, WallClock(), token=token, url=url, patience=QUICK)
    handed: dict[str, Any] = {"clock": place.clock, "sleep": place.clock.sleep, "patience": QUICK, "crash": pass_by}
    with open_world(place.config, watched_client(place, pass_by), host="sandbox", **handed) as world:
        sync_segments(world, place.intake())
    counted.put(dict(pass_by.passed))


def _passing(pass_by: Boundaries, name: str) -> Callable[[sa.Connection], None]:
    def passing(connection: sa.Connection) -> None:
        pass_by(name)

    return passing
