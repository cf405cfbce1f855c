"""Rows of a sheet → the customers' table in it: where its heading is, which columns it has. No file is opened here."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from ampenet_sync.errors import SourceError
from ampenet_sync.sources.header import check_names
from ampenet_sync.sources.xlsxrows import Row

LOOK_FOR_HEADING = 100  # filled rows
LONGEST_CELL = 32_767  # what a cell of Excel can hold
LONGEST_WRITTEN = 10_000


@dataclass(frozen=True)
class Heading:
    """The row that names the columns: column (from 1) → name."""

    row: int
    names: dict[int, str]

    def holds(self, row: Row) -> bool:
        """Whether the row has anything in these columns."""
        return not (self.names.keys().isdisjoint(row.cells) and self.names.keys().isdisjoint(row.formulas))


def find_heading(rows: Iterator[Row], needed: frozenset[str], *, name: str) -> tuple[Heading, Iterator[Row]]:
    """The heading, and the rows below it.

    It is the first row with every needed column; where there is none, or none is needed, the first row of nothing but
    texts that is as wide as the widest. Raises SourceError `no_heading` or `duplicate_column`.
    """
    first = [row for _, row in zip(range(LOOK_FOR_HEADING), rows, strict=False)]
    at = _with_columns(first, needed) if needed else None
    at = _widest(first) if at is None else at
    if at is None:
        hint = "write the columns' names into one row above the customers, one name above each column"
        raise SourceError(f"{name}: no row names the columns", code="no_heading", hint=hint)
    heading = Heading(first[at].number, {at: text for at, text in first[at].cells.items() if text.strip()})
    check_names(list(heading.names.values()), name=f"{name}:{heading.row}")
    return heading, chain(first[at + 1 :], rows)


def check_nameless(heading: Heading, row: Row, *, name: str) -> None:
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


def fault(heading: Heading, row: Row) -> str:
    """Why the row can't be read, one of phones.ROW_REASONS, or "". Each column counts: a segment may ask for any."""
    texts = [text for column, text in row.cells.items() if column in heading.names]
    if any("\0" in text for text in texts):
        return "unreadable_bytes"
    if any(len(text) > LONGEST_CELL for text in texts):
        return "cell_too_long"
    return "" if heading.names.keys().isdisjoint(row.formulas) else "formula"


def written(heading: Heading, row: Row) -> str:
    """The row as a line of CSV in the order of the columns, formulas as they are written."""
    line = io.StringIO(newline="")
    whole = {**row.cells, **row.formulas}
    csv.writer(line, lineterminator="").writerow(whole.get(column, "") for column in heading.names)
    return line.getvalue()[:LONGEST_WRITTEN]


def letters(column: int) -> str:
    """28 → `AB`."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _with_columns(rows: Iterable[Row], needed: frozenset[str]) -> int | None:
    return next((at for at, row in enumerate(rows) if needed <= set(row.cells.values())), None)


def _widest(rows: list[Row]) -> int | None:
    width = max((len(row.cells) + len(row.formulas) for row in rows), default=0)
    return next((at for at, row in enumerate(rows) if row.only_text and len(row.cells) == width), None)
