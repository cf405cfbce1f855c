"""Excel workbooks (.xlsx) → batches of text, from the sheet that is meant. Its XML is read beside this."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pyarrow as pa

from ampenet_sync.config import Source
from ampenet_sync.errors import SourceError
from ampenet_sync.sources.batch import Batch
from ampenet_sync.sources.excel.book import Book, choose_sheet, read_book
from ampenet_sync.sources.excel.parts import Parts, open_parts
from ampenet_sync.sources.excel.rows import SheetRow, is_filled, read_sheet
from ampenet_sync.sources.excel.table import SheetHeading, check_nameless, fault, find_heading, written
from ampenet_sync.sources.excel.text import rounded_text
from ampenet_sync.sources.files import files_changed, find_files, shown, unchanged
from ampenet_sync.sources.header import Wanted, check_same

_OWNER_FILE = "~$"  # Excel lays such a file beside each workbook somebody has open
_BATCH_ROWS = 16_384  # rows as dictionaries take far more room than as columns


def xlsx_batches(
    source: Source, *, folder: Path, needed: frozenset[str] = frozenset(), phone: str = ""
) -> Iterator[Batch]:
    """Every row of every workbook; lines are Excel's numbers of rows, and blank rows are none.

    `needed` are the columns by which the heading is known below title rows; rounded numbers in the column `phone`
    are written so that nobody takes them for exact. Raises SourceError where a workbook can't be read to its end or
    leaves a choice: several filled sheets without `sheet`, hidden rows without `rows`.
    """
    paths = _find_workbooks(source.xlsx or "", folder)
    first: tuple[str, list[str]] | None = None
    for path in paths:
        name = shown(path, folder)
        with unchanged(path, name=name) as size, open_parts(path, name=name) as parts:
            table = _Table(parts, source, needed, phone)
            first = first or (table.name, table.columns)
            check_same(first, (table.name, table.columns), line=table.heading.row)
            yield from table.batches(size, path.stat().st_mtime, alone=len(paths) == 1)
    if _find_workbooks(source.xlsx or "", folder) != paths:
        raise files_changed(source.xlsx or "")


def _find_workbooks(pattern: str, folder: Path) -> list[Path]:
    paths = find_files(pattern, folder)
    return [path for path in paths if not path.name.startswith(_OWNER_FILE)] or paths


class _Table:
    """The customers' table in one workbook; its rows are read once, in their order."""

    def __init__(self, parts: Parts, source: Source, needed: frozenset[str], phone: str) -> None:
        book = read_book(parts)
        filled = [sheet.name for sheet in book.sheets if not source.sheet and is_filled(parts, sheet.part, book=book)]
        sheet = choose_sheet(book, source.sheet, filled=filled, name=parts.name)
        self.name = f"{parts.name}!{sheet.name}"
        self._which = source.rows
        self._phone = phone
        self._share, self._left_out, self._blank = 0.0, 0, 0
        wanted = Wanted(needed, source.header_row, phone)
        self.heading, self._rows = find_heading(self._stream(parts, sheet.part, book), wanted, name=self.name)
        self.columns = list(self.heading.names.values())

    def batches(self, size: int, modified: float, *, alone: bool) -> Iterator[Batch]:
        rows, so_far = self._wanted(), 0
        while taken := list(islice(rows, _BATCH_ROWS)):
            so_far += len(taken)
            self._tell_rounded(taken)
            total = int(so_far / self._share) if alone else None
            table, faults, texts = _columns(self.heading, taken)
            lines = pa.array([row.number for row in taken], pa.int64())
            is_first = so_far == len(taken)
            batch = Batch(table, self.name, lines, size if is_first else 0, total, faults, texts, modified)
            above, blank, self._blank = self.heading.above if is_first else 0, self._blank, 0
            yield replace(batch, heading=self.heading.row, rows_above=above, blank_rows=blank)
        if not so_far:
            hidden = f" ({self._left_out} are hidden)" if self._left_out else ""
            hint = "look whether the export went wrong; a file without customers is never taken for an empty list"
            raise SourceError(f"{self.name}: a heading, but no rows{hidden}", code="empty_source", hint=hint)

    def _stream(self, parts: Parts, part: str, book: Book) -> Iterator[SheetRow]:
        for rows, self._share in read_sheet(parts, part, book=book):
            yield from rows

    def _wanted(self) -> Iterator[SheetRow]:
        """The rows with anything in the table's columns, hidden ones only if they are asked for.

        Those between them are counted as blank, but not what stands below the last one.
        """
        before = self.heading.row
        for row in self._rows:
            check_nameless(self.heading, row, name=self.name)
            if not self.heading.holds(row):
                continue
            self._blank += row.number - before - 1
            before = row.number
            if row.hidden and self._which is None:
                raise self._ask(row)
            if row.hidden and self._which == "visible":
                self._left_out += 1
                continue
            yield row

    def _tell_rounded(self, rows: list[SheetRow]) -> None:
        column = next((at for at, name in self.heading.names.items() if name == self._phone), None)
        for row in rows:
            if column in row.numbers and column is not None:
                row.cells[column] = rounded_text(row.cells[column])

    def _ask(self, first: SheetRow) -> SourceError:
        others = sum(row.hidden and self.heading.holds(row) for row in self._rows)
        count = (
            f"{others + 1} rows are hidden, the first is row {first.number}"
            if others
            else f"row {first.number} is hidden"
        )
        hint = "write into customers.source whether they count: rows: all, or rows: visible"
        return SourceError(f"{self.name}: {count}", code="hidden_rows", hint=hint)


def _columns(heading: SheetHeading, rows: list[SheetRow]) -> tuple[pa.Table, pa.Array | None, pa.Array | None]:
    """The cells, and for rows with a fault its code and the row as it is written."""
    faults = [fault(heading, row) for row in rows]
    texts = [written(heading, row) if code else "" for row, code in zip(rows, faults, strict=True)]
    cells = [{} if code else row.cells for row, code in zip(rows, faults, strict=True)]
    table = pa.table(
        [pa.array([row.get(column, "") for row in cells], pa.string()) for column in heading.names],
        names=list(heading.names.values()),
    )
    if not any(faults):
        return table, None, None
    return table, pa.array(faults, pa.string()), pa.array(texts, pa.string())
