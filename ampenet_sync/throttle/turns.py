"""One caller's moment with a token's slots, wherever they are kept: a store keeps rows, and this decides on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ampenet_sync.throttle import policy
from ampenet_sync.throttle.policy import Rate, State


@dataclass(frozen=True, slots=True)
class Taken:
    """A slot that was taken: its number, and when it is free if nobody reports on it."""

    id: int
    free_at: float


class Rows(Protocol):
    """The rows of a store while nobody else changes them: busy slots, and marks of campaigns that wait."""

    def free(self, now: float) -> int:
        """Drop the slots that are free by now; of how many calls they were."""
        ...

    def next_free(self, latest: float) -> float:
        """When the first of the busy slots is free. What is busy for longer than `latest` is so until then only."""
        ...

    def put(self, number: int, *, calls: int, lead: int, free_at: float) -> None:
        """A slot busy until then; with more than one call it stands for those of somebody else."""
        ...

    def prolong(self, number: int, free_at: float) -> int | None:
        """Keep the slot busy until then: its lead, or None where it was free already."""
        ...

    def remove(self, number: int) -> int:
        """The slot is free; of how many calls it was."""
        ...

    def waiting(self, state: State, now: float) -> int:
        """How many campaigns wait."""
        ...

    def mark(self, waiter: int, now: float) -> None:
        """A campaign waits and gave a sign of life."""
        ...

    def unmark(self, waiter: int, state: State, now: float) -> None:
        """It doesn't wait any more, if it ever did."""
        ...


@dataclass
class Turn:
    """The rows, the time and the state, which is put back by whoever keeps it."""

    rows: Rows
    now: float
    state: State
    new_id: Callable[[], int]

    def take(self, rate: Rate, *, campaign: bool, waiter: int) -> Taken | float:
        """A slot; or how long to wait before asking again, in seconds."""
        self.state = self.state.freed(self.rows.free(self.now))
        wait = self._until_free(rate, campaign=campaign)
        if campaign:
            self._note_campaign(waiter, waits=wait is not None)
        return self._taken(rate) if wait is None else wait

    def answered(
        self, rate: Rate, number: int, *, limit: int | None, remaining: int | None, wait: float | None
    ) -> None:
        """A window from now the slot is free, also where it was thought free already."""
        free_at = policy.answered_until(rate, self.now)
        lead = self.rows.prolong(number, free_at)
        if lead is None:
            self._put(number, calls=1, free_at=free_at)
        self.state = policy.learn(self.state, rate, self.now, limit=limit, wait=wait)
        if remaining is not None and lead is not None:
            others = policy.used_by_others(self.state, rate, self.now, remaining=remaining, lead=lead)
            if others:
                self._put(self.new_id(), calls=others, free_at=free_at)

    def give_back(self, number: int) -> None:
        """Nothing was sent, so nothing was counted."""
        self.state = self.state.counted(-self.rows.remove(number))

    def _until_free(self, rate: Rate, *, campaign: bool) -> float | None:
        return policy.until_free(
            self.state,
            rate,
            self.now,
            campaign=campaign,
            waiting=lambda: self.rows.waiting(self.state, self.now),
            next_free=lambda: self.rows.next_free(policy.latest_free(self.now)),
        )

    def _note_campaign(self, waiter: int, *, waits: bool) -> None:
        if waits:
            self.rows.mark(waiter, self.now)
            self.state = policy.campaign_waits(self.state, self.now)
        else:
            self.rows.unmark(waiter, self.state, self.now)
            self.state = policy.campaign_called(self.state, self.now)

    def _taken(self, rate: Rate) -> Taken:
        slot = Taken(self.new_id(), policy.unanswered_until(rate, self.now))
        self._put(slot.id, calls=1, free_at=slot.free_at)
        return slot

    def _put(self, number: int, *, calls: int, free_at: float) -> None:
        self.state = self.state.counted(calls)
        self.rows.put(number, calls=calls, lead=self.state.lead, free_at=free_at)


def wait_for_slot(
    ask: Callable[[], Taken | float],
    *,
    give_up: Callable[[], None],
    sleep: Callable[[float], None],
    used_up: Callable[[float], None],
) -> Taken:
    """Ask until there is a slot, and nap between. `used_up` hears before each nap how many seconds it may take.

    `give_up` is called where a wait ends in an error or an interrupt.
    """
    waited = False
    try:
        while isinstance(answer := ask(), float):
            waited = True
            used_up(answer)
            sleep(policy.nap(answer))
    except BaseException:
        if waited:
            give_up()
        raise
    return answer
