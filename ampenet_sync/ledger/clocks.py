"""Whose clock dates a ledger's rows: this machine's where the ledger is a file on it, else the database server's.

Every row is judged by the clock that wrote it. On a server's ledger that is the server's, because machines whose clocks
differ would take each other's leases for silent and each other's claims for old.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Float, cast, func, select

Clock = Callable[[], float]

SERVER_TIME = cast(func.extract("epoch", func.clock_timestamp()), Float)


@dataclass(frozen=True)
class ServerClock:
    """The time of the server that keeps the ledger, by how much it was before the machine's when that was compared."""

    ahead: float
    machine: Clock

    def __call__(self) -> float:
        return self.machine() + self.ahead


def clock_of(db: Connection, *, machine: Clock) -> Clock:
    """The clock of whoever keeps this database."""
    if db.dialect.name == "sqlite":
        return machine
    asked = machine()
    there = float(db.execute(select(SERVER_TIME)).scalar_one())
    return ServerClock(there - (asked + machine()) / 2, machine)
