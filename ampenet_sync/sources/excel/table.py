"""Rows of a sheet → the customers' table in it: where its heading is, which columns it has. No file is opened here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from ampenet_sync.config.bounds import CELL_LETTERS
from ampenet_sync.config.headings import heading
from ampenet_sync.errors import SourceError
from ampenet_sync.sources.batch import written_row
from ampenet_sync.sources.excel.rows import SheetRow
from ampenet_sync.sources.header import (
    LOOK_FOR_HEADING,
    Wanted,
    check_nobody_above,
    column_names,
    find_heading_row,
    in_one_cell,
    nearest_heading_row,
)


@dataclass(frozen=True)
class SheetHeading:
    """The row that names the columns: column (from 1) → its name inside; `above` counts the filled rows above it."""

    row: int
    names: dict[int, str]
    above: int = 0

    def holds(self, row: SheetRow) -> bool:
        """Whether the row has anything in these columns."""
        return not (self.names.keys().isdisjoint(row.cells) and self.names.keys().isdisjoint(row.formulas))


def find_heading(rows: Iterator[SheetRow], wanted: Wanted, *, name: str) -> tuple[SheetHeading, Iterator[SheetRow]]:
    """The heading, and the rows below it.

    It is the row that `wanted` numbers, else the first that names every wanted column. Where there is none, the one
    that names most of them, else the first row of nothing but texts that is as wide as the widest. Raises SourceError
    `bad_header_row`, `no_heading`, `quoted_lines`, `rows_above_heading` or `duplicate_column`.
    """
    looked_at = wanted.header_row or LOOK_FOR_HEADING
    first = [row for _, row in zip(range(looked_at), rows, strict=False)]
    at = _choose(first, wanted, name)
    if at is None:
        hint = "write the columns' names into one row above the customers, one name above each column"
        raise SourceError(f"{name}: no row names the columns", code="no_heading", hint=hint)
    place = f"{name}:{first[at].number}"
    _check_unpacked(first[at], wanted, place)
    written = {column: text for column, text in first[at].cells.items() if heading(text)}
    names = column_names(list(written.values()), name=place, needed=wanted.columns)
    sheet_heading = SheetHeading(first[at].number, dict(zip(written, names, strict=True)), at)
    if wanted.header_row is None:
        phone = next((column for column, inside in sheet_heading.names.items() if inside == wanted.phone), 0)
        above = ((row.number, [row.cells.get(phone, "")]) for row in first[:at])
        check_nobody_above(above, 0, name=name, heading_row=sheet_heading.row)
    return sheet_heading, chain(first[at + 1 :], rows)


def _choose(rows: list[SheetRow], wanted: Wanted, name: str) -> int | None:
    if wanted.header_row is not None:
        at = next((at for at, row in enumerate(rows) if row.number == wanted.header_row), None)
        if at is None:
            message = f"{name}: nothing is written in row {wanted.header_row}, which header_row names"
            raise SourceError(
                message, code="bad_header_row", hint="count the rows as Excel does, or leave header_row out"
            )
        return at
    cells = [list(row.cells.values()) for row in rows]
    at = find_heading_row(cells, wanted.columns) if wanted.columns else None
    if at is None:
        at = next((at for at, row in enumerate(rows) if _is_unparted(row, wanted)), None)
    if at is None:
        at = nearest_heading_row(cells, wanted.columns)
    return _widest(rows) if at is None else at


def _check_unpacked(row: SheetRow, wanted: Wanted, place: str) -> None:
    """Raises SourceError `quoted_lines` where the whole heading stands in one cell."""
    if _is_unparted(row, wanted):
        message = f"{place}: the columns' names stand in one cell, and so does each row"
        hint = "part the column in Excel (Data, Text to Columns) and save it again; or give the CSV it was made from"
        raise SourceError(message, code="quoted_lines", hint=hint)


def _is_unparted(row: SheetRow, wanted: Wanted) -> bool:
    (cell, *others) = row.cells.values() or ("",)
    return not others and in_one_cell(cell, wanted.columns)


def check_nameless(heading: SheetHeading, row: SheetRow, *, name: str) -> None:
    """Raises SourceError `nameless_column` for a value in the table below no name.

    The table ends right of its last name; what stands beyond an empty column there are notes, and not read.
    """
    if row.cells.keys() <= heading.names.keys() and not row.formulas:
        return
    last = max(heading.names) + 1
    filled = [column for column, text in chain(row.cells.items(), row.formulas.items()) if text.strip()]
    for column in filled:
        if column not in heading.names and min(heading.names) <= column <= last:
            place = letters(column)
            message = f"{name}:{row.number}: {place}{row.number} is filled, but {place}{heading.row} names no column"
            hint = f"write a name into {place}{heading.row}, or empty the column"
            raise SourceError(message, code="nameless_column", hint=hint)


def fault(heading: SheetHeading, row: SheetRow) -> str:
    """Why the row can't be read, one of phones.ROW_REASONS, or "". Each column counts: a segment may ask for any."""
    texts = [text for column, text in row.cells.items() if column in heading.names]
    if any("\0" in text for text in texts):
        return "unreadable_bytes"
    if any(len(text) > CELL_LETTERS for text in texts):
        return "cell_too_long"
    return "" if heading.names.keys().isdisjoint(row.formulas) else "formula"


def written(heading: SheetHeading, row: SheetRow) -> str:
    """The row as a line of CSV in the order of the columns, formulas as they are written."""
    whole = {**row.cells, **row.formulas}
    return written_row(whole.get(column, "") for column in heading.names)


def letters(column: int) -> str:
    """28 → `AB`."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _widest(rows: list[SheetRow]) -> int | None:
    width = max((len(row.cells) + len(row.formulas) for row in rows), default=0)
    return next((at for at, row in enumerate(rows) if row.only_text and len(row.cells) == width), None)
