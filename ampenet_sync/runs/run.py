"""Everything one run works with; handed in, so that all of it can be simulated."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from ampenet_sync.api import Client
from ampenet_sync.ledger import Ledger
from ampenet_sync.ledger.leases import Lease
from ampenet_sync.runs.breaker import Breaker
from ampenet_sync.runs.window import UNBOUNDED, Permits, Window

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
    permits: Permits = field(init=False, repr=False)

    def __post_init__(self) -> None:
        permits = Permits(self.window, calls=lambda: self.client.calls, now=self.ledger.clock)
        object.__setattr__(self, "permits", permits)

    @contextmanager
    def permitted(self, calls: int) -> Iterator[bool]:
        """Whether a change of so many calls may begin: not where too much failed or the window is used up, which ends
        the run. What begins ends with the block."""
        with self.permits.held(calls) as why:
            if why:
                self.breaker.trip(why)
            yield not self.breaker.is_open

    def goes_on(self) -> bool:
        """Whether what was permitted may still go out after a wait: the time may be over by now, or too much failed."""
        if why := self.window.used_up(calls=0, now=self.ledger.clock(), needed=0):
            self.breaker.trip(why)
        return not self.breaker.is_open

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
