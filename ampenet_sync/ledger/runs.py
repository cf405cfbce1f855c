"""Runs: who began what, on which machine and when; their ids own the claims made in them."""

from __future__ import annotations

from sqlalchemy import insert

from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger


def begin_run(ledger: Ledger, kind: str, *, within: str = "") -> str:
    """Note that this process begins a run; its id owns the claims made in it, and begins with that of the command."""
    machine = ledger.machine
    run = within + machine.uuid4().hex[len(within) :]
    row = {"id": run, "kind": kind, "host": machine.host(), "pid": machine.pid(), "started_at": ledger.clock()}
    with ledger.write() as db:
        db.execute(insert(t.runs).values(row))
    return run
