"""What whoever makes calls knows of a throttle: lanes, slots, and the three things to say to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class Lane(Enum):
    """Who asks: campaign sends go before sync traffic."""

    CAMPAIGN = "campaign"
    SYNC = "sync"


@dataclass(frozen=True, slots=True)
class Slot:
    """The right to one request. Until its answer is known it counts as used up to `free_at` (epoch seconds)."""

    id: int
    lane: Lane
    free_at: float


class Throttle(Protocol):
    """Hands out one slot for each request; `take` waits, the other two report what became of the slot."""

    def take(self, lane: Lane) -> Slot:
        """Wait until a request is permitted. A slot never reported on frees itself after deadline + window."""
        ...

    def answered(self, slot: Slot, *, limit: int | None, remaining: int | None, wait: float | None) -> None:
        """The answer is here. `wait`: the platform wants nothing from anybody for so many seconds."""
        ...

    def give_back(self, slot: Slot) -> None:
        """Nothing was sent, so nothing was counted."""
        ...
