"""One throttle for all processes of a token, on every machine that shares the ledger. It waits; `slots` keeps rows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger import slots as s
from ampenet_sync.ledger.database import Ledger
from ampenet_sync.throttle import WINDOW, Lane, Rate, Slot, wait_for_slot


class LedgerThrottle:
    """Never more calls in a window than permitted, campaigns first. Safe for threads.

    `used_up` is called with the seconds until the permitted rate allows a call again, before each nap until then.
    """

    def __init__(
        self,
        slots: s.Slots,
        per_window: int,
        *,
        deadline: float,
        sleep: Callable[[float], None],
        window: float = WINDOW,
        used_up: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        self._slots = slots
        self._rate = Rate(per_window, window, deadline)
        self._sleep, self._used_up = sleep, used_up

    def take(self, lane: Lane) -> Slot:
        """Blocks through `sleep` until a slot of the permitted rate is free. Raises LedgerError."""
        campaign = lane is Lane.CAMPAIGN
        waiter = self._slots.new_id()
        ask = partial(s.take, self._slots, self._rate, campaign=campaign, waiter=waiter)
        give_up = partial(self._stop_waiting, waiter, campaign=campaign)
        taken = wait_for_slot(ask, give_up=give_up, sleep=self._sleep, used_up=self._used_up)
        return Slot(taken.id, lane, taken.free_at)

    def answered(self, slot: Slot, *, limit: int | None, remaining: int | None, wait: float | None) -> None:
        """The answer is here; what it told counts for everybody.

        Doesn't raise: the answer must reach its claim, and a slot not reported on frees itself.
        """
        with suppress(LedgerError):
            s.answered(self._slots, self._rate, slot.id, limit=limit, remaining=remaining, wait=wait)

    def give_back(self, slot: Slot) -> None:
        """Nothing was sent, so nothing was counted. Doesn't raise, as `answered`."""
        with suppress(LedgerError):
            s.give_back(self._slots, slot.id)

    def close(self) -> None:
        """Let go of what the ledger doesn't close itself."""
        s.close_slots(self._slots)

    def _stop_waiting(self, waiter: int, *, campaign: bool) -> None:
        if campaign:
            with suppress(LedgerError):  # the mark runs out by itself
                s.stop_waiting(self._slots, waiter)


def open_throttle(
    ledger: Ledger,
    key: str,
    per_window: int,
    *,
    deadline: float,
    sleep: Callable[[float], None],
    window: float = WINDOW,
    used_up: Callable[[float], None] = lambda seconds: None,
) -> LedgerThrottle:
    """The throttle that all processes share which use this ledger and this `key`, a digest of host and token.

    Time is the ledger's: on PostgreSQL the server's, so machines whose clocks differ count alike.
    """
    slots = s.open_slots(ledger, key)
    return LedgerThrottle(slots, per_window, deadline=deadline, window=window, sleep=sleep, used_up=used_up)
