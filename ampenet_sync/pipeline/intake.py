"""The story of an intake: the source as it stands now → customers and quarantine, kept as private files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from ampenet_sync.config import Config
from ampenet_sync.contacts import Intake, export_quarantine, load_intake, read_customers, save_intake
from ampenet_sync.sync.listing import Progress, no_progress

__all__ = ["Intake", "export_rejected", "load_intake", "reasons", "save_intake", "take_in"]


def take_in(config: Config, *, progress: Progress = no_progress) -> Intake:
    """Read, normalise and validate every customer. Raises SourceError where the source can't be read completely."""
    return read_customers(config, progress=lambda done, total: progress("reading", done, total))


def reasons(intake: Intake) -> dict[str, int]:
    """Reason → how many rows were set aside for it, the most frequent first."""
    counted = Counter(intake.quarantine["reason"])
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def export_rejected(config: Config, *, out: Path | None = None) -> tuple[Path, dict[str, int]]:
    """Read the source again and write its rejected rows as a CSV (0600); returns its path and the reasons' counts."""
    intake = take_in(config)
    path = out or config.home / "quarantine.csv"
    export_quarantine(intake.quarantine, path)
    return path, reasons(intake)
