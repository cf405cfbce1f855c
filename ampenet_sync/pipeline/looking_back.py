"""The story of a look back at runs: what each was, and what became of its changes and messages. No call is made."""

from __future__ import annotations

from dataclasses import dataclass

from ampenet_sync.config import Config
from ampenet_sync.ledger import destinations, holds, open_ledger, runs
from ampenet_sync.ledger.holds import Hold
from ampenet_sync.ledger.runs import RunRecord

CHANGING = ("apply", "sync", "send")  # kinds of runs that change something at Ampenet
SHOWN = 20


@dataclass(frozen=True)
class LookBack:
    """The newest runs first, and the segments that are held because a run was undone in them."""

    runs: tuple[RunRecord, ...]
    held: tuple[Hold, ...]


def look_back(config: Config, *, host: str | None = None, most: int = SHOWN) -> LookBack:
    """Raises LedgerError where there is no ledger."""
    ledger = open_ledger(config.ledger, config.folder)
    try:
        accounts = destinations.destinations_of(ledger, host or config.api.host)
        held = [hold for account in accounts for hold in holds.held(ledger, account).values()]
        return LookBack(tuple(runs.newest_runs(ledger, kinds=CHANGING, most=most)), tuple(held))
    finally:
        ledger.close()
