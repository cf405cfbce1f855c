"""The one resource: ampenet.yaml and the account behind it, opened anew by each step. It has nothing to configure."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg

from ampenet_sync.api import Client
from ampenet_sync.config import Config, load, token
from ampenet_sync.machine import HERE
from ampenet_sync.pipeline.noticing import Kind, Occasion, noticing
from ampenet_sync.pipeline.world import Clock, Progress, Sleep, World, open_world

TELL_EVERY = 10.0  # seconds between two lines of progress in a run's log


def config_path() -> Path:
    """The file that AMPENET_CONFIG names, else ampenet.yaml here."""
    return Path(os.environ.get("AMPENET_CONFIG") or "ampenet.yaml")


def _ordinary_client(config: Config) -> Client | str:
    return token(config)


@dataclass(frozen=True)
class AmpenetResource:
    """What every asset works with.

    A resource with fields would show them in the Launchpad, where anybody could put another server or token in; so
    this is a plain object, and the token is read where it is used and kept nowhere.
    """

    read: Callable[[], Config] = field(default=lambda: load(config_path()), repr=False)
    client: Callable[[Config], Client | str] = field(default=_ordinary_client, repr=False)
    clock: Clock | None = field(default=None, repr=False)  # a simulated one
    sleep: Sleep | None = field(default=None, repr=False)

    def now(self) -> float:
        return (self.clock or HERE.clock)()

    @contextmanager
    def world(self, log: dg.DagsterLogManager) -> Iterator[World]:
        """The configured account, told of in the run's log while long work goes on."""
        config = self.read()
        progress = _log_progress(log, self.now)
        with open_world(config, self.client(config), clock=self.clock, sleep=self.sleep, progress=progress) as world:
            yield world

    @contextmanager
    def noticed_world(self, log: dg.DagsterLogManager, kind: Kind, subject: str) -> Iterator[tuple[World, Occasion]]:
        """The same, and whom ampenet.yaml names is told how the block ended."""
        with noticing(kind, self.read, subject=subject, warn=log.warning) as occasion, self.world(log) as world:
            occasion.at(world)
            yield world, occasion


def _log_progress(log: dg.DagsterLogManager, clock: Clock) -> Progress:
    """Progress as lines of the log: seldom enough to read, often enough to see that something happens."""
    lock, last = threading.Lock(), clock()

    def tell(what: str, done: int, total: int | None) -> None:
        nonlocal last
        with lock:
            if clock() - last < TELL_EVERY:
                return
            last = clock()
            log.info(f"{what}: {done:,}" + (f" of {total:,}" if total else ""))

    return tell
