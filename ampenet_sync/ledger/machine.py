"""The machine and the process that runs are noted under. Both are handed in, so a test may be any of them."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass


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
    """Its name, the number of our process there (asked each time: a forked one has another), and which others live."""

    host: Callable[[], str] = socket.gethostname
    pid: Callable[[], int] = os.getpid
    lives: Callable[[int], bool] = process_lives

    def may_run(self, host: str, pid: int) -> bool:
        """Only a process of this machine can be known to be dead; a run of our own process is alive."""
        return host != self.host() or self.lives(pid)


HERE = Machine()
