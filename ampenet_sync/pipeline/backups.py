"""The stories of the ledger as a whole: a backup, one lost and made again, an export for analysts. No call is made."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ampenet_sync.config import Config
from ampenet_sync.errors import LedgerError
from ampenet_sync.files.growing import private_folder
from ampenet_sync.files.private import write_private
from ampenet_sync.ledger import Ledger, copies, forgotten, open_ledger
from ampenet_sync.ledger.copies import Copied, Key
from ampenet_sync.ledger.engines import locate, sqlite_file
from ampenet_sync.ledger.exports import TABLES, read_table
from ampenet_sync.machine import Machine
from ampenet_sync.phones import mask, shown_key
from ampenet_sync.runs import Progress

__all__ = ["AnalystFiles", "Copied", "back_up", "export", "restore"]

RESTORING = ".restore-"  # before a run's id: the folder of a copy that is being read


@dataclass(frozen=True)
class AnalystFiles:
    """The files that were written, and how many rows each has."""

    files: tuple[tuple[Path, int], ...]


def back_up(config: Config, path: Path, *, progress: Progress) -> Copied:
    """Write the whole ledger into a file (0600) of its own; an earlier backup of that name gives way to it. Where
    people were forgotten, the key that knows them again is written beside it first.

    Raises LedgerError `ledger_there` where the file is the ledger itself.
    """
    ledger = open_ledger(config.ledger, config.folder)
    copied = list[Copied]()
    try:
        file = sqlite_file(locate(config.ledger, config.folder))
        if file is not None and path.exists() and path.samefile(file):
            raise LedgerError("this is the ledger itself", code="ledger_there", hint="name another file")

        def write(beside: Path) -> None:
            copy = copies.back_up(ledger, beside, progress=progress)
            copied.append(replace(copy, key=_keep_key(config, ledger, path)))

        write_private(path, write)
    finally:
        ledger.close()
    return copied[0]


def _keep_key(config: Config, ledger: Ledger, path: Path) -> Key:
    with ledger.read() as db:
        ids = forgotten.secret_ids(db)
    if not ids:
        return "not needed"
    key = forgotten.key_of(config.home / forgotten.KEY_FILE, ids)
    if key is None:
        return "missing"

    def write(beside: Path) -> None:
        beside.write_text(key, encoding="ascii")

    write_private(forgotten.key_beside(path), write)
    return "kept"


def restore(config: Config, path: Path, *, progress: Progress, machine: Machine) -> Copied:
    """Make the ledger of the configuration from a backup, with the key beside it. The backup stays as it is.

    Raises LedgerError: `no_backup` where the file is none, `ledger_there` where there is a ledger, `forgotten_key`
    where the data folder has the key of other people.
    """
    with private_folder(config.home / f"{RESTORING}{machine.uuid4().hex[:8]}") as folder:
        file = folder / "ledger.db"
        try:
            shutil.copyfile(path, file)
        except OSError as error:
            message = f"{path.name} can't be read: {error.strerror}"
            raise LedgerError(message, code="no_backup", hint="name the file of a backup") from None
        file.chmod(0o600)
        bring_key = partial(forgotten.bring_key, path, config.home)
        return copies.restore(file, config.ledger, config.folder, progress=progress, bring_key=bring_key)


def export(config: Config, folder: Path, *, progress: Progress) -> AnalystFiles:
    """Write runs.parquet, changes.parquet and messages.parquet (0600) for analysts; phones and keys are masked."""
    ledger = open_ledger(config.ledger, config.folder)
    try:
        return AnalystFiles(tuple(_files(ledger, folder, progress)))
    finally:
        ledger.close()


def _files(ledger: Ledger, folder: Path, progress: Progress) -> Iterator[tuple[Path, int]]:
    for at, name in enumerate(TABLES):
        progress("exporting", at, len(TABLES))
        path, rows = folder / f"{name}.parquet", 0

        def write(beside: Path, name: str = name) -> None:
            nonlocal rows
            pieces = map(_masked, read_table(ledger, name))
            first = next(pieces)
            with pq.ParquetWriter(beside, first.schema, compression="zstd") as file:
                file.write_table(first)
                rows = first.num_rows
                for piece in pieces:
                    file.write_table(piece)
                    rows += piece.num_rows

        write_private(path, write)
        yield path, rows


def _masked(table: pa.Table) -> pa.Table:
    """Phone and key as anybody may see them."""
    if "phone" not in table.column_names:
        return table
    phones, keys = table["phone"].to_pylist(), table["key"].to_pylist()
    shown = {
        "phone": [mask(phone) if phone else "" for phone in phones],
        "key": [shown_key(key, phone) if key else "" for key, phone in zip(keys, phones, strict=True)],
    }
    for name, texts in shown.items():
        at = table.column_names.index(name)
        table = table.set_column(at, table.schema.field(name), pa.array(texts, pa.string()))
    return table
