"""Take one person out of the files of the data folder. The ledger is another's part."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ampenet_sync.config import Config
from ampenet_sync.customers.aside import SOURCE
from ampenet_sync.customers.repairs import changing_repairs, load_repairs
from ampenet_sync.files.private import clear_errors
from ampenet_sync.files.traces import Traces, is_database
from ampenet_sync.ledger.engines import locate, sqlite_file
from ampenet_sync.ledger.people import Person
from ampenet_sync.phones.writings import Writings

KEY, TOKEN, EFFECTS = "forgotten.key", "token", "sandbox.jsonl"
LEDGER = "ledger.db"
REPAIRS = "repairs.parquet"


@dataclass(frozen=True)
class ErasedFiles:
    """Files and folders of rehearsals that were removed, how many repairs were, and the `backups` that were left."""

    removed: tuple[Path, ...] = ()
    repairs: int = 0
    backups: tuple[Path, ...] = ()


def traces_of(config: Config, someone: Person) -> Traces:
    """What tells somebody in this configuration's files."""
    named = {"customer_key", "key"}
    if config.customers.key:
        named |= {config.customers.key, f"{SOURCE}{config.customers.key}"}
    numbers = Writings(someone.phones)
    return Traces(numbers.found_in, numbers.pattern, someone.keys, frozenset(named))


def files_with(config: Config, traces: Traces) -> list[Path]:
    """The files of the data folder that hold them, and the rehearsals in it that do, each as its folder."""
    theirs = dict[Path, None]()
    for path in _files(config):
        rehearsal = _rehearsal(config, path)
        if rehearsal in theirs:
            continue
        with clear_errors(path):
            if traces.in_file(path):
                theirs[rehearsal or path] = None
    return list(theirs)


def erase_files(config: Config, traces: Traces) -> ErasedFiles:
    """Remove whatever holds them: a plan or an audience is sealed, so the whole of it goes. Repairs are rewritten.

    Backups of a ledger stay, and are named.
    """
    repairs = _erase_repairs(config, traces)
    removed, backups = list[Path](), list[Path]()
    for path in files_with(config, traces):
        if path.is_dir():
            shutil.rmtree(path)
        elif is_database(path):
            backups.append(path)
            continue
        else:
            path.unlink(missing_ok=True)
        removed.append(path)
    return ErasedFiles(tuple(removed), repairs, tuple(backups))


def _erase_repairs(config: Config, traces: Traces) -> int:
    if load_repairs(config.home) is None:
        return 0
    with changing_repairs(config.home) as kept:
        theirs = [
            name
            for name, repair in kept.items()
            if traces.in_row(repair.columns, repair.original)
            or traces.in_row(repair.columns, repair.repaired)
            or traces.in_text(repair.written.encode())
        ]
        for name in theirs:
            del kept[name]
    return len(theirs)


def _files(config: Config) -> Iterator[Path]:
    """Whatever may hold somebody: not the ledger, which is erased row by row, nor keys, nor the pretend platform."""
    ledger = sqlite_file(locate(config.ledger, config.folder))
    own = {config.home / name for name in (KEY, TOKEN, EFFECTS, REPAIRS)} | ({ledger} if ledger else set())
    for path in sorted(config.home.rglob("*")):
        if path.is_file() and not path.is_symlink() and path not in own and not _beside_a_database(path):
            yield path


def _beside_a_database(path: Path) -> bool:
    """A log of SQLite is a part of its database: without it the database is damaged."""
    names = (path.name.removesuffix(end) for end in ("-wal", "-shm", "-journal") if path.name.endswith(end))
    return any(path.with_name(name).is_file() for name in names)


def _rehearsal(config: Config, path: Path) -> Path | None:
    """The folder of the rehearsal that the file belongs to: with a pretend platform and a ledger of its own, and so one
    that may be thrown away. Whoever keeps the live ledger there keeps it."""
    top = config.home / path.relative_to(config.home).parts[0]
    ledger = sqlite_file(locate(config.ledger, config.folder))
    is_one = all((top / name).is_file() for name in (LEDGER, EFFECTS)) and not (ledger and ledger.is_relative_to(top))
    return top if is_one else None
