"""The rows of a query from PostgreSQL by COPY, which is several times as fast as fetching them one by one.

It runs in the transaction that the query was begun in and beside its cursor, so that where it can't be done, the rows
are fetched as from any other database, and nothing has happened.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from typing import Any

import pyarrow as pa
import pyarrow.csv
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from ampenet_sync.config.bounds import BATCH_BYTES
from ampenet_sync.errors import SourceError
from ampenet_sync.sources.sql.postgres import Reader, column_readers
from ampenet_sync.sources.sql.session import SILENT_SECONDS, too_slow
from ampenet_sync.sources.sql.sqlite import TimeLimit

# The server's own clock would count the time that we take over the rows: we look at ours. It looks whether we are
# still there. Parallel workers hand rows over in another order each time, and a cursor never has any.
_SETTINGS = (
    "SET LOCAL statement_timeout = 0",
    f"SET LOCAL client_connection_check_interval = {SILENT_SECONDS * 1000}",
    "SET LOCAL max_parallel_workers_per_gather = 0",
)
_NOT_WHOLE = "look at the server's log; nothing was decided from the rows that came"


def copied_tables(
    connection: Connection, statement: str, cursor: Any, columns: list[str], *, patience: TimeLimit, rows: int
) -> Iterator[pa.Table] | None:
    """The rows that `cursor` was opened for and none was fetched of, so many `rows` at a time, as text.

    None where this server, this statement or a type of its columns isn't one for COPY. Raises SourceError `timeout`
    when the patience ends, which begins anew with each table; else what the driver raises, as SQLAlchemy wraps it.
    """
    if connection.dialect.driver != "psycopg" or not columns:
        return None
    driver: Any = connection.connection.driver_connection
    with _wrapped():
        readers = column_readers(driver, [column[1] for column in cursor.description])
        if readers is None:
            return None
        line = _Line(driver, patience)
        return _tables(line, readers, columns, rows) if _is_begun(line, statement) else None


def _is_begun(line: _Line, statement: str) -> bool:
    """Whether rows come now. Some servers know no such settings, or no COPY of a query: then all is as it was."""
    from psycopg import DatabaseError, OperationalError

    line.driver.execute("SAVEPOINT before_copy")
    try:
        for setting in _SETTINGS:
            line.driver.execute(setting)
        line.begin(f"COPY (\n{statement}\n) TO STDOUT (FORMAT csv, ENCODING 'UTF8')")
    except OperationalError:
        raise
    except DatabaseError:
        line.driver.execute("ROLLBACK TO SAVEPOINT before_copy")
        return False
    return True


def _tables(line: _Line, readers: Sequence[Reader], columns: list[str], rows: int) -> Iterator[pa.Table]:
    with _wrapped():
        while taken := line.take(rows):
            count, data = taken
            written = _parsed(data, count, len(columns))
            texts = [read(column) for read, column in zip(readers, written, strict=True)]
            yield pa.table(texts, names=columns)


class _Line:
    """The connection while COPY runs on it."""

    def __init__(self, driver: Any, patience: TimeLimit) -> None:
        self.driver = driver
        self._pgconn = driver.pgconn
        self._patience = patience
        self._rows = 0
        self._ended = False

    def begin(self, statement: str) -> None:
        from psycopg import pq

        self._pgconn.send_query_params(statement.encode(), None)  # of several statements it would refuse all
        while self._pgconn.flush():
            self._wait(EVENT_WRITE)
        while self._pgconn.is_busy():
            self._wait()
        result = self._pgconn.get_result()
        if result.status != pq.ExecStatus.COPY_OUT:
            raise self._error(result)

    def take(self, rows: int) -> tuple[int, bytes] | None:
        """So many rows or BATCH_BYTES of them, a message being a row; None at the end, which the server confirms."""
        data, count = bytearray(), 0
        take = self._pgconn.get_copy_data
        self._patience.begin()
        while not self._ended and count < rows and len(data) < BATCH_BYTES:
            length, row = take(1)
            if length > 0:
                data += row
                count += 1
            elif length == 0:
                self._wait()
            else:
                self._ended = True
        self._rows += count
        if self._ended:
            self._check_end()
        return (count, bytes(data)) if count else None

    def _check_end(self) -> None:
        """Raises what the server says where it did not end well, or where it counted other rows than we."""
        from psycopg import pq

        while self._pgconn.is_busy():
            self._wait()
        result = self._pgconn.get_result()
        if result is None:
            return  # it was looked at before
        if result.status != pq.ExecStatus.COMMAND_OK:
            raise self._error(result)
        if result.command_tuples != self._rows:
            message = f"{self._rows:,} rows came of {result.command_tuples or 0:,} that the database sent"
            raise SourceError(message, code="sql", hint=_NOT_WHOLE)
        self._drain()

    def _wait(self, event: int = EVENT_READ) -> None:
        """For more bytes, or until some can be sent, as long as the patience lasts."""
        from psycopg import Error

        with DefaultSelector() as selector:
            selector.register(self._pgconn.socket, event)
            if not selector.select(self._patience.left()):
                with suppress(Error):  # we hang up in any case, and the server looks whether we are there
                    self.driver.cancel_safe(timeout=SILENT_SECONDS)
                raise too_slow(f"the database took more than {self._patience.seconds} seconds")
        self._pgconn.consume_input()

    def _error(self, result: Any) -> Exception:
        from psycopg.errors import error_from_result

        self._drain()
        return error_from_result(result, encoding="utf-8")

    def _drain(self) -> None:
        """The connection is free for the next statement when nothing more is told of this one."""
        while self._pgconn.get_result() is not None:
            continue


def _parsed(data: bytes, rows: int, width: int) -> list[pa.Array]:
    """Each column's text; null is what stands there without quotes and letters."""
    whole = pyarrow.csv.ReadOptions(
        use_threads=False, column_names=[str(at) for at in range(width)], block_size=len(data) + 4
    )
    parse = pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False)
    convert = pyarrow.csv.ConvertOptions(
        column_types={str(at): pa.string() for at in range(width)},
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
    )
    data = BOM_UTF8 + data if data.startswith(BOM_UTF8) else data  # pyarrow drops one, and this one is a cell's
    try:
        table = pyarrow.csv.read_csv(pa.BufferReader(data), whole, parse, convert)
    except pa.ArrowInvalid:
        table = None
    if table is None or table.num_rows != rows:
        raise SourceError("rows of the database can't be told apart", code="sql", hint=_NOT_WHOLE)
    return [column.combine_chunks() for column in table.columns]


@contextmanager
def _wrapped() -> Iterator[None]:
    """Errors of the driver as SQLAlchemy's, as they come of its own calls."""
    from psycopg import Error

    try:
        yield
    except Error as error:
        raise DBAPIError(None, None, error) from error
