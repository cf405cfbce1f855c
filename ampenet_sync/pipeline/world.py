"""Everything a story works with, opened once and handed on. No decisions."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from ampenet_sync.api import Account, Client, connect
from ampenet_sync.api.transport import Deadlines
from ampenet_sync.config import Config
from ampenet_sync.errors import LedgerError
from ampenet_sync.files.growing import private_folder
from ampenet_sync.ledger import Ledger, destinations, leases, open_ledger, runs
from ampenet_sync.ledger.throttle import LedgerThrottle, open_throttle
from ampenet_sync.machine import HERE, Machine
from ampenet_sync.pipeline.advised import advised
from ampenet_sync.pipeline.suppressing import Listed, take_in_lists
from ampenet_sync.runs import UNBOUNDED, Breaker, CrashPoint, Patience, Progress, Run, Window, no_crash, no_progress
from ampenet_sync.stopping import Stop
from ampenet_sync.sync.group import GroupRun
from ampenet_sync.sync.rows import SHOWN

__all__ = ["Clock", "OnWait", "Progress", "Sleep", "World", "no_notice", "open_client", "open_world"]

FOLDERS = ".run-"  # before the run's id: its folder in the data folder

Clock = Callable[[], float]
Sleep = Callable[[float], None]
OnWait = Callable[[float], None]  # of the seconds of silence the platform asks for


def no_notice(wait: float) -> None:
    """Nobody is there to be told."""


@dataclass(frozen=True)
class World:
    """One configuration, one ledger, one account there.

    `stop_lists` are the lists of ampenet.yaml whose numbers are never texted, as they were read for this world.
    `host` names the destination in the ledger; `rehearsal` is whether no phone can ring (the sandbox, or a server on
    this machine). `run` begins the ids of the ledger's runs in it. `window` is how much the command may take,
    `hold` how it keeps others out of what it works on.
    """

    config: Config
    client: Client
    ledger: Ledger
    stop_lists: tuple[Listed, ...]
    account: Account
    host: str
    destination: int
    rehearsal: bool
    stop: Stop
    run: str
    executor: Callable[[], Executor]
    patience: Patience
    progress: Progress
    crash: CrashPoint
    window: Window = UNBOUNDED
    hold: leases.Holding = leases.held

    @property
    def plans(self) -> Path:
        return self.config.home / "plans"

    @property
    def audiences(self) -> Path:
        return self.config.home / "audiences"

    @property
    def sleep(self) -> Sleep:
        """Ends as soon as the run is to stop."""
        return self.stop.sleep

    def clock(self) -> float:
        """Epoch seconds of the ledger's clock, so that its rows can be judged by it."""
        return self.ledger.clock()

    def now(self) -> datetime:
        """The moment in the configured time zone."""
        return datetime.fromtimestamp(self.clock(), UTC).astimezone(self.config.zone)

    def begin_run(self, kind: str, subject: str) -> str:
        return runs.begin_run(self.ledger, kind, subject=subject, within=self.run)

    @contextmanager
    def at_work(self, breaker: Breaker) -> Iterator[Executor]:
        """Threads for the block. What interrupts it ends their waits; what they have on the wire is finished first."""
        executor = self.executor()
        try:
            yield executor
        except BaseException:
            breaker.trip("interrupted")  # they take nothing new
            was_set = self.stop.is_set
            self.stop.set()
            executor.shutdown(wait=True, cancel_futures=True)
            if not was_set:
                self.stop.clear()
            raise
        finally:
            executor.shutdown(wait=True)

    @contextmanager
    def working(self, kind: str, segment: str) -> Iterator[Run]:
        """Hold the segment's group for the block. Raises Busy where another process does."""
        with self.running(kind, f"segment {segment} at {self.host}/{self.account.uid}", subject=segment) as run:
            yield run

    @contextmanager
    def running(self, kind: str, name: str, *, subject: str) -> Iterator[Run]:
        """A run on the segment or campaign `subject` that holds `name` for the block, with a private folder of its
        own. Raises Busy."""
        run, home = self.begin_run(kind, subject), self.config.home
        self._sweep()
        with self.hold(self.ledger, name, run=run) as lease, private_folder(home / f"{FOLDERS}{run}") as folder:
            yield Run(
                id=run,
                client=self.client,
                ledger=self.ledger,
                destination=self.destination,
                lease=lease,
                patience=self.patience,
                sleep=self.sleep,
                folder=folder,
                progress=self.progress,
                crash=self.crash,
                window=self.window,
            )

    def used_up(self) -> str:
        """Why the window lets no further change begin, "" where it does."""
        return self.window.used_up(calls=self.client.calls, now=self.clock())

    def _sweep(self) -> None:
        """Remove the folders of runs that were killed."""
        there = {path.name.removeprefix(FOLDERS): path for path in self.config.home.glob(f"{FOLDERS}*")}
        for run in leases.gone_runs(self.ledger, there) if there else ():
            shutil.rmtree(there[run], ignore_errors=True)

    def fields(self, *, anybody: bool) -> tuple[str, ...]:
        """The managed fields, beside the phone, of contacts in a group that has anybody, or nobody yet.

        Before anybody is listed, no answer tells the dialect for certain: then custom fields are written too, as who
        can't read them ignores them.
        """
        custom, client = tuple(self.config.customers.fields), self.client
        if not custom:
            return SHOWN
        if anybody:
            return (*SHOWN, *custom) if client.dialect.custom_fields else SHOWN
        believed = client.believed
        return (*SHOWN, *custom) if believed.dialect.custom_fields or not believed.certain else SHOWN

    def group_run(self, run: Run, group_uid: str, *, segment: str = "") -> GroupRun:
        """The run at work on one group, in which the segment is kept."""
        config = self.config
        keeps = segment in config.segments and config.segments[segment].drift.changed == "keep"
        return GroupRun(run, group_uid, config.region, tuple(config.customers.fields), keeps)


@contextmanager
def open_world(
    config: Config,
    client: Client | str,
    *,
    host: str | None = None,
    rehearsal: bool | None = None,
    clock: Clock | None = None,
    sleep: Sleep | None = None,
    machine: Machine = HERE,
    stop: Stop | None = None,
    run: str = "",
    executor: Callable[[], Executor] | None = None,
    patience: Patience | None = None,
    progress: Progress = no_progress,
    crash: CrashPoint = no_crash,
    on_wait: OnWait = no_notice,
    used_up: OnWait = no_notice,
) -> Iterator[World]:
    """Open the ledger and ask the platform who we are. Raises LedgerError `no_ledger`, or the first call's ApiError.

    `client` may be the token of an ordinary one: that shares its rate with all processes of this ledger and token.
    Time is the ledger's; a `clock` handed in simulates another, and a client handed in must go by the same. Chance is
    the `machine`'s. Whoever holds `stop` can end every wait; it is set where the work is broken off. `on_wait` hears
    the seconds of silence the platform asks for, `used_up` those until the rate allows a call.
    """
    stop = stop or Stop(sleep)
    with advised(), ExitStack() as opened:
        ledger = open_ledger(config.ledger, config.folder, clock=clock, machine=machine, secrets=config.home)
        opened.callback(ledger.close)
        if isinstance(client, str):
            heard = {"sleep": stop.sleep, "on_wait": on_wait, "used_up": used_up}
            client = opened.enter_context(_sharing(config, ledger, client, clock=ledger.clock, **heard))
        stop.under_way = partial(getattr, client, "under_way")
        account, host = client.me(), host or config.api.host
        yield World(
            config=config,
            client=client,
            ledger=ledger,
            stop_lists=take_in_lists(config, ledger),
            account=account,
            host=host,
            destination=destinations.destination_id(ledger, host=host, account=account.uid),
            rehearsal=config.api.is_local if rehearsal is None else rehearsal,
            stop=stop,
            run=run,
            executor=executor or (lambda: ThreadPoolExecutor(config.api.concurrency)),
            patience=patience or Patience(settle=config.api.settle_seconds),
            progress=progress,
            crash=crash,
        )


@contextmanager
def open_client(
    config: Config, token: str, *, token_hint: str | None = None, on_wait: OnWait = no_notice, machine: Machine = HERE
) -> Iterator[Client]:
    """A client for commands that need no ledger; where there is one, its rate is shared with all processes of it.

    `token_hint` says what to do where the token is a wrong one; without it, that is told by where `token()` took it.
    """
    try:
        ledger = open_ledger(config.ledger, config.folder, machine=machine)
    except LedgerError:
        with advised(token_hint):
            yield connect(
                config.api,
                token,
                clock=machine.clock,
                monotonic=machine.monotonic,
                sleep=machine.sleep,
                random=machine.random,
                on_wait=on_wait,
            )
        return
    try:
        with (
            advised(token_hint),
            _sharing(config, ledger, token, clock=machine.clock, sleep=machine.sleep, on_wait=on_wait) as client,
        ):
            yield client
    finally:
        ledger.close()


@contextmanager
def _sharing(
    config: Config,
    ledger: Ledger,
    token: str,
    *,
    clock: Clock,
    sleep: Sleep,
    on_wait: OnWait,
    used_up: OnWait = no_notice,
) -> Iterator[Client]:
    throttle = _shared_throttle(config, ledger, token, sleep=sleep, used_up=used_up)
    try:
        yield connect(
            config.api,
            token,
            throttle=throttle,
            clock=clock,
            monotonic=ledger.machine.monotonic,
            sleep=sleep,
            random=ledger.machine.random,
            on_wait=on_wait,
        )
    finally:
        throttle.close()


def _shared_throttle(config: Config, ledger: Ledger, token: str, *, sleep: Sleep, used_up: OnWait) -> LedgerThrottle:
    """The ledger knows host and token by a digest only."""
    key = hashlib.sha256(f"throttle {config.api.host} {token}".encode()).hexdigest()
    rate = config.api.requests_per_minute
    return open_throttle(ledger, key, rate, deadline=Deadlines().longest, sleep=sleep, used_up=used_up)
