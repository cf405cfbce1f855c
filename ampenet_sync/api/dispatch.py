"""From a call to its data: slot, bytes, answer, verdict. Writes go out once; reads are asked again after a wait."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from ampenet_sync.api.answers import count_named, date_named, judge, wait_named
from ampenet_sync.api.calls import BALANCE, LIST_GROUPS, ME, SHOW_GROUP, Call
from ampenet_sync.api.shapes import Misshapen
from ampenet_sync.api.tally import Beside, Tally
from ampenet_sync.api.transport import Answer, Request, Transport
from ampenet_sync.errors import ApiError, BadAnswer, InDoubt, Refused, Throttled, Unreachable
from ampenet_sync.throttle import Slot, Throttle, silence_after

T = TypeVar("T")

LOOKUPS = (ME, BALANCE, LIST_GROUPS, SHOW_GROUP)  # whose account it is, and what is in it
LONG_WAIT = 5.0  # seconds of silence from which a person is told


@dataclass(frozen=True, slots=True)
class ReadPolicy:
    """How often a read is asked and how long between; `jitter` is the share of each wait left to chance.

    `spare` repeats may be used up by a client in all, and each read that works earns the share `earned` of one back:
    a fault now and then is bridged, an outage is not asked again by everybody.
    """

    attempts: int = 4
    first_wait: float = 0.5
    factor: float = 2.0
    longest: float = 20.0
    jitter: float = 0.5
    spare: float = 20.0
    earned: float = 0.25

    def wait(self, attempt: int, chance: float) -> float:
        """Seconds after the `attempt`-th failure (from 1); `chance` is in [0, 1)."""
        full = min(self.first_wait * self.factor ** (attempt - 1), self.longest)
        return full * (1 - self.jitter * chance)


Notice = Callable[[Call, object, Mapping[str, str]], None]
OnWait = Callable[[float], None]


class Dispatch:
    """Carries calls over one transport under one throttle, and counts them in its `tally`.

    `server_ahead` is by how many seconds the clock of the newest answer is before ours; None where none told the time.
    `notice` is shown the data of each success that was understood, and the uids asked with; `on_wait` the seconds of
    silence the platform asks for, where they are many.
    """

    def __init__(
        self,
        transport: Transport,
        throttle: Throttle,
        *,
        policy: ReadPolicy,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        random: Callable[[], float],
        notice: Notice,
        on_wait: OnWait,
    ) -> None:
        self.throttle = throttle
        self.tally = Tally()
        self.under_way = 0  # requests on the wire
        self.server_ahead: float | None = None
        self._transport, self._policy = transport, policy
        self._clock, self._sleep, self._random, self._notice = clock, sleep, random, notice
        self._on_wait = on_wait
        self._spare = policy.spare
        self._lock = threading.Lock()

    def read(
        self,
        call: Call,
        read: Callable[[object], T],
        *,
        page: int | None = None,
        slot: Slot | None = None,
        **uids: str,
    ) -> T:
        """Ask until an answer can be trusted, at most `policy.attempts` times and while there are repeats to spare.

        Raises Unauthorised, Refused, Throttled, Unreachable or BadAnswer. A `slot` handed in serves the first attempt.
        """
        try:
            request = call.request(uids, page=page)
        except Refused:
            if slot:
                self.throttle.give_back(slot)
            raise
        attempt = 1
        while True:
            try:
                with self.tally.under("repeated" if attempt > 1 else None):
                    data = self._once(call, slot or self.throttle.take(call.lane), request, read, uids)
                self._earn()
                return data
            except (Throttled, Unreachable, InDoubt) as error:
                last: ApiError = error.with_traceback(None)  # its frames hold the answer, which may be large
            if attempt >= self._policy.attempts or not self._may_repeat():
                raise _no_doubt(last)
            if not isinstance(last, Throttled):  # after that, the throttle makes everybody wait
                self._sleep(self._policy.wait(attempt, self._random()))
            attempt, slot = attempt + 1, None

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
            request = call.request(uids, body=body, within=self._time_left(call, send_before))
        except ApiError:
            self.throttle.give_back(slot)
            raise
        return self._once(call, slot, request, read, uids)

    def _once(
        self, call: Call, slot: Slot, request: Request, read: Callable[[object], T], uids: Mapping[str, str]
    ) -> T:
        answer = self._carry(slot, request, usual="lookups" if call in LOOKUPS else None)
        data = self._judged(call, slot, answer)
        try:
            value = read(data)
            self._notice(call, data, uids)
            return value
        except Misshapen as error:
            what, code = error.what, error.code
        # Raised out here: the first error's frames hold the answer, which may hold secrets.
        raise InDoubt(f"{call.name} is in doubt: {what}", code=code, status=answer.status)

    def _carry(self, slot: Slot, request: Request, *, usual: Beside | None) -> Answer:
        """A slot whose answer was lost is left to free itself: the request may be counted late."""
        self._count(1)
        try:
            answer = self._transport.send(request)
        except Unreachable:
            self.throttle.give_back(slot)
            raise
        except InDoubt:
            self.tally.count(usual)
            raise
        finally:
            self._count(-1)
        self.tally.count(usual)
        date = date_named(answer.headers)
        self.server_ahead = None if date is None else date - self._clock()
        return answer

    def _judged(self, call: Call, slot: Slot, answer: Answer) -> object:
        wait: float | None = None
        try:
            return judge(call, answer)
        except Throttled as error:
            wait = error.wait = silence_after(wait_named(answer.headers, self._clock()))
            if wait > LONG_WAIT:
                self._on_wait(wait)
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

    def _may_repeat(self) -> bool:
        with self._lock:
            may = self._spare >= 1
            self._spare -= may
        return may

    def _earn(self) -> None:
        with self._lock:
            self._spare = min(self._spare + self._policy.earned, self._policy.spare)

    def _count(self, under_way: int) -> None:
        with self._lock:
            self.under_way += under_way


def _no_doubt(error: ApiError) -> ApiError:
    """A read changes nothing, so nothing is in doubt: its answer just can't be trusted."""
    if not isinstance(error, InDoubt):
        return error
    words = error.message.replace(" is in doubt: ", " failed: ")
    return BadAnswer(words, code=error.code, hint=error.hint, status=error.status)
