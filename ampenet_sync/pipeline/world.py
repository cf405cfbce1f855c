"""Everything a story works with, opened once and handed on. No decisions."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ampenet_sync.api import Account, Client, Lane, Slot, connect
from ampenet_sync.api.transport import Deadlines
from ampenet_sync.config import Config
from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger import Ledger, leases, open_ledger, records
from ampenet_sync.ledger.throttle import LedgerThrottle, open_throttle
from ampenet_sync.pipeline.advised import advised
from ampenet_sync.sync.change import CrashPoint, Work, no_crash
from ampenet_sync.sync.listing import Progress, no_progress
from ampenet_sync.sync.reconcile import Patience

__all__ = ["Clock", "Progress", "Sleep", "Told", "World", "open_client", "open_world", "untold"]

Clock = Callable[[], float]
Sleep = Callable[[float], None]
Told = Callable[[float], None]  # of the seconds of silence the platform asks for


def untold(wait: float) -> None:
    """Nobody is there to be told."""


@dataclass(frozen=True)
class World:
    """One configuration, one ledger, one account there.

    `host` names the destination in the ledger; `rehearsal` is whether no phone can ring (the sandbox, or a server on
    this machine).
    """

    config: Config
    client: Client
    ledger: Ledger
    account: Account
    host: str
    destination: int
    rehearsal: bool
    sleep: Sleep
    executor: Callable[[], Executor]
    patience: Patience
    progress: Progress
    crash: CrashPoint

    @property
    def plans(self) -> Path:
        return self.config.home / "plans"

    @property
    def audiences(self) -> Path:
        return self.config.home / "audiences"

    def clock(self) -> float:
        """Epoch seconds of the ledger's clock, so that its rows can be judged by it."""
        return self.ledger.clock()

    def now(self) -> datetime:
        """The moment in the configured time zone."""
        return datetime.fromtimestamp(self.clock(), UTC).astimezone(self.config.zone)

    @contextmanager
    def working(self, kind: str, segment: str) -> Iterator[Work]:
        """Hold the segment's group for the block. Raises Busy where another process does."""
        run = records.begin_run(self.ledger, kind)
        with leases.held(self.ledger, f"segment {segment} at {self.host}/{self.account.uid}", run=run) as lease:
            yield Work(
                client=self.client,
                ledger=self.ledger,
                destination=self.destination,
                run=run,
                lease=lease,
                patience=self.patience,
                region=self.config.region,
                sleep=self.sleep,
                progress=self.progress,
                crash=self.crash,
            )


@contextmanager
def open_world(
    config: Config,
    client: Client | str,
    *,
    host: str | None = None,
    rehearsal: bool | None = None,
    clock: Clock | None = None,
    sleep: Sleep = time.sleep,
    executor: Callable[[], Executor] | None = None,
    patience: Patience | None = None,
    progress: Progress = no_progress,
    crash: CrashPoint = no_crash,
    told: Told = untold,
) -> Iterator[World]:
    """Open the ledger and ask the platform who we are. Raises LedgerError `no_ledger`, or the first call's ApiError.

    `client` may be the token of an ordinary one: that shares its rate with all processes of this ledger and token.
    Time is the ledger's; a `clock` handed in simulates another, and a client handed in must go by the same.
    """
    with advised(), ExitStack() as opened:
        ledger = open_ledger(config.ledger, config.folder, clock=clock)
        opened.callback(ledger.close)
        if isinstance(client, str):
            client = opened.enter_context(_sharing(config, ledger, client, clock=ledger.clock, sleep=sleep, told=told))
        account = client.me()
        host = host or config.api.host
        yield World(
            config=config,
            client=client,
            ledger=ledger,
            account=account,
            host=host,
            destination=records.destination_id(ledger, host=host, account=account.uid),
            rehearsal=config.api.is_local if rehearsal is None else rehearsal,
            sleep=sleep,
            executor=executor or (lambda: ThreadPoolExecutor(config.api.concurrency)),
            patience=patience or Patience(settle=config.api.settle_seconds),
            progress=progress,
            crash=crash,
        )


@contextmanager
def open_client(config: Config, token: str, *, token_hint: str | None = None, told: Told = untold) -> Iterator[Client]:
    """A client for commands that need no ledger; where there is one, its rate is shared with all processes of it.

    `token_hint` says what to do where the token is a wrong one; without it, that is told by where `token()` took it.
    """
    try:
        ledger = open_ledger(config.ledger, config.folder)
    except LedgerError:
        with advised(token_hint):
            yield connect(config.api, token, told=told)
        return
    try:
        with (
            advised(token_hint),
            _sharing(config, ledger, token, clock=time.time, sleep=time.sleep, told=told) as client,
        ):
            yield client
    finally:
        ledger.close()


@contextmanager
def _sharing(config: Config, ledger: Ledger, token: str, *, clock: Clock, sleep: Sleep, told: Told) -> Iterator[Client]:
    throttle = _shared_throttle(config, ledger, token, sleep=sleep)
    try:
        yield connect(config.api, token, throttle=throttle, clock=clock, sleep=sleep, told=told)
    finally:
        throttle.close()


def _shared_throttle(config: Config, ledger: Ledger, token: str, *, sleep: Sleep) -> LedgerThrottle[Lane, Slot]:
    """The ledger knows host and token by a digest only."""
    key = hashlib.sha256(f"throttle {config.api.host} {token}".encode()).hexdigest()
    rate = config.api.requests_per_minute
    return open_throttle(ledger, key, rate, slot=Slot, deadline=Deadlines().longest, sleep=sleep)
