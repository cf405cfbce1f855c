"""Our own slowing: never more calls in a window than permitted. One policy, and its store in memory."""

from ampenet_sync.throttle.memory import MemorySlots, SlotThrottle
from ampenet_sync.throttle.policy import DEADLINE, WINDOW, Rate, State, silence_after
from ampenet_sync.throttle.protocol import Lane, Slot, Throttle
from ampenet_sync.throttle.turns import Rows, Taken, Turn, wait_for_slot

__all__ = [
    "DEADLINE",
    "WINDOW",
    "Lane",
    "MemorySlots",
    "Rate",
    "Rows",
    "Slot",
    "SlotThrottle",
    "State",
    "Taken",
    "Throttle",
    "Turn",
    "silence_after",
    "wait_for_slot",
]
