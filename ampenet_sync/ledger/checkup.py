"""Whether the ledger can be written and is kept safely, and the newest moment it knows. It changes nothing for good."""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select, text

from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger

FULL_SYNC = 2
PROBE = "checkup"


def look(ledger: Ledger) -> str:
    """Write and take back one row. Raises LedgerError where that can't be, or where a power cut could lose a claim."""
    with ledger.write() as db:
        db.execute(insert(t.meta).values(key=PROBE, value="1"))
        db.execute(delete(t.meta).where(t.meta.c.key == PROBE))
        if ledger.engine.dialect.name != "sqlite":
            return f"{ledger.engine.dialect.name}, writable"
        sync = db.execute(text("PRAGMA synchronous")).scalar_one()
        mode = db.execute(text("PRAGMA journal_mode")).scalar_one()
    if (sync, mode) != (FULL_SYNC, "wal"):
        raise LedgerError(f"the ledger is not durable: journal {mode}, synchronous {sync}", code="ledger_not_durable")
    return "SQLite, writable, write-ahead log with full sync"


def newest_time(ledger: Ledger) -> float:
    """Epoch seconds of the newest run, 0 before the first."""
    with ledger.read() as db:
        return float(db.scalar(select(func.max(t.runs.c.started_at))) or 0.0)
