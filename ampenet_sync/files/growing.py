"""Parquet files that grow beside their place and get their name when they are whole. It knows no columns."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ampenet_sync.config.folders import make_private_folder
from ampenet_sync.files.private import clear_errors, to_disk

LOOKED_AT = 2_000  # rows that tell whether a column repeats itself
ABANDONED_AFTER = 3600.0  # seconds without a byte, after which a file that still grows is one of a dead process


class Growing:
    """One private file (0600), written table by table; every table has the same columns.

    `compression` is Parquet's: lz4 for what a run reads once and throws away, zstd (a third smaller, for twice the CPU)
    for what is kept.
    """

    def __init__(self, folder: Path, word: str, *, compression: str = "lz4") -> None:
        self._folder, self._compression = folder, compression
        with clear_errors(folder):
            make_private_folder(folder)
            handle, name = tempfile.mkstemp(dir=folder, prefix=f".{word}-", suffix=".tmp")
            os.close(handle)
        self.path = Path(name)
        self._writer: pq.ParquetWriter | None = None
        self._empty: pa.Table | None = None  # the columns of a file that has no rows yet

    def write(self, table: pa.Table) -> None:
        """Each table becomes a row group of its own, so that a reader needs no more memory than the writer."""
        if not table.num_rows:
            self._empty = self._empty or table
            return
        with clear_errors(self._folder):
            if self._writer is None:
                self._writer = self._begun(table)
            self._writer.write_table(table)

    def close(self, meta: dict[bytes, bytes] | None = None) -> None:
        """End the file; `meta` goes into its footer. At least one table, perhaps without rows, was written."""
        if self._writer is None and self._empty is None:
            return
        with clear_errors(self._folder):
            if self._writer is None:
                self._writer = self._begun(self._empty)
            if meta:
                self._writer.add_key_value_metadata(meta)
            self._writer.close()
        self._writer, self._empty = None, None

    def _begun(self, table: pa.Table) -> pq.ParquetWriter:
        """A dictionary is tried only for columns that repeat themselves: for the others it costs half of the writing,
        and in the end is given up."""
        some = table.slice(0, LOOKED_AT)
        repeated = [name for name in table.column_names if 2 * pc.count_distinct(some[name]).as_py() <= some.num_rows]
        return pq.ParquetWriter(self.path, table.schema, compression=self._compression, use_dictionary=repeated)

    def name(self, path: Path) -> None:
        """The closed file gets its place; readers see the old file there or the whole new one."""
        with clear_errors(path):
            to_disk(self.path)
            self.path.replace(path)
            to_disk(path.parent)

    def discard(self) -> None:
        """Remove the file, unless it got its name."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self.path.unlink(missing_ok=True)


@contextmanager
def growing(folder: Path, word: str, *, compression: str = "lz4") -> Iterator[Growing]:
    """A file that is gone after the block, unless it got its name."""
    file = Growing(folder, word, compression=compression)
    try:
        yield file
    finally:
        file.discard()


@contextmanager
def private_folder(folder: Path) -> Iterator[Path]:
    """A folder (0700) that is made for the block and gone after it."""
    with clear_errors(folder):
        make_private_folder(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(folder: Path, *, pattern: str, keep: set[Path], older: float) -> None:
    """Remove the folder's files of this pattern that nobody wrote to for `older` seconds."""
    now = _now_in(folder)
    for path in folder.glob(pattern):
        try:
            if path not in keep and now - path.stat().st_mtime > older:
                path.unlink()
        except OSError:
            continue  # another process swept it, or it is not ours to remove


def sweep_folders(parent: Path, *, pattern: str, older: float) -> None:
    """Remove the folders of this pattern in which nobody wrote anything for `older` seconds."""
    now = _now_in(parent)
    for folder in parent.glob(pattern):
        try:
            newest = max(path.stat().st_mtime for path in (folder, *folder.rglob("*")))
        except OSError:
            continue  # it is being removed, or it is not ours to look at
        if now - newest > older:
            shutil.rmtree(folder, ignore_errors=True)


def _now_in(folder: Path) -> float:
    """The time by which the folder's files are dated: on a network drive it is another machine's, not ours."""
    with clear_errors(folder), tempfile.TemporaryFile(dir=folder) as file:
        return os.fstat(file.fileno()).st_mtime
