"""Simulated time for threads, and a sandbox in a process of its own that is asked without a socket.

The clock stands still while any thread works, and goes to the next awakening when all of them wait. Threads take turns:
exactly one runs at a time, so that a simulation is the same each time, and hours pass as fast as the work allows.
"""

from __future__ import annotations

import heapq
import itertools
import multiprocessing
import threading
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from random import Random
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from ampenet_sync.api.transport import Answer, Request
from ampenet_sync.machine import Machine
from ampenet_sync.sandbox.routes import BASE_PATH
from ampenet_sync.sandbox.rules import Rules
from ampenet_sync.sandbox.serving import Serving
from ampenet_sync.sandbox.switches import Switches
from ampenet_sync.sandbox.wire import Incoming
from ampenet_sync.sandbox.world import World

TOKEN = "7|simulated"
UNLIMITED = None


class Turn:
    """One thread's right to run: it waits until another one hands it on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()

    def come(self) -> None:
        self._lock.release()

    def wait(self) -> None:
        self._lock.acquire()


class Clock:
    """Epoch seconds that only waiting moves. Every thread that waits does so here, in `sleep` or in a `Future`."""

    def __init__(self, now: float) -> None:
        self.now = now
        self._due: list[tuple[float, int, Turn]] = []
        self._order = itertools.count()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """The others' turn, until so many seconds have passed."""
        turn = Turn()
        self.wake(turn, after=max(seconds, 0.0))
        self.hand_on()
        turn.wait()

    def wake(self, turn: Turn, *, after: float = 0.0) -> None:
        """That thread is to run then, after whoever comes before."""
        heapq.heappush(self._due, (self.now + after, next(self._order), turn))

    def hand_on(self) -> None:
        """The next one's turn. Whoever calls this waits for its own turn, or ends."""
        if not self._due:
            raise AssertionError("everybody waits for somebody else: the simulated time stands still")
        at, _, turn = heapq.heappop(self._due)
        self.now = max(self.now, at)
        turn.come()


class Awaited(Future[Any]):
    """A future whose result is waited for in simulated time."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock, self._turns = clock, list[Turn]()

    def result(self, timeout: float | None = None) -> Any:
        if not self.done():
            turn = Turn()
            self._turns.append(turn)
            self._clock.hand_on()
            turn.wait()
        return super().result(timeout=0)

    def wake(self) -> None:
        """Those who wait for it go on."""
        for turn in self._turns:
            self._clock.wake(turn)


class Workers(Executor):
    """So many threads that take turns on one clock."""

    def __init__(self, clock: Clock, count: int) -> None:
        self._clock, self._count = clock, count
        self._tasks = deque[tuple[Awaited, Callable[[], Any]]]()
        self._idle, self._joining, self._threads, self._over = deque[Turn](), list[Turn](), 0, False

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> Awaited:
        future = Awaited(self._clock)
        self._tasks.append((future, lambda: work(*given, **named)))
        if self._idle:
            self._clock.wake(self._idle.popleft())
        elif self._threads < self._count:
            self._threads += 1
            turn = Turn()
            threading.Thread(target=self._work, args=(turn,), daemon=True).start()
            self._clock.wake(turn)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._over = True
        while cancel_futures and self._tasks:
            future, _ = self._tasks.popleft()
            future.cancel()
            future.wake()
        while self._idle:
            self._clock.wake(self._idle.popleft())
        if wait and self._threads:
            turn = Turn()
            self._joining.append(turn)
            self._clock.hand_on()
            turn.wait()

    def _work(self, turn: Turn) -> None:
        turn.wait()
        while self._tasks or not self._over:
            if self._tasks:
                _carry_out(*self._tasks.popleft())
            else:
                self._idle.append(turn)
                self._clock.hand_on()
                turn.wait()
        self._threads -= 1
        if not self._threads:
            for joining in self._joining:
                self._clock.wake(joining)
        self._clock.hand_on()


def _carry_out(future: Awaited, work: Callable[[], Any]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 - whoever waits for the result meets it
        future.set_exception(error)
    future.wake()


def machine_of(clock: Clock, *, seed: int = 7) -> Machine:
    """A machine of that time whose chance is the seed's."""
    chance = Random(seed)
    return Machine(
        clock=clock,
        monotonic=clock,
        sleep=clock.sleep,
        random=chance.random,
        uuid4=lambda: UUID(int=chance.getrandbits(128), version=4),
        host=lambda: "simulated",
        pid=lambda: 7,
    )


@dataclass
class Platform:
    """A transport to a sandbox in a process of its own, so that its memory isn't ours. `latency` seconds pass for each
    request, half of them before it is carried out. `calls` counts them by kind, such as `store`."""

    clock: Clock
    latency: float
    line: Connection
    calls: Counter[str] = field(default_factory=Counter)

    def send(self, request: Request) -> Answer:
        self.clock.sleep(self.latency / 2)
        query = f"?{urlencode(request.query)}" if request.query else ""
        answer = self._ask("respond", self.clock.now, request.method, f"{BASE_PATH}{request.path}{query}", request.body)
        self.calls[kind_of(request)] += 1
        self.clock.sleep(self.latency / 2)
        return Answer(*answer)

    def throttling(self) -> tuple[int, int]:
        """Requests that it counted, and those that it refused as too many."""
        counted: tuple[int, int] = self._ask("throttling")
        return counted

    def switch(self, **switches: Any) -> None:
        self._ask("turn", switches)

    def make_group(self, name: str, contacts: list[tuple[str, str, str]]) -> list[str]:
        """A group with these contacts (phone, first and last name), as calls would have left it: its uid and theirs."""
        uids: list[str] = self._ask("make_group", self.clock.now, name, contacts)
        return uids

    def close(self) -> None:
        self.line.send(("end", ()))

    def _ask(self, what: str, *given: Any) -> Any:
        self.line.send((what, given))
        return self.line.recv()


def kind_of(request: Request) -> str:
    """`me`, `contacts`, `store`, `all`, `search`, `update`, `delete`."""
    parts = request.path.strip("/").split("/")
    return parts[2] if len(parts) > 2 else parts[0]


def open_platform(clock: Clock, *, latency: float, dialect: str, rate: int) -> Platform:
    """A sandbox of that dialect that refuses more than `rate` calls in a minute."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    switches = {"dialect": dialect, "requests_per_minute": rate}
    context.Process(target=_serve, args=(there, switches), daemon=True).start()
    return Platform(clock, latency, here)


def _serve(line: Connection, switches: dict[str, Any]) -> None:
    """Answer whatever is asked over the line until its end."""
    inside = _Inside(switches)
    while True:
        what, given = line.recv()
        if what == "end":
            return
        line.send(getattr(inside, what)(*given))


class _Inside:
    """The sandbox in its process, whose clock is the asking one's."""

    def __init__(self, switches: dict[str, Any]) -> None:
        self._now = 0.0
        rules = Rules(token=TOKEN, sender_ids=None, switches=Switches().turned(switches))
        self._serving = Serving(
            World(balance=None), rules, fault=None, on_effect=None, clock=lambda: self._now, sleep=lambda seconds: None
        )

    def respond(self, now: float, method: str, target: str, body: Any) -> tuple[int, dict[str, str], bytes]:
        self._now = now
        headers = {"authorization": f"Bearer {TOKEN}", "accept": "application/json"}
        written = b"" if body is None else _as_json(body)
        answer: Any = self._serving.respond(Incoming(method, target, headers, written, "127.0.0.1"))
        self._serving.requests.clear()
        return answer.status, {name.lower(): value for name, value in answer.headers}, answer.body

    def throttling(self) -> tuple[int, int]:
        return self._serving.throttling()

    def turn(self, switches: dict[str, Any]) -> None:
        self._serving.turn(switches)

    def make_group(self, now: float, name: str, contacts: list[tuple[str, str, str]]) -> list[str]:
        self._now = now
        with self._serving.looking() as (world, at):
            group = world.next_uid(at)
            world.record("group_created", at, uid=group, id=world.next_id(), name=name)
            return [group, *(_make_contact(world, at, group, *contact) for contact in contacts)]


def _make_contact(world: World, at: float, group: str, phone: str, first: str, last: str) -> str:
    uid = world.next_uid(at)
    values = {"phone": phone, "first_name": first, "last_name": last, "status": "subscribe"}
    world.record("contact_created", at, uid=uid, id=world.next_id(), group=group, **values)
    return uid


def _as_json(body: Any) -> bytes:
    import json

    return json.dumps(dict(body)).encode()
