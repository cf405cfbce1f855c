"""The story of an intake: the source as it stands now → customers and quarantine, kept as private files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ampenet_sync.config import Config
from ampenet_sync.customers import Intake, Repairs, load_intake, read_customers, repairs_in, settings_of
from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger import open_ledger
from ampenet_sync.ledger.forgotten import Forgotten, all_forgotten
from ampenet_sync.runs import Progress, no_progress

__all__ = ["Intake", "load_intake", "repairs_of", "take_in"]


def take_in(config: Config, *, customers: Any = None, progress: Progress = no_progress) -> Intake:
    """Read, normalise and validate every customer, repaired rows in the place of their originals.

    `customers` are read in place of the configured source: a pandas frame, or anything with Arrow's stream (an Arrow
    table or reader, a DuckDB relation, a polars frame). Raises SourceError where the source can't be read completely.
    """
    return read_customers(
        settings_of(config),
        handed=customers,
        repairs=repairs_of(config),
        forgets=forgets_of(config),
        progress=lambda done, total: progress("reading", done, total),
    )


def forgets_of(config: Config) -> Callable[[str, str], bool] | None:
    """Who was forgotten, by phone or key, in this configuration's ledger or, of a rehearsal, in the live one; None for
    nobody. Where there is no ledger yet, nobody was.

    Raises LedgerError `forgotten_key`, and where a ledger can't be asked: it may not be written who was forgotten.
    """
    known = list[Forgotten]()
    for url, home in dict.fromkeys(((config.live_ledger, config.live_home), (config.ledger, config.home))):
        try:
            ledger = open_ledger(url, config.folder, secrets=home)
        except LedgerError as error:
            if error.code != "no_ledger":
                raise
            continue
        try:
            known.append(all_forgotten(ledger))
        finally:
            ledger.close()
    filled = [forgotten for forgotten in known if forgotten]
    return (lambda phone, key: any(forgotten.covers(phone, key) for forgotten in filled)) if filled else None


def repairs_of(config: Config) -> Repairs | None:
    """The repairs that hold for this configuration. A rehearsal has the live ones too; its own come before them."""
    return repairs_in(*dict.fromkeys((config.live_home, config.home)))
