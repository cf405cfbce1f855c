"""Everything one run works with; handed in, so that all of it can be simulated."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from ampenet_sync.api import Client
from ampenet_sync.ledger import Ledger
from ampenet_sync.ledger.leases import Lease
from ampenet_sync.runs.breaker import Breaker

STEP_SECONDS = 5.0  # between two signs of life of a run that waits
AHEAD = 256  # items handed to the threads before the first of them is done

CrashPoint = Callable[[str], None]
Progress = Callable[[str, int, int | None], None]
Item = TypeVar("Item")


def no_crash(point: str) -> None:
    """Go on. A simulation hands in something that doesn't."""


def no_progress(what: str, done: int, total: int | None) -> None:
    """Nobody looks on."""


@dataclass(frozen=True)
class Patience:
    """How long things may take, in seconds: claim → first byte, first byte → answer, request → its late effect."""

    send_within: float = 5.0
    answer_within: float = 60.0
    settle: float = 120.0

    def settled_at(self, send_before: float, *, owner_gone: bool) -> float:
        """From when on an absent effect means: not applied. An owner that lives may still be waiting for its answer."""
        return send_before + self.settle + (0 if owner_gone else self.answer_within)


@dataclass(frozen=True)
class Window:
    """How much a command may take, so that it keeps to its night: no new change once the client has made so many
    `calls`, or from `until` on (epoch seconds). None: no bound. What has begun is finished, so each thread may go over
    by its last change."""

    calls: int | None = None
    until: float | None = None

    def used_up(self, *, calls: int, now: float) -> str:
        """Why no further change may begin, "" where one may."""
        if self.calls is not None and calls >= self.calls:
            return "the calls it may make are made"
        return "the time it may take is over" if self.until is not None and now >= self.until else ""


UNBOUNDED = Window()


@dataclass(frozen=True)
class Run:
    """One run, applying or sending. `folder` is its own and private, and is removed when it ends."""

    id: str
    client: Client
    ledger: Ledger
    destination: int
    lease: Lease
    patience: Patience
    sleep: Callable[[float], None]
    folder: Path
    progress: Progress = no_progress
    crash: CrashPoint = no_crash
    breaker: Breaker = field(default_factory=Breaker)
    window: Window = UNBOUNDED

    def is_over(self) -> bool:
        """Whether no further change may begin: too much failed, or the window is used up."""
        if why := self.window.used_up(calls=self.client.calls, now=self.ledger.clock()):
            self.breaker.trip(why)
        return self.breaker.is_open

    def send_before(self) -> float:
        """Until when a request that is claimed now may leave; epoch seconds."""
        return self.ledger.clock() + self.patience.send_within

    def wait_until(self, moment: float, *, what: str) -> None:
        """Sleep in small steps, so that the lease stays ours and a person sees for how many seconds nothing happens."""
        begun = self.ledger.clock()
        while (left := moment - self.ledger.clock()) > 0:
            waited = round(moment - begun - left)
            self.progress(f"waiting to look up {what}, seconds", waited, round(moment - begun))
            self.lease.renew()
            self.sleep(min(left, STEP_SECONDS))


def hand_out(items: Iterable[Item], work: Callable[[Item], None], *, executor: Executor) -> None:
    """Do the work for each item in the executor's threads; the items are taken as they are needed, a few ahead."""
    waiting = deque[Future[None]]()
    for item in items:
        waiting.append(executor.submit(work, item))
        while len(waiting) > AHEAD:
            waiting.popleft().result()
    for future in waiting:
        future.result()
