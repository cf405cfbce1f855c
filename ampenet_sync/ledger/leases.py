"""Who works on a group or a campaign right now. One holder at a time; a dead one is replaced at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from ampenet_sync.errors import Busy
from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger
from ampenet_sync.machine import Machine

LEASE_SECONDS = 600.0  # a holder on another machine that was silent for so long counts as dead
RENEW_AFTER = 60.0


@dataclass
class Lease:
    """A held name; `renew` is called between changes and pages, and writes at most once a minute."""

    ledger: Ledger
    name: str
    run: str
    until: float

    def renew(self) -> None:
        """Raises Busy where it was lost: this process stood still for so long that somebody else took over."""
        now = self.ledger.clock()
        if self.until - now > LEASE_SECONDS - RENEW_AFTER:
            return
        self.until = now + LEASE_SECONDS
        mine = (t.leases.c.name == self.name, t.leases.c.run == self.run)
        with self.ledger.write() as db:
            if not db.execute(update(t.leases).where(*mine).values(until=self.until)).rowcount:
                raise self.lost()

    @property
    def asked(self) -> str | None:
        """The name under which a claim looks in its own statement whether this is still the run's; None: it doesn't."""
        return self.name

    def holds_in(self, db: Connection) -> bool:
        """Whether the name is still ours, as this transaction sees it."""
        return bool(db.scalar(_MINE, {"held": self.name, "by": self.run}))

    def lost(self) -> Busy:
        message = f"{self.name} was taken over by another process while this one stood still"
        return Busy(message, code="lease_lost", hint="wait for it to end, then run the same command again")


_MINE = select(func.count()).where(t.leases.c.name == bindparam("held"), t.leases.c.run == bindparam("by"))


class Holding(Protocol):
    """How a run holds a name, as `held` does. A simulation may hand in one that lets everybody in."""

    def __call__(self, ledger: Ledger, name: str, *, run: str) -> AbstractContextManager[Lease]: ...


@contextmanager
def held(ledger: Ledger, name: str, *, run: str) -> Iterator[Lease]:
    """Hold `name` for the block, which is all of the run's work. Raises Busy where somebody alive holds it."""
    now = ledger.clock()
    with ledger.write() as db:
        _refuse_if_alive(db, name, now, ledger.machine)
        db.execute(delete(t.leases).where(t.leases.c.name == name))
        db.execute(insert(t.leases).values(name=name, run=run, since=now, until=now + LEASE_SECONDS))
    try:
        yield Lease(ledger, name, run, now + LEASE_SECONDS)
    finally:
        with ledger.write() as db:
            db.execute(delete(t.leases).where(t.leases.c.name == name, t.leases.c.run == run))
            db.execute(update(t.runs).where(t.runs.c.id == run).values(ended_at=ledger.clock()))


def gone_runs(ledger: Ledger, runs: Collection[str]) -> frozenset[str]:
    """Which of the runs certainly send nothing any more: they ended, or their process on this machine did."""
    query = select(t.runs).where(t.runs.c.id.in_(runs))
    with ledger.read() as db:
        rows = db.execute(query).all()
    return frozenset(
        row.id for row in rows if row.ended_at is not None or not ledger.machine.may_run(row.host, row.pid)
    )


def _refuse_if_alive(db: Connection, name: str, now: float, machine: Machine) -> None:
    joined = select(t.leases, t.runs.c.host, t.runs.c.pid).join(t.runs, t.runs.c.id == t.leases.c.run)
    holder = db.execute(joined.where(t.leases.c.name == name)).one_or_none()
    if holder is None or holder.until <= now or not machine.may_run(holder.host, holder.pid):
        return
    since = datetime.fromtimestamp(holder.since, UTC)
    message = f"{name} is held by process {holder.pid} on {holder.host} since {since:%Y-%m-%d %H:%M:%S} UTC"
    raise Busy(message, code="busy", hint="wait for it to end, then run the same command again")
