"""A sync in a process of its own that kills itself at a boundary of the ledger or of HTTP, whichever it is asked to.

A boundary has a name: of what the run says itself (`claimed`), of a transaction that writes (`changes.claim: about to
commit`, `changes.claim: committed`), of a request (`store_contact: leaves`, `store_contact: answered`). The names are
taken from the code that passes, so that a new transaction or request is a boundary without being listed anywhere.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ampenet_sync.api import Client, calls
from ampenet_sync.api.transport import Answer, Request, RequestsTransport
from ampenet_sync.ledger import Ledger
from ampenet_sync.ledger.throttle import open_throttle
from ampenet_sync.pipeline.applying import sync_segments
from ampenet_sync.pipeline.world import open_world
from ampenet_sync.runs import Patience
from tests.world import Place, WallClock, one_thread

QUICK = Patience(send_within=0.3, answer_within=0.2, settle=0.3)
FORK = multiprocessing.get_context("forkserver")
# Beside the modules that a sync needs, those that they import when they are used.
WARM = "tests.dying ampenet_sync.contacts schemas duckdb pandas pandera.pandas psycopg pyarrow.csv pyarrow.dataset"
WARM += " pandera.backends.pandas.register pandera.backends.pandas.builtin_checks pandera.backends.pandas.container"
WARM += " encodings.ascii encodings.utf_8_sig phonenumbers.data.region_TZ"
FORK.set_forkserver_preload(WARM.split())
CALLS = tuple(call for call in vars(calls).values() if isinstance(call, calls.Call))
LEDGER = str(Path("ampenet_sync", "ledger"))
CARRIERS = ("database.py", "engines.py", "together.py")  # they carry out what other files of the ledger write


@dataclass(frozen=True)
class Fatal:
    """Where a process kills itself: at the nth passing of the boundary of that name, "" for any."""

    name: str = ""
    passing: int = 1


@dataclass
class Boundaries:
    """Counts what the process passes, in all threads, and kills it where it is asked to."""

    fatal: Fatal | None
    passed: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, name: str) -> None:
        name = str(name)  # of an enum, too
        with self.lock:
            self.passed[name] += 1
            if self.fatal is None or self.fatal.name not in ("", name):
                return
            if (self.passed[name] if self.fatal.name else self.passed.total()) == self.fatal.passing:
                os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Watched:
    """A transport whose requests and answers are boundaries."""

    real: RequestsTransport
    pass_by: Boundaries

    def send(self, request: Request) -> Answer:
        name = call_of(request).name
        self.pass_by(f"{name}: leaves")
        answer = self.real.send(request)
        self.pass_by(f"{name}: answered")
        return answer


def call_of(request: Request) -> calls.Call:
    """The endpoint that a request asks for."""
    paths = ((call, re.sub(r"\{\w+\}", "[^/]+", call.path)) for call in CALLS if call.method == request.method)
    return next(call for call, path in paths if re.fullmatch(path, request.path))


class Transactions:
    """Makes every transaction that writes two boundaries, whichever engine it is of: the ledger's or the throttle's."""

    def __init__(self, pass_by: Boundaries) -> None:
        self._pass_by, self._of_thread = pass_by, threading.local()
        sa.event.listen(sa.Engine, "commit", self._committing)
        sa.event.listen(sa.Pool, "checkin", self._returned)

    def _committing(self, connection: sa.Connection) -> None:
        if connection.get_execution_options().get("ledger") != "read":
            self._of_thread.name = writer()
            self._pass_by(f"{self._of_thread.name}: about to commit")

    def _returned(self, connection: Any, record: Any) -> None:
        """The connection goes back to its pool, which is when the commit is done."""
        if name := getattr(self._of_thread, "name", ""):
            self._of_thread.name = ""
            self._pass_by(f"{name}: committed")


def writer() -> str:
    """The ledger's function whose transaction this is, as `file.function`."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        file = Path(frame.f_code.co_filename)
        if str(file.parent).endswith(LEDGER) and file.name not in CARRIERS:
            return f"{file.stem}.{frame.f_code.co_qualname.partition('.<locals>')[0]}"
        frame = frame.f_back
    return "database"


def sync_in_child(folder: Path, url: str, token: str, fatal: Fatal | None, threads: int, counted: Any) -> None:
    """Plan and apply, up to a boundary; who lives puts into `counted` how often each was passed.

    With one thread each run of the same work passes the same boundaries.
    """
    pass_by, clock = Boundaries(fatal), WallClock()
    Transactions(pass_by)
    place = Place(folder, None, clock, token=token, url=url, patience=QUICK)
    handed: dict[str, Any] = {"clock": clock, "sleep": clock.sleep, "patience": QUICK, "crash": pass_by}
    handed["executor"] = one_thread if threads == 1 else None
    with (
        place.ledger() as ledger,
        watched_client(place, ledger, pass_by) as client,
        open_world(place.config, client, host="sandbox", **handed) as world,
    ):
        sync_segments(world, place.intake())
    counted.put(dict(pass_by.passed))


@contextmanager
def watched_client(place: Place, ledger: Ledger, pass_by: Boundaries) -> Iterator[Client]:
    """An ordinary client, whose throttle is the ledger's."""
    api, sleep = place.config.api, place.clock.sleep
    transport = Watched(RequestsTransport(api.base_url, place.token, monotonic=place.clock), pass_by)
    throttle = open_throttle(ledger, "token", api.requests_per_minute, deadline=60, sleep=sleep)
    handed: dict[str, Any] = {"clock": place.clock, "sleep": sleep, "random": lambda: 0.0}
    yield Client(transport, throttle, dialect=api.dialect, **handed)
    throttle.close()
