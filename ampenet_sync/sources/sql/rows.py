"""Rows as a driver hands them over → batches of text. A value that can't be read is a fault of its row or an error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
from sqlalchemy.engine import CursorResult, Dialect

from ampenet_sync.errors import SourceError
from ampenet_sync.sources.batch import Batch, written_row
from ampenet_sync.sources.sql.sqlite import TimeLimit
from ampenet_sync.sources.texts import column_text

Rows = Sequence[Sequence[Any]]

# The drivers' type codes of bits that come as bytes.
_BITS = {"mysql": 16, "mariadb": 16}


def row_numbers(start: int, rows: int) -> pa.Array:
    """Of so many rows, the first of which has `start` before it."""
    return pa.array(range(start + 1, start + 1 + rows), pa.int64())


def fetched_batches(
    result: CursorResult[Any], columns: list[str], dialect: Dialect, *, name: str, patience: TimeLimit, rows: int
) -> Iterator[Batch]:
    """So many `rows` at a time, for each of which the patience begins anew; `name` is the source's."""
    bits = _bit_columns(result, dialect)
    start = 0
    for part in result.partitions(rows):
        yield _batch(_with_numbers(part, bits), columns, name, start, dialect)
        start += len(part)
        patience.begin()


def _batch(rows: Rows, columns: list[str], name: str, start: int, dialect: Dialect) -> Batch:
    """Text that is no UTF-8, or bytes among text, is a fault of its row; only SQLite lets them through."""
    lines = row_numbers(start, len(rows))
    try:
        table = _table([list(column) for column in zip(*rows, strict=True)], columns, dialect)
        return Batch(table, name, lines, table.nbytes)
    except (UnicodeEncodeError, SourceError):
        bad = [not all(_is_sound(value) for value in row) for row in rows]
        if not any(bad) or (not start and any(map(_is_of_bytes, zip(*rows, strict=True)))):
            raise
    sound = [[None] * len(row) if wrong else list(row) for row, wrong in zip(rows, bad, strict=True)]
    table = _table([list(column) for column in zip(*sound, strict=True)], columns, dialect)
    faults = pa.array(["unreadable_bytes" if wrong else "" for wrong in bad], pa.string())
    written = pa.array(
        [written_row(map(_replaced, row)) if wrong else "" for row, wrong in zip(rows, bad, strict=True)], pa.string()
    )
    return Batch(table, name, lines, table.nbytes, None, faults, written)


def _table(values: list[list[Any]], columns: list[str], dialect: Dialect) -> pa.Table:
    texts = [column_text(each, name=name, dialect=dialect) for each, name in zip(values, columns, strict=True)]
    return pa.table(texts, names=columns)


def _bit_columns(result: CursorResult[Any], dialect: Dialect) -> frozenset[int]:
    """The places of the columns that hold bits as bytes."""
    description = result.cursor.description if result.cursor is not None else []
    code = _BITS.get(dialect.name)
    return frozenset(at for at, column in enumerate(description) if code is not None and column[1] == code)


def _with_numbers(rows: Rows, bits: frozenset[int]) -> Rows:
    if not bits:
        return rows
    return [[_number(value) if at in bits else value for at, value in enumerate(row)] for row in rows]


def _number(value: bytes | int | None) -> int | None:
    """MySQL's BIT, which its drivers hand over as bytes, as the number that SQL itself makes of it."""
    return int.from_bytes(value, "big") if isinstance(value, bytes) else value


def _is_of_bytes(column: Sequence[Any]) -> bool:
    """Whether nothing but bytes stands in a column: no fault of its rows."""
    return {type(value) for value in column} - {type(None)} == {bytes}


def _is_sound(value: Any) -> bool:
    if isinstance(value, bytes):
        return False
    try:
        return not isinstance(value, str) or value.encode("utf-8") is not None
    except UnicodeEncodeError:
        return False


def _replaced(value: Any) -> Any:
    """Each byte that is no text as the sign for that."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace") if isinstance(value, str) else value
