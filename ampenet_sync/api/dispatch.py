"""From a call to its data: slot, bytes, answer, verdict. Writes go out once; reads are asked again after a wait."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from ampenet_sync.api.answers import count_named, judge, wait_named
from ampenet_sync.api.calls import Call
from ampenet_sync.api.shapes import Misshapen
from ampenet_sync.api.throttle import Slot, Throttle
from ampenet_sync.api.transport import Answer, Request, Transport
from ampenet_sync.errors import ApiError, BadAnswer, InDoubt, Throttled, Unreachable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReadPolicy:
    """How often a read is asked and how long between; `jitter` is the share of each wait left to chance."""

    attempts: int = 4
    first_wait: float = 0.5
    factor: float = 2.0
    longest: float = 20.0
    jitter: float = 0.5

    def wait(self, attempt: int, chance: float) -> float:
        """Seconds after the `attempt`-th failure (from 1); `chance` is in [0, 1)."""
        full = min(self.first_wait * self.factor ** (attempt - 1), self.longest)
        return full * (1 - self.jitter * chance)


class Dispatch:
    """Carries calls over one transport under one throttle, and counts them."""

    def __init__(
        self,
        transport: Transport,
        throttle: Throttle,
        *,
        policy: ReadPolicy,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        random: Callable[[], float],
    ) -> None:
        self.throttle = throttle
        self.calls = 0
        self._transport, self._policy = transport, policy
        self._clock, self._sleep, self._random = clock, sleep, random
        self._lock = threading.Lock()

    def read(self, call: Call, read: Callable[[object], T], *, page: int | None = None, **uids: str) -> T:
        """Ask until an answer can be trusted, at most `policy.attempts` times.

        Raises Unauthorised, Refused, Throttled, Unreachable or BadAnswer.
        """
        request = call.request(uids, page=page)
        attempt = 1
        while True:
            try:
                return self._once(call, self.throttle.take(call.lane), request, read)
            except (Throttled, Unreachable, InDoubt) as error:
                last: ApiError = error
            if attempt >= self._policy.attempts:
                raise _no_doubt(last)
            if not isinstance(last, Throttled):  # after that, the throttle makes everybody wait
                self._sleep(self._policy.wait(attempt, self._random()))
            attempt += 1

    def write(
        self,
        call: Call,
        read: Callable[[object], T],
        *,
        body: Mapping[str, str] | None = None,
        slot: Slot | None = None,
        send_before: float | None = None,
        **uids: str,
    ) -> T:
        """Send once. Raises Unauthorised, Refused, Throttled, Unreachable (all: certainly not applied) or InDoubt."""
        slot = slot or self.throttle.take(call.lane)
        try:
            within = self._time_left(call, send_before)
            request = call.request(uids, body=body, within=within)
        except ApiError:
            self.throttle.give_back(slot)
            raise
        return self._once(call, slot, request, read)

    def _once(self, call: Call, slot: Slot, request: Request, read: Callable[[object], T]) -> T:
        answer = self._carry(slot, request)
        data = self._judged(call, slot, answer)
        try:
            return read(data)
        except Misshapen as error:
            what, code = error.what, error.code
        # Raised out here: the first error's frames hold the answer, which may hold secrets.
        raise InDoubt(f"{call.name} is in doubt: {what}", code=code, status=answer.status)

    def _carry(self, slot: Slot, request: Request) -> Answer:
        """A slot whose answer was lost is left to free itself: the request may be counted late."""
        try:
            answer = self._transport.send(request)
        except Unreachable:
            self.throttle.give_back(slot)
            raise
        except InDoubt:
            self._count()
            raise
        self._count()
        return answer

    def _judged(self, call: Call, slot: Slot, answer: Answer) -> object:
        wait: float | None = None
        try:
            return judge(call, answer)
        except Throttled as error:
            named = wait_named(answer.headers, self._clock())
            wait = error.wait = error.wait if named is None else named
            raise
        finally:
            limit, remaining = (count_named(answer.headers, f"x-ratelimit-{name}") for name in ("limit", "remaining"))
            self.throttle.answered(slot, limit=limit, remaining=remaining, wait=wait)

    def _time_left(self, call: Call, send_before: float | None) -> float | None:
        if send_before is None:
            return None
        left = send_before - self._clock()
        if left <= 0:
            raise Unreachable(f"{call.name} was not sent: its time was over", code="too_late")
        return left

    def _count(self) -> None:
        with self._lock:
            self.calls += 1


def _no_doubt(error: ApiError) -> ApiError:
    """A read changes nothing, so nothing is in doubt: its answer just can't be trusted."""
    if not isinstance(error, InDoubt):
        return error
    words = error.message.replace(" is in doubt: ", " failed: ")
    return BadAnswer(words, code=error.code, hint=error.hint, status=error.status)
