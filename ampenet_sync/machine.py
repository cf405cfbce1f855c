"""This machine as a run meets it: its time, its chance and our process on it. Nobody else asks the real ones."""

from __future__ import annotations

import os
import random
import socket
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def process_lives(pid: int) -> bool:
    """Whether a process of this machine has that number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@dataclass(frozen=True)
class Machine:
    """All that differs from run to run, so that a machine made from a seed gives one trace.

    `clock` gives epoch seconds, `monotonic` seconds that never go back. `host` is the machine's name, `pid` the number
    of our process there (asked each time: a forked one has another), `lives` whether a process of a number is there.
    """

    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random
    uuid4: Callable[[], uuid.UUID] = uuid.uuid4
    host: Callable[[], str] = socket.gethostname
    pid: Callable[[], int] = os.getpid
    lives: Callable[[int], bool] = process_lives

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)

    def may_run(self, host: str, pid: int) -> bool:
        """Only a process of this machine can be known to be dead; a run of our own process is alive."""
        return host != self.host() or self.lives(pid)


HERE = Machine()
