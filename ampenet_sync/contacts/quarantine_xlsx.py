"""A quarantine's sheet as a workbook whose cells are all text, and such a workbook read back cell by cell."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.text import Text
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from ampenet_sync.contacts.quarantine_words import how_to
from ampenet_sync.errors import ConfigError, SourceError
from ampenet_sync.sources.totext import float_text

MOST_ROWS, MOST_COLUMNS, MOST_LETTERS = 1_048_575, 16_384, 32_767
MOST_BYTES = 2**30  # of a workbook unpacked
ROWS_SHEET, WORDS_SHEET = "Quarantine", "Read me - Soma"

_TEXT = "@"  # the number format that keeps 0712… and 2557… as they are typed in
_NARROWEST, _WIDEST, _LOOKED_AT = 8, 44, 200  # letters, letters, rows

# What a damaged workbook makes of zipfile and openpyxl.
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, ParseError, InvalidFileException, EOFError, OSError, NotImplementedError),
    *(KeyError, IndexError, ValueError, TypeError, AttributeError, RuntimeError),
)

# Letters XML can't hold, a return that XML would turn into a line break, and what looks like the escape of one.
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


def write_xlsx(table: pa.Table, path: Path, *, reasons: Mapping[str, int]) -> None:
    """The rows, and a page in English and Swahili that says what to do with them.

    Raises ConfigError `too_big_for_xlsx`.
    """
    _check_size(table)
    book = openpyxl.Workbook(write_only=True)
    book.properties.creator = "ampenet-sync"
    rows = book.create_sheet(ROWS_SHEET)
    rows.freeze_panes = "A2"
    rows.auto_filter.ref = f"A1:{get_column_letter(table.num_columns)}{table.num_rows + 1}"
    for letters, at in zip(_widths(table), range(1, table.num_columns + 1), strict=True):
        rows.column_dimensions[get_column_letter(at)].width = letters
    rows.append(_cells(rows, table.column_names, bold=True))
    for batch in table.to_batches(max_chunksize=10_000):
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            rows.append(_cells(rows, values))
    words = book.create_sheet(WORDS_SHEET)
    words.column_dimensions["A"].width, words.column_dimensions["B"].width = 24, 110
    for line in how_to(reasons):
        words.append(_cells(words, line, bold=len(line) == 1))
    book.save(path)


def read_xlsx(path: Path, *, heading: str) -> pa.Table:
    """The sheet whose first row holds `heading`, every cell as text: whole numbers with all their digits, dates as ISO.

    Raises SourceError where the file is no such workbook: `bad_xlsx`, `no_row_id`, `formula`.
    """
    with _clear_errors(path), _opened(path) as book:
        for sheet in book.worksheets:
            names = next(_texts(sheet), [])
            if heading in names:
                values = _results(path, sheet) if any(_formulas(sheet)) else _texts(sheet)
                return _table(values)
    message = f"{path.name}: no sheet has a column {heading} in its first row"
    raise SourceError(message, code="no_row_id", hint="give back the exported file itself, with that column in it")


def _check_size(table: pa.Table) -> None:
    hint = "export it with --format csv or --format parquet"
    if table.num_rows > MOST_ROWS or table.num_columns > MOST_COLUMNS:
        message = f"{table.num_rows:,} rows of {table.num_columns:,} columns don't fit into a workbook"
        raise ConfigError(f"{message}, which holds {MOST_ROWS:,}", code="too_big_for_xlsx", hint=hint)
    for name, column in zip(table.column_names, table.columns, strict=True):
        for row, length in _long(column):
            if length > MOST_LETTERS:
                message = (
                    f"row {row + 2}, column {name}: {length:,} letters; a cell of a workbook holds {MOST_LETTERS:,}"
                )
                raise ConfigError(message, code="too_big_for_xlsx", hint=hint)


def _long(column: pa.ChunkedArray) -> Iterator[tuple[int, int]]:
    """Row and length, as Excel counts it, of the few cells that may be too long: a byte takes seven letters at most."""
    suspects = pc.indices_nonzero(pc.greater(pc.binary_length(column), MOST_LETTERS // 7))
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
    return _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda found: found[0] if found[1][0] in "dD" else chr(int(found[1], 16)), text)


@contextmanager
def _opened(path: Path, *, results: bool = False) -> Iterator[Any]:
    """The workbook row by row; of formulas their words, or with `results` what they came to when it was last saved."""
    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts that openpyxl leaves out; none of them holds a cell
        with zipfile.ZipFile(file) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
                raise ValueError("unpacked it is too large")
            strings = _strings(archive)
        book = openpyxl.load_workbook(file, read_only=True, data_only=results, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # programs write wrong ones
            sheet._shared_strings = strings
        yield book


def _strings(archive: zipfile.ZipFile) -> list[str]:
    """The texts that cells share. openpyxl drops `x005F_` from them, and with it which escapes are meant as letters."""
    part = next((name for name in archive.namelist() if name.lower().endswith("sharedstrings.xml")), None)
    if part is None:
        return []
    found = []
    with archive.open(part) as xml:
        for _, node in iterparse(xml):
            if node.tag == f"{{{SHEET_MAIN_NS}}}si":
                found.append(Text.from_tree(node).content)
                node.clear()
    return found


def _texts(sheet: Any) -> Iterator[list[str]]:
    for row in sheet.iter_rows(values_only=True):
        yield [_text(value) for value in row]


def _formulas(sheet: Any) -> Iterator[tuple[int, int]]:
    """Row and column, from 0, of each formula."""
    for row, cells in enumerate(sheet.iter_rows()):
        yield from ((row, column) for column, cell in enumerate(cells) if cell.data_type == "f")


def _results(path: Path, sheet: Any) -> Iterator[list[str]]:
    """The rows with the results of their formulas. Raises SourceError `formula` where one has none."""
    places = set(_formulas(sheet))
    with _opened(path, results=True) as book:
        for row, texts in enumerate(_texts(book[sheet.title])):
            for column, text in enumerate(texts):
                if not text and (row, column) in places:
                    message = f"{path.name}: row {row + 1}, column {column + 1} holds a formula without a result"
                    hint = "in the spreadsheet, copy the cells and paste them as values"
                    raise SourceError(message, code="formula", hint=hint)
            yield texts


def _text(value: object) -> str:
    """A cell's value as the same words: whole numbers with all digits, moments as ISO 8601."""
    match value:
        case None:
            return ""
        case str():
            return _unescape(value)
        case bool():
            return str(value).upper()
        case int():
            return str(value)
        case float():
            return float_text(value)
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date() | time():
            return value.isoformat()
    return str(value)


def _table(rows: Iterator[list[str]]) -> pa.Table:
    """As wide as the widest row: short ones are filled with blanks, and a column without a heading has the name ""."""
    filled = list(rows)
    wide = max(len(row) for row in filled)
    names, *cells = ([*row, *[""] * (wide - len(row))] for row in filled)
    columns = zip(*cells, strict=True) if cells else [()] * wide
    return pa.Table.from_arrays([pa.array(column, pa.string()) for column in columns], names=names)


@contextmanager
def _clear_errors(path: Path) -> Iterator[None]:
    """Whatever a damaged workbook makes of openpyxl → SourceError `bad_xlsx`."""
    try:
        yield
    except _DAMAGED:
        hint = "open it in the spreadsheet program and save it again as .xlsx"
        raise SourceError(f"{path.name} can't be read: no whole workbook", code="bad_xlsx", hint=hint) from None
