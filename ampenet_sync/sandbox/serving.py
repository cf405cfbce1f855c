"""One request from its bytes to its answer, with the fault that was chosen for it. No socket and no route here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import assert_never
from urllib.parse import urlsplit

from ampenet_sync.sandbox import inputs, refusals, routes
from ampenet_sync.sandbox.faults import ChooseFault, Fault, FaultKind, SandboxRequest
from ampenet_sync.sandbox.inputs import Call
from ampenet_sync.sandbox.refusals import Refusal
from ampenet_sync.sandbox.routes import Answer
from ampenet_sync.sandbox.rules import Rules
from ampenet_sync.sandbox.visit import send_scheduled
from ampenet_sync.sandbox.window import Window
from ampenet_sync.sandbox.wire import Incoming
from ampenet_sync.sandbox.world import Effect, World


class Serving:
    """One world behind one lock. `fault` and `on_effect` are called outside the lock.

    What is due later (late effects, scheduled messages) is carried out, as of its moment, before anybody looks again.
    """

    def __init__(
        self,
        world: World,
        rules: Rules,
        *,
        window: Window | None,
        fault: ChooseFault | None,
        on_effect: Callable[[Effect], None] | None,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
    ) -> None:
        self._fault = fault
        self._on_effect = on_effect
        self.requests: list[tuple[str, str]] = []
        self._world = world
        self._rules = rules
        self._window = window
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.RLock()
        self._late: list[tuple[float, Call]] = []
        self._open = True

    def respond(self, incoming: Incoming) -> Answer | None:
        """The answer, or None where the connection is to be closed without one."""
        target = urlsplit(incoming.target)
        if not target.path.startswith(routes.BASE_PATH + "/"):
            return routes.html(404)
        call = _read(incoming, target.path.removeprefix(routes.BASE_PATH), target.query)
        request = self._note(call)
        fault = self._fault(request) if self._fault else None
        return self._carry_out(call) if fault is None else self._act_out(fault, call)

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

    def _carry_out(self, call: Call) -> Answer | None:
        with self.looking() as (world, now):
            if not self._open:
                return None
            before = len(world.effects)
            answer = routes.answer(world, self._rules, call, now=now, window=self._window)
            effects = world.effects[before:]
        if self._on_effect:
            for effect in effects:
                self._on_effect(dict(effect))
        return answer

    def _act_out(self, fault: Fault, call: Call) -> Answer | None:
        match fault.kind:
            case FaultKind.DROP_BEFORE:
                return None
            case FaultKind.HTML_502:
                return routes.html(502)
            case FaultKind.THROTTLED:
                return routes.refused(refusals.too_many_attempts(), self._rules, call)
            case FaultKind.REFUSED:
                return routes.refused(Refusal(fault.message, http=fault.http), self._rules, call)
            case FaultKind.LATE:
                with self._lock:
                    self._late.append((self._clock() + fault.seconds, call))
                return None
            case FaultKind.DROP_AFTER | FaultKind.ERROR_AFTER | FaultKind.SLOW | FaultKind.GARBAGE:
                return self._spoil(fault, self._carry_out(call))
            case _:
                assert_never(fault.kind)

    def _spoil(self, fault: Fault, answer: Answer | None) -> Answer | None:
        """What is left of an answer whose effect has happened."""
        if answer is None or fault.kind is FaultKind.DROP_AFTER:
            return None
        if fault.kind is FaultKind.ERROR_AFTER:
            return routes.html(500)
        if fault.kind is FaultKind.GARBAGE:
            return Answer(answer.status, answer.body[: len(answer.body) // 2], answer.content_type, answer.headers)
        self._sleep(fault.seconds)
        return answer if self._open else None

    def _settle(self, now: float) -> None:
        send_scheduled(self._world, now)
        due = sorted((entry for entry in self._late if entry[0] <= now), key=lambda entry: entry[0])
        for entry in due:
            self._late.remove(entry)
            routes.answer(self._world, self._rules, entry[1], now=entry[0], window=None)


def _read(incoming: Incoming, path: str, query: str) -> Call:
    scheme, _, token = incoming.authorization.partition(" ")
    return Call(
        method=incoming.method,
        path=path,
        fields=inputs.read_fields(query, incoming.body),
        token=token.strip() if scheme == "Bearer" else "",
        wants_json=inputs.accepts_json(incoming.accept),
    )
