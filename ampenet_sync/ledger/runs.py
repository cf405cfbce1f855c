"""Runs: who began what, on which machine and when; their ids own the claims made in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, Table, func, insert, select, update

from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger


def begin_run(ledger: Ledger, kind: str, *, subject: str = "", within: str = "") -> str:
    """Note that this process begins a run; its id owns the claims made in it, and begins with that of the command.

    `subject` is the segment or the campaign it works on.
    """
    machine = ledger.machine
    run = within + machine.uuid4().hex[len(within) :]
    row = {"id": run, "kind": kind, "host": machine.host(), "pid": machine.pid(), "started_at": ledger.clock()}
    row |= {"subject": subject, "plan": ""}
    with ledger.write() as db:
        db.execute(insert(t.runs).values(row))
    return run


@dataclass(frozen=True)
class RunRecord:
    """A run as the ledger knows it; times in epoch seconds. `ended_at` is None of one that goes on or was killed.

    `changes` and `messages` are outcome → how many of them this run claimed last.
    """

    id: str
    kind: str
    subject: str
    plan: str
    host: str
    started_at: float
    ended_at: float | None
    changes: Mapping[str, int] = field(default_factory=dict)
    messages: Mapping[str, int] = field(default_factory=dict)


def note_plan(ledger: Ledger, run: str, digest: str) -> None:
    """The run begins to carry this plan out."""
    with ledger.write() as db:
        db.execute(update(t.runs).where(t.runs.c.id == run).values(plan=digest))


def newest_runs(ledger: Ledger, *, kinds: Collection[str], most: int) -> list[RunRecord]:
    """The runs of these kinds, the newest first."""
    query = select(t.runs).where(t.runs.c.kind.in_(kinds)).order_by(t.runs.c.started_at.desc(), t.runs.c.id)
    return _records(ledger, query.limit(most))


def runs_named(ledger: Ledger, beginning: str) -> list[RunRecord]:
    """The runs whose id begins like this, the newest first."""
    query = select(t.runs).where(t.runs.c.id.startswith(beginning, autoescape=True))
    return _records(ledger, query.order_by(t.runs.c.started_at.desc(), t.runs.c.id))


def _records(ledger: Ledger, query: Select[Any]) -> list[RunRecord]:
    with ledger.read() as db:
        rows = db.execute(query).all()
        counted = [_counted(db, table, [row.id for row in rows]) for table in (t.changes, t.messages)]
    return [
        RunRecord(
            *(row.id, row.kind, row.subject, row.plan, row.host, row.started_at, row.ended_at),
            *(counts.get(row.id, {}) for counts in counted),
        )
        for row in rows
    ]


def _counted(db: Connection, table: Table, runs: Collection[str]) -> dict[str, dict[str, int]]:
    query = select(table.c.run, table.c.state, func.count()).where(table.c.run.in_(runs))
    if table is t.changes:
        query = query.where(table.c.change != "ask")
    counts = dict[str, dict[str, int]]()
    for run, state, rows in db.execute(query.group_by(table.c.run, table.c.state)):
        counts.setdefault(run, {})[state] = rows
    return counts


def done_by(ledger: Ledger, run: str) -> dict[str, int]:
    """Kind of change → how many of them this run carried out."""
    of_run = (t.changes.c.run == run) & (t.changes.c.state == "done")
    query = select(t.changes.c.change, func.count()).where(of_run).group_by(t.changes.c.change)
    with ledger.read() as db:
        return {change: int(count) for change, count in db.execute(query)}
