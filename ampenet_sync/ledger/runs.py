"""Runs: who began what, on which machine and when; their ids own the claims made in them."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import insert

from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger


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


def begin_run(
    ledger: Ledger,
    kind: str,
    *,
    within: str = "",
    machine: Machine = HERE,
    uuid4: Callable[[], uuid.UUID] = uuid.uuid4,
) -> str:
    """Note that this process begins a run; its id owns the claims made in it, and begins with that of the command."""
    run = within + uuid4().hex[len(within) :]
    row = {"id": run, "kind": kind, "host": machine.host(), "pid": machine.pid(), "started_at": ledger.clock()}
    with ledger.write() as db:
        db.execute(insert(t.runs).values(row))
    return run
