"""Files of the data folder in which somebody stands, whatever kind they are. Nothing is changed here."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

PIECE: Final = 1 << 20  # bytes at a time
OVERLAP: Final = 256  # of one piece and the next: longer than any writing of a number
SQLITE: Final = b"SQLite format 3\x00"


@dataclass(frozen=True)
class Traces:
    """What tells somebody: their numbers anywhere, as `in_text` finds them in bytes and `pattern` (RE2, "" for nobody)
    in a table's cells; their `keys` in one of the `key_columns`."""

    in_text: Callable[[bytes], bool]
    pattern: str
    keys: frozenset[str]
    key_columns: frozenset[str]

    def in_file(self, path: Path) -> bool:
        """Raises OSError where it can't be read; one that is gone by now holds nobody."""
        try:
            with path.open("rb") as file:
                begins = file.read(16)
        except FileNotFoundError:
            return False
        try:
            if begins.startswith(b"PAR1"):
                return self._in_parquet(path)
            if begins.startswith(b"PK\x03\x04"):
                return self._in_archive(path)
            if begins.startswith(b"\x1f\x8b"):
                with gzip.open(path) as unpacked:
                    return self._in_stream(unpacked)
        except (pa.ArrowException, zipfile.BadZipFile, EOFError, zlib.error, gzip.BadGzipFile):
            return True  # it is damaged, so nobody knows
        with path.open("rb") as file:
            return self._in_stream(file) or self._keys_in_csv(path)

    def in_row(self, columns: Collection[str], cells: Collection[str]) -> bool:
        """Whether a row of text is theirs, or holds their number."""
        named = any(
            cell.strip() in self.keys for name, cell in zip(columns, cells, strict=True) if name in self.key_columns
        )
        return named or any(self.in_text(cell.encode()) for cell in cells)

    def _in_stream(self, file: IO[bytes] | gzip.GzipFile) -> bool:
        kept = b""
        while piece := file.read(PIECE):
            if self.in_text(kept + piece):
                return True
            kept = (kept + piece)[-OVERLAP:]
        return False

    def _in_archive(self, path: Path) -> bool:
        """A workbook too: its cells stand in its parts as text."""
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                with archive.open(name) as part:
                    if self._in_stream(part):
                        return True
        return path.suffix.lower() == ".xlsx" and self._keys_in(_rows_of_workbook(path))

    def _in_parquet(self, path: Path) -> bool:
        with pq.ParquetFile(path) as file:
            for number in range(file.num_row_groups):
                table = file.read_row_group(number)
                if any(self._in_column(name, table[name]) for name in table.column_names):
                    return True
        return False

    def _in_column(self, name: str, column: pa.ChunkedArray) -> bool:
        while pa.types.is_list(column.type):
            column = pc.list_flatten(column)
        if not pa.types.is_string(column.type) and not pa.types.is_large_string(column.type):
            return False
        if name in self.key_columns and pc.any(pc.is_in(pc.utf8_trim_whitespace(column), self._keys(column))).as_py():
            return True
        return bool(self.pattern and pc.any(pc.match_substring_regex(column, pattern=self.pattern)).as_py())

    def _keys(self, column: pa.ChunkedArray) -> pa.Array:
        return pa.array(sorted(self.keys), column.type)

    def _keys_in_csv(self, path: Path) -> bool:
        if path.suffix.lower() != ".csv" or not self.keys:
            return False
        import csv

        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            return self._keys_in(csv.reader(file))

    def _keys_in(self, rows: Iterator[list[str]]) -> bool:
        at: list[int] | None = None
        for row in rows:
            if at is None:
                at = [index for index, name in enumerate(row) if name in self.key_columns]
            elif any(index < len(row) and row[index].strip().lstrip("'") in self.keys for index in at):
                return True
        return False


def is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(16) == SQLITE


def _rows_of_workbook(path: Path) -> Iterator[list[str]]:
    import openpyxl  # slow to import

    book = openpyxl.load_workbook(path, read_only=True)
    try:
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield ["" if cell is None else str(cell) for cell in row]
    finally:
        book.close()
