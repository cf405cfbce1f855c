"""What every kind of source yields, and what is known of the whole when all of it came: rows, bytes, digest."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config.bounds import WRITTEN_LETTERS
from ampenet_sync.errors import SourceError

Progress = Callable[[int, int | None], None]  # rows so far, and of how many, if that is known

BATCH_ROWS = 65_536


@dataclass(frozen=True)
class Batch:
    """Some rows of one file: a table of text columns without nulls, and the line (from 1) of each row.

    `faults` and `written` are None where every row is sound; else two text columns as long as the table, "" in sound
    rows: why the row's cells can't be told apart or read (one of phones.ROW_REASONS), and the row as it is written in
    the file. The cells of such a row are "". `heading` is the line that names the columns, 0 where there is none;
    `rows_above` (of a file's first batch) counts the rows above it, `blank_rows` those passed over as blank. `parting`
    are the signs that part and quote the cells of a row as it is written.
    """

    table: pa.Table
    file: str
    lines: pa.Array
    size: int  # bytes of the file when this is its first batch, else 0; for SQL the bytes of the values
    total: int | None = None  # rows of the whole source, where that is known or can be told from the bytes read so far
    faults: pa.Array | None = None
    written: pa.Array | None = None
    modified: float | None = None  # when the file was last written to, seconds since 1970
    open_end: bool = False  # a text file whose last line has no line break: perhaps it was cut off there
    heading: int = 0
    rows_above: int = 0
    blank_rows: int = 0
    parting: str = ""
    from_folder: frozenset[str] = frozenset()  # columns that the names of folders hold


def written_row(cells: Iterable[Any]) -> str:
    """A row that has no line of its own as a line of CSV, cut to WRITTEN_LETTERS: for `Batch.written`."""
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()[:WRITTEN_LETTERS]


@dataclass(frozen=True)
class SourceIdentity:
    """Which values were read: `digest` is a SHA-256 over columns and values, `size` is in bytes. Never holds a URL.

    `files` is how many, `modified` when the newest of them was last written to (ISO 8601 in UTC, "" where unknown);
    `open_end` is whether the last line of a text file has no line break, as when it was cut off there. `blank_rows`
    and `rows_above` the headings were passed over and are in none of the counts.
    """

    kind: str
    name: str
    rows: int
    size: int
    digest: str
    files: int = 1
    modified: str = ""
    open_end: bool = False
    blank_rows: int = 0
    rows_above: int = 0


class Reading:
    """Every batch of one source in turn → its identity."""

    def __init__(self, kind: str, name: str) -> None:
        self.rows = self.blank_rows = self.rows_above = 0
        self._kind, self._name = kind, name
        self._size = self._files = 0
        self._file: str | None = None
        self._modified: float | None = None
        self._open_end = False
        self._digest: Digest | None = None

    def add(self, batch: Batch) -> None:
        self._digest = self._digest or Digest(batch.table.column_names)
        self._digest.add(batch.table, written=batch.written)
        self.rows += batch.table.num_rows
        self.blank_rows += batch.blank_rows
        self.rows_above += batch.rows_above
        self._size += batch.size
        self._files += batch.file != self._file
        self._file = batch.file
        self._modified = max((time for time in (self._modified, batch.modified) if time is not None), default=None)
        self._open_end = self._open_end or batch.open_end

    def identity(self) -> SourceIdentity:
        """Raises SourceError `empty_source` where no row came."""
        if self._digest is None or not self.rows:
            hint = "look whether the export went wrong; no rows are never taken for an empty list"
            blank = f" but {self.blank_rows:,} blank ones" if self.blank_rows else ""
            raise SourceError(f"{self._name} holds no rows{blank}", code="empty_source", hint=hint)
        modified = "" if self._modified is None else _iso(self._modified)
        return SourceIdentity(
            self._kind,
            self._name,
            rows=self.rows,
            size=self._size,
            digest=self._digest.hexdigest(),
            files=self._files,
            modified=modified,
            open_end=self._open_end,
            blank_rows=self.blank_rows,
            rows_above=self.rows_above,
        )


class Digest:
    """Collects a SHA-256 over batches of one shape; where one batch ends and the next begins makes no difference."""

    def __init__(self, columns: list[str]) -> None:
        self.columns = columns
        self._hashes = [(hashlib.sha256(), hashlib.sha256()) for _ in range(len(columns) + 1)]

    def add(self, table: pa.Table, *, written: pa.Array | None = None) -> None:
        """The table's cells, and of rows whose cells can't be told apart what is written in the file."""
        whole = pa.chunked_array([pa.repeat("", table.num_rows) if written is None else written], pa.string())
        for column, (lengths, values) in zip([*table.columns, whole], self._hashes, strict=True):
            for chunk in column.chunks:
                lengths.update(np.asarray(pc.binary_length(chunk).cast(pa.int32()), dtype="<i4").tobytes())
                values.update(_bytes(chunk))

    def hexdigest(self) -> str:
        whole = hashlib.sha256("\0".join(self.columns).encode())
        for lengths, values in self._hashes:
            whole.update(lengths.digest() + values.digest())
        return whole.hexdigest()


def _bytes(chunk: pa.Array) -> memoryview | bytes:
    """The values of one text array, one after another."""
    _, offsets, data = chunk.buffers()
    if data is None or len(chunk) == 0:
        return b""
    ends = np.frombuffer(offsets, dtype=np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
    return memoryview(data)[ends[0] : ends[-1]]


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
