"""A quarantine's sheet as a workbook whose cells are all text, and such a workbook read back cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from ampenet_sync.config.bounds import CELL_LETTERS, COLUMNS, RETURNED_CELLS, RETURNED_PLACES, SHEET_ROWS
from ampenet_sync.errors import ConfigError, SourceError
from ampenet_sync.quarantine.export import check_returned_cells
from ampenet_sync.quarantine.wording import how_to
from ampenet_sync.sources.excel.book import read_book
from ampenet_sync.sources.excel.parts import open_parts
from ampenet_sync.sources.excel.rows import SheetRow as Row
from ampenet_sync.sources.excel.rows import read_sheet

MOST_ROWS = SHEET_ROWS - 1  # below the heading
ROWS_SHEET, WORDS_SHEET = "Quarantine", "Read me - Soma"

_OTHER_FORMS = "export it with --format csv or --format parquet"
_TEXT = "@"  # the number format that keeps 0712… and 2557… as they are typed in
_NARROWEST, _WIDEST, _LOOKED_AT = 8, 44, 200  # letters, letters, rows

# Letters XML can't hold, a return that XML would turn into a line break, and what looks like the escape of one.
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def write_xlsx(table: pa.Table, path: Path, *, reasons: Mapping[str, int]) -> None:
    """The rows, and a page in English and Swahili that says what to do with them.

    Raises ConfigError `too_big_for_xlsx`.
    """
    book = text_book(table, ROWS_SHEET, hint=_OTHER_FORMS)
    words = book.create_sheet(WORDS_SHEET)
    words.column_dimensions["A"].width, words.column_dimensions["B"].width = 24, 110
    for line in how_to(reasons):
        words.append(_cells(words, line, bold=len(line) == 1))
    book.save(path)


def text_book(table: pa.Table, sheet: str, *, hint: str) -> openpyxl.Workbook:
    """A workbook with one sheet whose cells are all text, not saved yet.

    Raises ConfigError `too_big_for_xlsx`, whose way out is `hint`.
    """
    _check_size(table, hint)
    book = openpyxl.Workbook(write_only=True)
    book.properties.creator = "ampenet-sync"
    rows = book.create_sheet(sheet)
    rows.freeze_panes = "A2"
    rows.auto_filter.ref = f"A1:{get_column_letter(table.num_columns)}{table.num_rows + 1}"
    for letters, at in zip(_widths(table), range(1, table.num_columns + 1), strict=True):
        rows.column_dimensions[get_column_letter(at)].width = letters
    rows.append(_cells(rows, table.column_names, bold=True))
    for batch in table.to_batches(max_chunksize=10_000):
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            rows.append(_cells(rows, values))
    return book


def read_xlsx(path: Path, *, heading: str) -> pa.Table:
    """The sheet whose first row holds `heading`, every cell as text: whole numbers with all their digits, dates as ISO.

    Raises SourceError where the file is no such workbook: `no_row_id`, `formula`, and those of any workbook.
    """
    with open_parts(path, name=path.name) as parts:
        book = read_book(parts)
        for sheet in book.sheets:
            rows, cells = dict[int, Row](), 0
            for some, _ in read_sheet(parts, sheet.part, book=book):
                rows.update((row.number, row) for row in some)
                check_returned_cells(
                    cells := cells + sum(len(row.cells) for row in some), name=f"{path.name}: {sheet.name}"
                )
            if 1 in rows and heading in rows[1].cells.values():
                return _table(rows, name=path.name)
    message = f"{path.name}: no sheet has a column {heading} in its first row"
    raise SourceError(message, code="no_row_id", hint="give back the exported file itself, with that column in it")


def _check_size(table: pa.Table, hint: str) -> None:
    if table.num_rows > MOST_ROWS or table.num_columns > COLUMNS:
        message = f"{table.num_rows:,} rows of {table.num_columns:,} columns don't fit into a workbook"
        raise ConfigError(f"{message}, which holds {MOST_ROWS:,}", code="too_big_for_xlsx", hint=hint)
    for name, column in zip(table.column_names, table.columns, strict=True):
        for row, length in _long(column):
            if length > CELL_LETTERS:
                message = (
                    f"row {row + 2}, column {name}: {length:,} letters; a cell of a workbook holds {CELL_LETTERS:,}"
                )
                raise ConfigError(message, code="too_big_for_xlsx", hint=hint)


def _long(column: pa.ChunkedArray) -> Iterator[tuple[int, int]]:
    """Row and length, as Excel counts it, of the few cells that may be too long: a byte takes seven letters at most."""
    suspects = pc.indices_nonzero(pc.greater(pc.binary_length(column), CELL_LETTERS // 7))
    for row in suspects.to_pylist():
        yield row, len(_escape(column[row].as_py()).encode("utf-16-le")) // 2


def _widths(table: pa.Table) -> Iterator[int]:
    for name, column in zip(table.column_names, table.slice(0, _LOOKED_AT).columns, strict=True):
        longest = pc.max(pc.utf8_length(column)).as_py() or 0
        yield min(max(longest, len(name), _NARROWEST) + 2, _WIDEST)


def _cells(sheet: Any, values: Iterable[str], *, bold: bool = False) -> list[Any]:
    """Text cells; blank ones too, so that what is typed into them stays text."""
    made = []
    for value in values:
        cell = WriteOnlyCell(sheet)
        cell.number_format = _TEXT
        if bold:
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE7F0")
        if value:
            cell._value, cell.data_type = _escape(value), "s"  # setting `value` would take =1+1 for a formula
        made.append(cell)
    return made


def _escape(text: str) -> str:
    return _ESCAPED.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def _table(rows: Mapping[int, Row], *, name: str) -> pa.Table:
    """The columns up to the first one right of the headings; what stands beyond are notes. A blank row is blank.

    A column without a heading has the name "". Only what is filled takes room: a stray cell may stand anywhere.
    """
    last = max(rows[1].cells) + 1
    for number, row in rows.items():
        for column in row.formulas:
            if column <= last:
                message = f"{name}: row {number}, column {column} holds a formula without a result, or an error"
                hint = "in the spreadsheet, copy the cells and paste them as values"
                raise SourceError(message, code="formula", hint=hint)
    filled = sorted(number for number, row in rows.items() if number > 1 and min(row.cells, default=last + 1) <= last)
    used = sorted({column for row in rows.values() for column in row.cells if column <= last})
    last_row = filled[-1] - 1 if filled else 0
    if len(filled) * len(used) > RETURNED_CELLS or last_row * len(used) > RETURNED_PLACES:
        message = (
            f"{name}: {len(filled):,} rows of {len(used):,} columns down to row {last_row + 1:,}; "
            f"{RETURNED_CELLS:,} cells are compared at most, {RETURNED_PLACES:,} with blank ones"
        )
        raise SourceError(message, code="too_large", hint="give back the exported file itself, without more columns")
    places = np.full(last_row, len(filled))
    places[np.array(filled, dtype=np.int64) - 2] = np.arange(len(filled))
    columns = [
        pa.array([*(rows[number].cells.get(at, "") for number in filled), ""], pa.string()).take(pa.array(places))
        for at in used
    ]
    return pa.Table.from_arrays(columns, names=[rows[1].cells.get(at, "") for at in used])
