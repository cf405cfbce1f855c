"""Ctrl-C and SIGTERM: the first ends every wait and lets finish what is on the wire, the second ends the process."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from ampenet_sync.stopping import Stop

INTERRUPTED = 130
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """What a signal does. `write` puts bytes on standard error, `end` ends the process at once."""

    def __init__(self, stop: Stop, *, write: Callable[[bytes], object], end: Callable[[int], object]) -> None:
        self._stop, self._write, self._end = stop, write, end

    def hear(self, _number: int, _frame: FrameType | None) -> None:
        """The ledger has every claim, so a hard end loses nothing: the next run looks up what had no answer."""
        if self._stop.is_set:
            self._say("Stopped hard. Run the same command again: it looks up what had no answer.")
            self._end(INTERRUPTED)
            return
        self._stop.set()
        calls = self._stop.under_way()
        doing = f"Finishing {calls} call{'' if calls == 1 else 's'}" if calls else "Stopping"
        self._say(f"{doing}; again to stop hard.")
        raise KeyboardInterrupt

    def _say(self, words: str) -> None:
        """Written past every buffer: the signal may have come while one of them is being written."""
        self._write(f"\n{words}\n".encode())


@contextmanager
def heard(stop: Stop) -> Iterator[None]:
    """Within the block both signals are ours; where this isn't the main thread, nobody can listen."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    interrupts = Interrupts(stop, write=lambda words: os.write(2, words), end=os._exit)
    before = {number: signal.signal(number, interrupts.hear) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
