"""What is older than `retention` says is removed: files of the data folder, and in the ledger whose outcomes were."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ampenet_sync.config import Config
from ampenet_sync.ledger import Ledger, open_ledger, pruning
from ampenet_sync.ledger.pruning import PrunedRows
from ampenet_sync.machine import Machine
from ampenet_sync.pipeline.world import World
from ampenet_sync.runs import CrashPoint, no_crash

PLAN_END, AUDIENCE_END = ".plan.parquet", ".audience.parquet"
EVERY = 86_400.0  # seconds between two prunings by runs
READ = ("customers/customers-*", "customers/quarantine-*", "quarantine*.xlsx", "quarantine*.csv")


@dataclass(frozen=True)
class Removal:
    """What was removed, or would be: `rows` of the ledger, and files. `before` is what → the moment (UTC) of which all
    that is older goes; what is kept for ever is not in it."""

    before: dict[str, datetime]
    rows: PrunedRows = field(default_factory=PrunedRows)
    plans: tuple[Path, ...] = ()
    audiences: tuple[Path, ...] = ()
    readings: tuple[Path, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rows or self.plans or self.audiences or self.readings)


def look(config: Config, ledger: Ledger) -> Removal:
    """What `remove` would remove now. Nothing is changed."""
    before = _before(config, ledger.clock())
    rows = pruning.prunable(ledger, before=before["outcomes"].timestamp()) if "outcomes" in before else PrunedRows()
    return Removal(before, rows, *_files(config, ledger, before, frozenset()))


def remove(config: Config, ledger: Ledger, *, using: Collection[Path] = (), crash: CrashPoint = no_crash) -> Removal:
    """Remove what is older, but for the files that the caller is `using`. Whoever is interrupted runs it again: what is
    gone is gone, and the rest follows."""
    before = _before(config, ledger.clock())
    files = _files(config, ledger, before, {path.resolve() for path in using})
    for path in (path for kind in files for path in kind):
        path.unlink(missing_ok=True)
        crash("removed")
    cut = before.get("outcomes")
    rows = pruning.prune(ledger, before=cut.timestamp(), crash=crash) if cut else PrunedRows()
    return Removal(before, rows, *files)


def remove_daily(world: World, *, using: Collection[Path]) -> None:
    """The same before a run that changes or sends something, once a day."""
    if not world.config.retention:
        return
    last = pruning.last_removal(world.ledger)
    if last is None or not 0 <= world.clock() - last < EVERY:
        remove(world.config, world.ledger, using=using, crash=world.crash)
        pruning.note_removal(world.ledger)


def look_at(config: Config, *, machine: Machine) -> Removal:
    """`look` for a command of its own. Raises LedgerError `no_ledger`."""
    ledger = open_ledger(config.ledger, config.folder, machine=machine)
    try:
        return look(config, ledger)
    finally:
        ledger.close()


def remove_from(config: Config, *, machine: Machine) -> Removal:
    """`remove` for a command of its own. Raises LedgerError `no_ledger`."""
    ledger = open_ledger(config.ledger, config.folder, machine=machine)
    try:
        removed = remove(config, ledger)
        pruning.note_removal(ledger)
        return removed
    finally:
        ledger.close()


def _before(config: Config, now: float) -> dict[str, datetime]:
    """Of which moment all that is older goes, in the shop's calendar."""
    here = datetime.fromtimestamp(now, config.zone)
    kept = {what: config.retention.of(what) for what in ("plans", "outcomes", "quarantine")}
    return {what: span.before(here).astimezone(UTC) for what, span in kept.items() if span is not None}


def _files(
    config: Config, ledger: Ledger, before: dict[str, datetime], using: Collection[Path]
) -> tuple[tuple[Path, ...], ...]:
    """Plans, audiences and readings that are to go."""
    home, needed = config.home, pruning.needed_digests(ledger)
    plans = _older(home, (f"plans/*{PLAN_END}",), before.get("plans"))
    audiences = _older(home, (f"audiences/*{AUDIENCE_END}",), before.get("plans"))
    readings = _older(home, READ, before.get("quarantine"))
    unneeded = (tuple(path for path in kind if not _is_needed(path, needed)) for kind in (plans, audiences))
    return tuple(tuple(path for path in kind if path.resolve() not in using) for kind in (*unneeded, readings))


def _older(home: Path, patterns: tuple[str, ...], before: datetime | None) -> tuple[Path, ...]:
    if before is None:
        return ()
    cut = before.timestamp()
    there = (path for pattern in patterns for path in sorted(home.glob(pattern)))
    return tuple(path for path in there if path.is_file() and not path.is_symlink() and path.stat().st_mtime < cut)


def _is_needed(path: Path, digests: frozenset[str]) -> bool:
    name = path.name.removesuffix(PLAN_END).removesuffix(AUDIENCE_END)
    return name.rpartition("-")[2] in digests
