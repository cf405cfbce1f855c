"""The story of an intake: the source as it stands now → customers and quarantine, kept as private files."""

from __future__ import annotations

from typing import Any

from ampenet_sync.config import Config
from ampenet_sync.customers import Intake, Repairs, load_intake, read_customers, repairs_in, settings_of
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
        progress=lambda done, total: progress("reading", done, total),
    )


def repairs_of(config: Config) -> Repairs | None:
    """The repairs that hold for this configuration. A rehearsal has the live ones too; its own come before them."""
    return repairs_in(*dict.fromkeys((config.live_home, config.home)))
