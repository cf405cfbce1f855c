"""The row that names a source's columns: which one it is, and what the columns are called inside. No cell is read."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ampenet_sync.config.bounds import NAMED_COLUMNS
from ampenet_sync.config.headings import heading, shown_heading
from ampenet_sync.errors import SourceError, sayable

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
LOOK_FOR_HEADING = 100  # filled rows
# For whoever doesn't know yet what the columns are called: no source has one of this name. So the heading is the first
# row that is as wide as most, and names may stand twice in it.
NOT_KNOWN_YET = frozenset({"\0"})
_SHOWN = 20
_PHONE = re.compile(r"[\s'(]*\+?[\s(]*\d[\d\s().+-]*")
_PHONE_DIGITS = 7
_DATE = re.compile(r"\d{4}[-.]\d\d[-.]\d\d|\d\d[-.]\d\d[-.]\d{4}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.\w+")


@dataclass(frozen=True)
class Wanted:
    """By what the heading is known: the columns it must name, or its line; without both it is the first row.

    `phone` is the column of phones.
    """

    columns: frozenset[str] = frozenset()
    header_row: int | None = None
    phone: str = ""

    @property
    def looked_at(self) -> int:
        """How many filled rows it is looked for in."""
        return LOOK_FOR_HEADING if self.columns else 1


def check_is_header(names: list[str], *, name: str) -> None:
    """Raises SourceError `no_header` where a name is a phone number or an e-mail address: it is somebody's row."""
    for at, cell in enumerate(names, start=1):
        phone = _is_phone(cell)
        if phone or _EMAIL.fullmatch(cell.strip()):
            what = "a phone number" if phone else "an e-mail address"
            hint = "write the columns' names above the customers, such as customer_id,phone"
            message = f"{name}: there is no header: column {at} would be named by {what}"
            raise SourceError(message, code="no_header", hint=hint)


def column_names(written: Sequence[str], *, name: str, needed: frozenset[str] = frozenset()) -> list[str]:
    """What the columns are called inside: as `heading` writes them, those that stand twice with a number.

    Raises SourceError `too_large` for too many, `missing_name` for a blank name, `duplicate_column` where one that is
    `needed` stands twice; where it isn't known what is needed, any may be.
    """
    if len(written) > NAMED_COLUMNS:
        message = f"{name}: {len(written):,} columns; at most {NAMED_COLUMNS:,} are read"
        raise SourceError(message, code="too_large", hint="export the columns of customers that are needed")
    seen = [heading(text) for text in written]
    if "" in seen:
        raise missing_name(seen.index("") + 1, name=name)
    twice = {column for column, count in Counter(seen).items() if count > 1}
    if unclear := sorted(twice & needed if needed else twice):
        raise _duplicate(unclear, list(zip(seen, written, strict=True)), name)
    return numbered(seen) if twice else seen


def missing_name(position: int, *, name: str) -> SourceError:
    hint = "give it a name, or leave the column out (pandas writes one without: index=False)"
    return SourceError(f"{name}: column {position} has no name", code="missing_name", hint=hint)


def numbered(names: Sequence[str]) -> list[str]:
    """`a, b, a` → `a (1), b, a (2)`; numbers that other columns bear are passed over."""
    counts, taken, columns = Counter(names), set(names), []
    numbers = {column: iter(_numbers(column)) for column, count in counts.items() if count > 1}
    for column in names:
        if column in numbers:
            column = next(name for name in numbers[column] if name not in taken)
            taken.add(column)
        columns.append(column)
    return columns


def numbered_twins(column: str, names: Iterable[str]) -> list[str]:
    """The names under which a column that stands several times is known inside, whatever its letter case."""
    twins = [name for name in names if re.fullmatch(re.escape(column) + r" \(\d+\)", name, re.IGNORECASE)]
    return twins if len(twins) > 1 else []


def find_heading_row(rows: Iterable[Sequence[str]], needed: frozenset[str]) -> int | None:
    """The first of the rows that names every needed column."""
    return next((at for at, row in enumerate(rows) if needed <= _known_as(row)), None)


def nearest_heading_row(rows: Sequence[Sequence[str]], needed: frozenset[str]) -> int | None:
    """The first of the rows that name most of the needed columns; None where no row names any."""
    counts = [len(needed & _known_as(row)) for row in rows]
    return counts.index(max(counts)) if any(counts) else None


def in_one_cell(cell: str, needed: frozenset[str]) -> bool:
    """Whether a whole heading of several columns was put into one cell."""
    parted = (next(csv.reader([cell], delimiter=sign), []) for sign in DELIMITERS if sign in cell)
    return any(find_heading_row([cells], needed) is not None for cells in parted) and bool(needed)


def check_nobody_above(
    rows: Iterable[tuple[int, Sequence[str]]], at: int | None, *, name: str, heading_row: int
) -> None:
    """Raises SourceError `rows_above_heading` where a row above the heading has a phone below the phones' name.

    `rows` are their numbers and cells, `at` is the position of the phones' column. A list that was sorted with its
    heading would lose the customers above it.
    """
    for number, cells in rows:
        if at is not None and at < len(cells) and _is_phone(cells[at]):
            message = (
                f"{name}:{heading_row}: the heading stands below a row that looks like a customer's (line {number})"
            )
            hint = f"move the heading to the top; or write header_row: {heading_row} if what is above it is no customer"
            raise SourceError(message, code="rows_above_heading", hint=hint)


def check_same(first: tuple[str, list[str]], other: tuple[str, list[str]], *, line: int = 1) -> None:
    """Raises SourceError `other_header` where a further file (name, columns) has other columns or another order."""
    if first[1] == other[1]:
        return
    message = f"{other[0]}:{line}: other columns than in {first[0]}: {_listed(other[1])}"
    message += f"; there: {_listed(first[1])}"
    raise SourceError(message, code="other_header", hint="all files of one source need the same header")


def _duplicate(unclear: list[str], pairs: list[tuple[str, str]], name: str) -> SourceError:
    """Where they look alike and differ in what is not seen, that is shown."""
    written = [
        " and ".join(dict.fromkeys(shown_heading(text) for seen, text in pairs if seen == column)) for column in unclear
    ]
    message = f"{name}: columns of the same name: {_listed(written)}"
    hint = "rename or remove one of them: nobody can tell which one is meant"
    first = sayable(f"{unclear[0]} (1)")
    return SourceError(message, code="duplicate_column", hint=f"{hint}; or name the one that is, such as '{first}'")


def _numbers(column: str) -> Iterable[str]:
    number = 0
    while True:
        number += 1
        yield f"{column} ({number})"


def _known_as(row: Sequence[str]) -> set[str]:
    seen = [heading(cell) for cell in row]
    return {*seen, *numbered(seen)}


def _is_phone(cell: str) -> bool:
    digits = sum(sign.isdigit() for sign in cell)
    return bool(_PHONE.fullmatch(cell)) and digits >= _PHONE_DIGITS and not _DATE.fullmatch(cell.strip())


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(map(sayable, names[:_SHOWN])) + more
