"""The rows for which a `where` is true. It runs on some of them at a time, against the clock."""

from __future__ import annotations

import re
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config.bounds import WHERE_AT_ONCE, WHERE_ROWS_A_SECOND, WHERE_SECONDS
from ampenet_sync.machine import HERE
from ampenet_sync.where.cost import Fault, cost
from ampenet_sync.where.read import read_where

if TYPE_CHECKING:
    import duckdb

    Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]


class Judge:
    """One expression on a connection of its own. `seconds` it may take, and one more for each `rows_a_second` rows.

    Raises Fault where the expression may not be run.
    """

    def __init__(
        self,
        where: str,
        connection: duckdb.DuckDBPyConnection,
        *,
        seconds: float = WHERE_SECONDS,
        rows_a_second: int = WHERE_ROWS_A_SECOND,
        clock: Callable[[], float] = HERE.monotonic,
    ) -> None:
        import duckdb  # slow to import

        self._connection, self._clock = connection, clock
        self._seconds, self._rows_a_second = seconds, rows_a_second
        self._rows, self._spent = 0, 0.0
        try:
            self._where = read_where(where, connection)
            self._expression = duckdb.SQLExpression(where)
        except duckdb.Error as error:
            raise Fault(_reason(error)) from None

    @property
    def names(self) -> set[str]:
        """The columns the expression names, as written there."""
        return self._where.names

    def kept(self, table: pa.Table) -> Numbers:
        """Of the last column, which numbers the rows, what stands in rows for which the expression is true, sorted."""
        self._rows += table.num_rows
        parts = [self._some(part) for part in self._parts(table)]
        return np.sort(np.concatenate(parts)) if parts else np.array([], dtype=np.int64)

    def _parts(self, table: pa.Table) -> Iterator[pa.Table]:
        """So many rows that little happens between two looks at the clock; at least one table, which may be empty."""
        row = cost(self._where.parts, _longest(table))
        rows = max(WHERE_AT_ONCE // max(row.made, row.steps, 1), 1)
        for start in range(0, max(table.num_rows, 1), rows):
            yield table.slice(start, rows)

    def _some(self, table: pa.Table) -> Numbers:
        import duckdb

        row = table.column_names[-1]
        try:
            with self._in_time(), warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # a value spelt like a column is a value all the same
                chosen = self._connection.from_arrow(table).filter(self._expression).project(f'"{row}"')
                return np.asarray(chosen.fetchnumpy()[row], dtype=np.int64)
        except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as error:
            typing = "; columns are text unless customers.types says otherwise" if "cast" in str(error) else ""
            raise Fault(_reason(error) + typing) from None
        except duckdb.InterruptException:
            raise self._late() from None
        except duckdb.OutOfMemoryException:
            raise Fault("it needs too much memory", hint="shorten what it compares: left(column, 100)") from None
        except duckdb.Error:  # its message holds a value of somebody's row
            hint = "write the column under customers.types, or compare it as text"
            raise Fault(f"a value in some row can't be compared so; {hint}") from None

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """DuckDB is interrupted when the time is over; what is over by then doesn't begin."""
        started, left = self._clock(), self._allowed() - self._spent
        if left <= 0:
            raise self._late()
        timer = threading.Timer(left, self._connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self._spent += self._clock() - started

    def _allowed(self) -> float:
        return self._seconds + self._rows / self._rows_a_second

    def _late(self) -> Fault:
        seconds = self._allowed()
        shown = f"{seconds:,.0f}" if seconds > 1 else f"{seconds:g}"
        message = f"it takes longer than {shown} seconds for {self._rows:,} rows"
        hint = "write it simpler, with shorter patterns, or shorten long texts first: left(column, 100)"
        return Fault(message, hint=hint)


def _longest(table: pa.Table) -> int:
    """Letters of the longest text."""
    texts = [column for column in table.itercolumns() if pa.types.is_string(column.type)]
    return max((pc.max(pc.utf8_length(column)).as_py() or 0 for column in texts), default=0)


def _reason(error: duckdb.Error) -> str:
    """The first line of DuckDB's message; long runs of digits, which may be a phone, are left out."""
    line = str(error).splitlines()[0].partition(": ")[2] or "it can't be read"
    return re.sub(r"\d{7,}", "…", line)[:200]
