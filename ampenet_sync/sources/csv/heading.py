"""Which record of a CSV file names the columns, and what the columns are called. The records are parted elsewhere."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass

from ampenet_sync.config.bounds import COLUMNS
from ampenet_sync.config.headings import heading
from ampenet_sync.config.unseen import is_blank
from ampenet_sync.errors import SourceError
from ampenet_sync.sources.csv.cells import Columns
from ampenet_sync.sources.csv.escapes import Escapes
from ampenet_sync.sources.csv.format import first_usual
from ampenet_sync.sources.csv.records import Records, Signs
from ampenet_sync.sources.header import (
    Wanted,
    check_is_header,
    check_nobody_above,
    column_names,
    find_heading_row,
    in_one_cell,
    missing_name,
    nearest_heading_row,
)

_LOOKED_AT = 200  # records below the heading that tell how wide the rows are
_MOST = 0.5  # more than this share of them is most
_TELLING = 5  # so many records must differ from the header before the header is blamed


@dataclass(frozen=True)
class Grammar:
    """How the cells of a record are to be told apart and read; the first `skip` records are none of a table."""

    signs: Signs
    skip: int
    escapes: Escapes | None

    def cells(self, record: bytes, *, strict: bool = False) -> list[str]:
        """Raises csv.Error where they can't be."""
        options = {"delimiter": chr(self.signs.delimiter), "quotechar": chr(self.signs.quote)}
        text = io.StringIO(record.decode("utf-8"), newline="")
        cells = next(csv.reader(text, strict=strict, **options), [])  # type: ignore[arg-type]
        return [self.escapes.meant_text(cell) for cell in cells] if self.escapes else cells


@dataclass(frozen=True)
class Heading:
    """The header, the position of its record, its line, and how many filled records are above it."""

    header: Columns
    at: int
    line: int
    above: int


def needs_more(records: Records, skip: int, wanted: Wanted, *, line: int) -> bool:
    """Whether the heading may be in what comes after these records. `line` is that of the block."""
    if len(records) <= skip:
        return True
    if wanted.header_row is not None:
        return int(records.lines[-1]) + line - 1 < wanted.header_row
    return len(records) < skip + wanted.looked_at


def find_heading(records: Records, grammar: Grammar, wanted: Wanted, *, line: int, name: str) -> Heading:
    """The first record that names all wanted columns; where none does, the one that comes nearest to it.

    `line` is that of the block, `name` the file's. Raises SourceError `empty_source`, `bad_header_row`,
    `rows_above_heading`, `quoted_lines`, and what `_read` raises.
    """
    skip = grammar.skip
    lines = [int(number) + line - 1 for number in records.lines[: skip + max(wanted.looked_at, wanted.header_row or 0)]]
    rows = [_cells(records[at], grammar) for at in range(len(lines))]
    if len(records) <= skip or _is_blank(records):
        hint = "look whether the export went wrong; a file without customers is never taken for an empty list"
        raise SourceError(f"{name}:1: the file is empty", code="empty_source", hint=hint)
    at = skip + _choose(rows[skip:], lines[skip:], wanted, name)
    place = f"{name}:{lines[at]}"
    below = [_cells(records[row], grammar) for row in range(at + 1, min(len(records), at + 1 + _LOOKED_AT))]
    _check_unpacked(rows[at], below, grammar, wanted, place)
    header = _read(records[at], grammar, below, wanted, place=place)
    above = [(lines[row], rows[row]) for row in range(skip, at) if not all(map(is_blank, rows[row]))]
    if wanted.header_row is None:
        position = header.columns.index(wanted.phone) if wanted.phone in header.columns else None
        check_nobody_above(above, position, name=name, heading_row=lines[at])
    return Heading(header, at, lines[at], len(above))


def _is_blank(records: Records) -> bool:
    """Whether they are few, and nothing stands in any of them."""
    return len(records) <= _LOOKED_AT and not any(records[at].strip() for at in range(len(records)))


def _choose(rows: list[list[str]], lines: list[int], wanted: Wanted, name: str) -> int:
    if wanted.header_row is not None:
        if wanted.header_row not in lines:
            hint = "count the lines as an editor shows them, blank ones too; or leave header_row out"
            message = f"{name}: no row begins on line {wanted.header_row}, which header_row names"
            raise SourceError(message, code="bad_header_row", hint=hint)
        return lines.index(wanted.header_row)
    if not wanted.columns:
        return 0
    at = find_heading_row(rows, wanted.columns)
    if at is None:
        at = next((row for row, cells in enumerate(rows) if _is_unparted(cells, wanted)), None)
    at = nearest_heading_row(rows, wanted.columns) if at is None else at
    return first_usual(rows) if at is None else at


def _read(record: bytes, grammar: Grammar, below: list[list[str]], wanted: Wanted, *, place: str) -> Columns:
    """The columns as `column_names` calls them. Those without a name are blank in the rows `below`, or at the end.

    Raises SourceError `bad_header`, `no_header`, `missing_name` or `duplicate_column`.
    """
    try:
        cells = grammar.cells(record, strict=True)
    except csv.Error:
        hint = "look for a stray quote in this line"
        raise SourceError(f"{place}: the header can't be read", code="bad_header", hint=hint) from None
    if len(cells) > COLUMNS or b"\0" in record:
        what = f"more than {COLUMNS} columns" if len(cells) > COLUMNS else "bytes in the header that are no text"
        raise SourceError(f"{place}: {what}", code="bad_header", hint="look whether this file is the right one")
    check_is_header(cells, name=place)
    seen = [heading(cell) for cell in cells]
    for at, column in enumerate(seen, start=1):
        if not column and (not any(seen) or not _is_unused(at - 1, seen, below)):
            raise missing_name(at, name=place)
    names = iter(column_names([cell for cell in cells if heading(cell)], name=place, needed=wanted.columns))
    columns = [next(names) if column else "" for column in seen]
    return Columns((*columns, *[""] * _blanks_beyond(len(cells), below, wanted, place)))


def _is_unused(at: int, seen: list[str], below: list[list[str]]) -> bool:
    """A column without a name right of all others, whose cells are looked at later; or one with rows, all blank."""
    return not any(seen[at:]) or (bool(below) and all(is_blank(row[at]) for row in below if at < len(row)))


def _blanks_beyond(width: int, below: list[list[str]], wanted: Wanted, place: str) -> int:
    """How many cells most rows have beyond a header that is known by its names, and mostly blank ones.

    Raises SourceError `bad_header` where they aren't blank, or the header isn't known: it lacks a name, or is a title.
    """
    if not below:
        return 0
    usual, count = Counter(map(len, below)).most_common(1)[0]
    if usual <= width or count <= _MOST * len(below):
        return 0
    blank = sum(all(map(is_blank, row[width:])) for row in below if len(row) == usual)
    if wanted.columns and blank > _MOST * count:
        return usual - width
    if len(below) < _TELLING:
        return 0
    hint = (
        "name every column in this line"
        if wanted.columns
        else "the first line must name every column; remove a title above it"
    )
    message = f"{place}: {width} columns in the header, but {usual} in most of the rows after it"
    raise SourceError(message, code="bad_header", hint=hint)


def _check_unpacked(cells: list[str], below: list[list[str]], grammar: Grammar, wanted: Wanted, place: str) -> None:
    """Raises SourceError `quoted_lines` where the whole heading, or each of most rows, stands in one cell."""
    packed = sum(len(row) == 1 and len(_cells(row[0].encode(), grammar)) == len(cells) for row in below)
    if _is_unparted(cells, wanted) or (wanted.columns and len(cells) > 1 and packed > _MOST * len(below)):
        message = f"{place}: every line stands within one pair of quotes, so that it is one cell"
        hint = "take these quotes away; or part the column in Excel (Data, Text to Columns) and save it as CSV UTF-8"
        raise SourceError(message, code="quoted_lines", hint=hint)


def _is_unparted(cells: list[str], wanted: Wanted) -> bool:
    return len(cells) == 1 and in_one_cell(cells[0], wanted.columns)


def _cells(record: bytes, grammar: Grammar) -> list[str]:
    try:
        return grammar.cells(record)
    except csv.Error:  # a cell longer than the module takes
        return []
