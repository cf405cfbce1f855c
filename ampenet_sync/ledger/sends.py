"""Runs that sent: to which segment, from whom, and what the account held before and after. No counts of messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update

from ampenet_sync.ledger.campaigntables import sends
from ampenet_sync.ledger.database import Ledger
from ampenet_sync.ledger.messages import Edition


@dataclass(frozen=True)
class Held:
    """What an account held at one moment, as the platform writes it; `units` is None where that is no number."""

    text: str
    units: float | None


@dataclass(frozen=True)
class SendRun:
    """One run that sent an edition; times in epoch seconds. A balance is None where it wasn't asked.

    `ended_at` is None of one that goes on or was killed; `paused` says why it stopped early, "" where it didn't.
    """

    run: str
    campaign: str
    edition: str
    segment: str
    sender_id: str
    kind: str
    started_at: float
    before: Held | None
    ended_at: float | None
    after: Held | None
    paused: str


def begin_send(
    ledger: Ledger, edition: Edition, *, run: str, segment: str, sender_id: str, kind: str, before: Held | None
) -> None:
    whose = {"destination": edition.destination, "campaign": edition.campaign, "edition": edition.name}
    held = {"balance_before": before.text if before else None, "units_before": before.units if before else None}
    row = {**whose, **held, "run": run, "segment": segment, "sender_id": sender_id, "kind": kind}
    with ledger.write() as db:
        db.execute(insert(sends).values(**row, started_at=ledger.clock()))


def end_send(ledger: Ledger, run: str, *, after: Held | None, paused: str) -> None:
    held = {"balance_after": after.text if after else None, "units_after": after.units if after else None}
    with ledger.write() as db:
        values = {**held, "paused": paused, "ended_at": ledger.clock()}
        db.execute(update(sends).where(sends.c.run == run).values(values))


def sends_of(ledger: Ledger, destination: int, *, since: float = 0.0, until: float | None = None) -> list[SendRun]:
    """Those that began in a span of time, oldest first."""
    query = select(sends).where(sends.c.destination == destination, sends.c.started_at >= since)
    if until is not None:
        query = query.where(sends.c.started_at < until)
    with ledger.read() as db:
        return [_send_run(row) for row in db.execute(query.order_by(sends.c.started_at, sends.c.run))]


def last_send(ledger: Ledger, edition: Edition) -> SendRun | None:
    """The newest of an edition; None where none was noted, as of ledgers of an earlier version."""
    s = sends.c
    mine = (s.destination == edition.destination, s.campaign == edition.campaign, s.edition == edition.name)
    query = select(sends).where(*mine).order_by(s.started_at.desc(), s.run.desc()).limit(1)
    with ledger.read() as db:
        row = db.execute(query).one_or_none()
    return _send_run(row) if row else None


def _send_run(row: Row[Any]) -> SendRun:
    before = None if row.balance_before is None else Held(row.balance_before, row.units_before)
    after = None if row.balance_after is None else Held(row.balance_after, row.units_after)
    facts = (row.run, row.campaign, row.edition, row.segment, row.sender_id, row.kind, row.started_at)
    return SendRun(*facts, before, row.ended_at, after, row.paused or "")
