"""One request from its bytes to its answer, with the fault that was chosen for it. No socket and no route here."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from ampenet_sync.sandbox import inputs, routes
from ampenet_sync.sandbox.answers import Answer, Hangup, html
from ampenet_sync.sandbox.faults import ChooseFault, Fault, FaultKind, SandboxRequest
from ampenet_sync.sandbox.inputs import Call
from ampenet_sync.sandbox.keys import bearer
from ampenet_sync.sandbox.mix import mixed
from ampenet_sync.sandbox.rules import Rules
from ampenet_sync.sandbox.spoiling import gateway_of, instead, later, spoiled
from ampenet_sync.sandbox.switches import Switches
from ampenet_sync.sandbox.visit import send_scheduled
from ampenet_sync.sandbox.window import Window
from ampenet_sync.sandbox.wire import Incoming
from ampenet_sync.sandbox.world import Effect, World

REMEMBERED = 200
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Seen:
    """One request and what it was answered, for whoever looks on. No header is kept, so no token either.

    `at` is when it came in, `seconds` how long it took; `status` None: the connection ended instead. `message` is the
    platform's refusal, `fault` the kind of fault it met."""

    number: int
    method: str
    path: str
    at: float
    seconds: float
    status: int | None
    message: str
    fault: str


class Serving:
    """One world behind one lock. `fault`, `on_effect` and `sleep` are called outside the lock.

    What is due later (late effects, scheduled messages) is carried out, as of its moment, before anybody looks again.
    """

    def __init__(
        self,
        world: World,
        rules: Rules,
        *,
        fault: ChooseFault | None,
        on_effect: Callable[[Effect], None] | None,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
    ) -> None:
        self.requests: list[tuple[str, str]] = []
        self.seen: deque[Seen] = deque(maxlen=REMEMBERED)
        self.turns = 0
        self._fault = fault
        self._on_effect = on_effect
        self._world = world
        self._rules = rules
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.RLock()
        self._late: list[tuple[float, Call]] = []
        self._open = True
        self._window = _window(rules.switches)
        self._mix = mixed(rules.switches.faults, seed=rules.switches.seed)

    @property
    def rules(self) -> Rules:
        return self._rules

    def turn(self, values: Mapping[str, Any]) -> Switches:
        """Turn some switches; ValueError for what can't be, and then none is turned."""
        with self._lock:
            switches, before = self._rules.switches.turned(values), self._rules.switches
            self._rules = replace(self._rules, switches=switches)
            if switches.requests_per_minute != before.requests_per_minute:
                self._window = _window(switches)
            if values.keys() & {"faults", "seed"}:
                self._mix = mixed(switches.faults, seed=switches.seed)
            self.turns += 1
            return switches

    def throttling(self) -> tuple[int, int]:
        """Calls counted and calls refused under the present limit; without one there are none."""
        with self._lock:
            return (self._window.counted, self._window.refused) if self._window else (0, 0)

    def respond(self, incoming: Incoming) -> Answer | Hangup:
        """The answer of the API, or how the connection ends without one."""
        target = urlsplit(incoming.target)
        if not target.path.startswith(routes.BASE_PATH + "/"):
            return html(404)
        began, rules = self._clock(), self._rules
        try:
            call = _read(incoming, target.path.removeprefix(routes.BASE_PATH), target.query, rules)
        except inputs.Unreadable:
            return html(400)
        request = self._note(call)
        fault = self._chosen(request)
        self._wait(rules.switches.latency / 2)
        answer = self._answered(fault, call, request.number)
        self._wait(rules.switches.latency / 2)
        self._remember(request, began, answer, fault)
        return answer if self._open else Hangup.CLOSE

    @contextmanager
    def looking(self) -> Iterator[tuple[World, float]]:
        """The world and the time, with everything done that is due; nobody else changes it meanwhile."""
        with self._lock:
            now = self._clock()
            if self._open:
                self._settle(now)
            yield self._world, now

    def stop(self) -> None:
        """Nothing is carried out any more; what is not due yet is lost."""
        with self.looking():
            self._open = False

    def _note(self, call: Call) -> SandboxRequest:
        with self._lock:
            self.requests.append((call.method, call.path))
            return SandboxRequest(len(self.requests), call.method, call.path, call.fields)

    def _chosen(self, request: SandboxRequest) -> Fault | None:
        """What the test's own chooser says, else what the mix deals."""
        mix = self._mix
        fault = self._fault(request) if self._fault else None
        return fault or (mix(request) if mix else None)

    def _answered(self, fault: Fault | None, call: Call, number: int) -> Answer | Hangup:
        if fault is None:
            return self._carry_out(call, None)
        answer = instead(fault, call, self._rules)
        if answer is not None:
            return answer
        answer = later(fault, number)
        if answer is not None:
            with self._lock:
                self._late.append((self._clock() + fault.seconds, call))
            return answer
        honest = self._carry_out(call, fault)
        if fault.kind is FaultKind.SLOW:
            self._wait(fault.seconds)
        return honest if isinstance(honest, Hangup) else spoiled(fault, honest)

    def _carry_out(self, call: Call, fault: Fault | None) -> Answer | Hangup:
        with self.looking() as (world, now):
            if not self._open:
                return Hangup.CLOSE
            before, gateway = len(world.effects), gateway_of(fault)
            answer = routes.answer(world, self._rules, call, now=now, window=self._window, gateway=gateway)
            effects = world.effects[before:]
        if self._on_effect:
            for effect in effects:
                self._on_effect(dict(effect))
        return answer

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self._sleep(seconds)

    def _remember(self, request: SandboxRequest, began: float, answer: Answer | Hangup, fault: Fault | None) -> None:
        status, message = (answer.status, answer.message) if isinstance(answer, Answer) else (None, answer.value)
        kind, took = fault.kind.value if fault else "", self._clock() - began
        self.seen.append(Seen(request.number, request.method, request.path, began, took, status, message, kind))

    def _settle(self, now: float) -> None:
        send_scheduled(self._world, now)
        due = sorted((entry for entry in self._late if entry[0] <= now), key=lambda entry: entry[0])
        for entry in due:
            self._late.remove(entry)
            routes.answer(self._world, self._rules, entry[1], now=entry[0], window=None)


def _window(switches: Switches) -> Window | None:
    return None if switches.requests_per_minute is None else Window(switches.requests_per_minute)


def _read(incoming: Incoming, path: str, query: str, rules: Rules) -> Call:
    form = rules.switches.accept_forms and incoming.header("content-type").startswith(FORM)
    return Call(
        method=incoming.method,
        path=path,
        fields=inputs.read_fields(query, incoming.body, form=form),
        token=bearer(incoming),
        wants_json=inputs.accepts_json(incoming.header("accept")),
    )
