"""All links of a group as an Arrow table.

The database writes them as CSV, some thousands at once, and Arrow reads that: no link is ever an object in Python.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.csv
from sqlalchemy import Connection, text

from ampenet_sync.ledger.database import Ledger

IN_ONE_TEXT = 20_000  # links, of SQLite: some 3 MB
SCHEMA = pa.schema(
    [
        ("uid", pa.string()),
        ("customer_key", pa.string()),
        ("phone", pa.string()),
        ("fields", pa.string()),
        ("owned", pa.bool_()),
    ]
)

# SQLite writes no CSV by itself. A quote that hardly any text holds spares it most of the work of doubling quotes; a
# uid is plain, and JSON has no control character in it.
_QUOTE = "\x1e"
_Q = "char(30)"
_QUOTED = f" || {_Q} || ',' || {_Q} || ".join(
    ["uid", *(f"replace({name}, {_Q}, {_Q} || {_Q})" for name in ("customer_key", "phone")), "fields"]
)
# Rows are asked for by their ids alone: other indexes lead through the table in another order.
_SQLITE = text(
    f"""
    SELECT CAST(group_concat({_Q} || {_QUOTED} || {_Q} || CASE WHEN owned THEN ',true' ELSE ',false' END, char(10))
        AS BLOB)
    FROM contacts
    WHERE id >= :first AND id < :end AND +destination = :destination AND +group_uid = :group_uid AND +state = 'live'
    """  # noqa: S608 - the names are ours
)
_POSTGRESQL = (
    "COPY (SELECT uid, customer_key, phone, fields, CASE WHEN owned THEN 'true' ELSE 'false' END FROM contacts "
    "WHERE destination = {} AND group_uid = {} AND state = 'live') "
    "TO STDOUT (FORMAT csv, FORCE_QUOTE (uid, customer_key, phone, fields))"
)


def read_links(ledger: Ledger, destination: int, group_uid: str) -> pa.Table:
    """Columns, without nulls: uid, customer_key, phone, fields (text; the last one JSON, field → text), owned (bool).

    Links of contacts that we deleted ourselves are not among them.
    """
    with ledger.read() as db:
        if db.dialect.name == "postgresql":
            tables = [parsed(rows, SCHEMA) for rows in copied(db, _POSTGRESQL, destination, group_uid)]
        else:
            tables = [parsed(rows, SCHEMA, quote=_QUOTE) for rows in _from_sqlite(db, destination, group_uid)]
    return pa.concat_tables([SCHEMA.empty_table(), *tables])


def _from_sqlite(db: Connection, destination: int, group_uid: str) -> Iterator[bytes]:
    last = db.scalar(text("SELECT max(id) FROM contacts")) or 0
    for first in range(0, last + 1, IN_ONE_TEXT):
        place = {"first": first, "end": first + IN_ONE_TEXT, "destination": destination, "group_uid": group_uid}
        if rows := db.scalar(_SQLITE, place):
            yield rows


def copied(db: Connection, query: str, *values: object) -> Iterator[bytes]:
    """What PostgreSQL's COPY gives of the query, whose {} are the values, in pieces that end where a row does."""
    from psycopg import sql  # the driver is an extra

    driver: Any = db.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(sql.SQL(query).format(*values)) as copy:
        rows, size = list[bytes](), 0
        for row in copy:
            rows.append(row)
            size += len(row)
            if size > pyarrow.csv.ReadOptions().block_size:
                yield b"".join(rows)
                rows, size = [], 0
        if rows:
            yield b"".join(rows)


def parsed(content: bytes, schema: pa.Schema, *, quote: str = '"') -> pa.Table:
    """CSV that a database wrote, without a heading and without nulls, as a table."""
    return pyarrow.csv.read_csv(
        io.BytesIO(content),
        read_options=pyarrow.csv.ReadOptions(
            column_names=schema.names, block_size=max(len(content), 1), use_threads=False
        ),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True, quote_char=quote),
        convert_options=pyarrow.csv.ConvertOptions(column_types=schema, strings_can_be_null=False),
    )
