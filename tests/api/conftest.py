"""What the tests of the client hand in: a scripted platform, a clock that only sleep moves, tiny real servers."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from ampenet_sync.api import Answer, Client, Lane, Request, Slot
from tests import world


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "live: asks a real account named by AMPENET_LIVE_…; runs with -m live only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A real account is asked only by who says so."""
    if not config.getoption("-m"):
        live = [item for item in items if item.get_closest_marker("live")]
        items[:] = [item for item in items if not item.get_closest_marker("live")]
        config.hook.pytest_deselected(items=live)


@dataclass
class Clock(world.Clock):
    now: float = 1_000_000.0
    naps: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        assert seconds > 0, "a nap of no length is busy waiting"
        self.naps.append(seconds)
        super().sleep(seconds)


@dataclass
class Notes:
    """A throttle that never waits and notes what it is told."""

    told: list[tuple[Any, ...]] = field(default_factory=list)

    def take(self, lane: Lane) -> Slot:
        self.told.append(("take", lane))
        return Slot(len(self.told), lane, 0.0)

    def answered(self, slot: Slot, *, limit: int | None, remaining: int | None, wait: float | None) -> None:
        self.told.append(("answered", limit, remaining, wait))

    def give_back(self, slot: Slot) -> None:
        self.told.append(("give_back",))


@dataclass
class Script:
    """A transport that plays answers and errors in order, and the client that talks to it."""

    plays: list[Answer | Exception]
    clock: Clock
    notes: Notes = field(default_factory=Notes)
    requests: list[Request] = field(default_factory=list)

    def send(self, request: Request) -> Answer:
        self.requests.append(request)
        play = self.plays.pop(0)
        if isinstance(play, Exception):
            raise play
        return play

    @property
    def client(self) -> Client:
        return Client(self, self.notes, clock=self.clock, sleep=self.clock.sleep, random=lambda: 0.0)


def envelope(data: object = None, *, message: str | None = None, status: str = "success", http: int = 200) -> Answer:
    return Answer(http, {}, json.dumps({"status": status, "message": message, "data": data}).encode())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def play(clock: Clock) -> Callable[..., Script]:
    """`play(answer, …)`: data alone stands for a success with it."""

    def script(*plays: object) -> Script:
        return Script([p if isinstance(p, Answer | Exception) else envelope(p) for p in plays], clock)

    return script


Talk = Callable[[socket.socket], None]


@contextmanager
def _serving(*talks: Talk) -> Iterator[str]:
    """A real server on loopback: one scripted talk for each connection, in order."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        for talk in talks:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                with suppress(OSError):
                    talk(connection)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/api/v3"
    finally:
        listener.shutdown(socket.SHUT_RDWR)  # wakes an accept that nobody will answer
        listener.close()
        thread.join(5)


@pytest.fixture
def serving() -> Callable[..., AbstractContextManager[str]]:
    return _serving
