"""Wait for the moment when a doubt can be judged, and say so. It judges nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ampenet_sync.ledger import Ledger
from ampenet_sync.ledger.leases import Lease
from ampenet_sync.sync.listing import Progress

STEP_SECONDS = 5.0


class Waiter(Protocol):
    """What applying and sending have in common here."""

    @property
    def ledger(self) -> Ledger: ...
    @property
    def lease(self) -> Lease: ...
    @property
    def sleep(self) -> Callable[[float], None]: ...
    @property
    def progress(self) -> Progress: ...


def wait_until(moment: float, work: Waiter, *, what: str) -> None:
    """Sleep in small steps, so that the lease stays ours and a person sees for how many seconds nothing happens."""
    begun = work.ledger.clock()
    while (left := moment - work.ledger.clock()) > 0:
        work.progress(f"waiting to look up {what}, seconds", round(moment - begun - left), round(moment - begun))
        work.lease.renew()
        work.sleep(min(left, STEP_SECONDS))
