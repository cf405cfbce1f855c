"""All links of a group as an Arrow table.

The database writes them as JSON, some thousands at once, and Arrow reads that: no link is ever an object in Python.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json
from sqlalchemy import Connection, text

from ampenet_sync.ledger.database import Ledger

IN_ONE_TEXT = 8_192  # links, of SQLite: some 1 MB
IN_ONE_PIECE = 1 << 20  # bytes, of PostgreSQL
TEXTS = ("uid", "customer_key", "phone")

# One object with a list for each column: to SQLite that is half the work of an object for each row. Rows are asked for
# by their ids alone: other indexes lead through the table in another order.
_SQLITE = text(
    r"""
    SELECT CAST('{"uid"\:' || json_group_array(uid) || ',"customer_key"\:' || json_group_array(customer_key)
        || ',"phone"\:' || json_group_array(phone) || ',"owned"\:' || json_group_array(owned)
        || ',"gone"\:' || json_group_array(state = 'gone')
        || ',"fields"\:[' || group_concat(fields) || ']}' AS BLOB)
    FROM contacts
    WHERE id >= :first AND id < :end AND +destination = :destination AND +group_uid = :group_uid AND +state <> 'deleted'
    """
)
# An object a line. JSON has no control character in it, so nothing has to be quoted.
_POSTGRESQL = """
    COPY (
        SELECT '{{"uid":' || to_json(uid) || ',"customer_key":' || to_json(customer_key) || ',"phone":'
            || to_json(phone) || ',"owned":' || owned::int
            || ',"gone":' || (state = 'gone')::int || ',"fields":' || fields || '}}'
        FROM contacts WHERE destination = {} AND group_uid = {} AND state <> 'deleted'
    ) TO STDOUT (FORMAT csv, QUOTE E'\\x1e', DELIMITER E'\\x1f')
"""


def read_links(ledger: Ledger, destination: int, group_uid: str, fields: Sequence[str] = ()) -> pa.Table:
    """Columns, without nulls: uid, customer_key, phone (text), owned and gone (bool), and of each managed field what
    was last written or seen (text; blank where nothing was).

    `gone`: somebody removed the contact there. Links of contacts that we deleted ourselves are not among them.
    """
    with ledger.read() as db:
        if db.dialect.name == "postgresql":
            tables = [_rows(piece, fields) for piece in copied(db, _POSTGRESQL, destination, group_uid)]
        else:
            tables = [_columns(piece, fields) for piece in _from_sqlite(db, destination, group_uid)]
    return pa.concat_tables([_schema(fields).empty_table(), *tables])


def _schema(fields: Sequence[str]) -> pa.Schema:
    texts = [(name, pa.string()) for name in TEXTS]
    return pa.schema([*texts, ("owned", pa.bool_()), ("gone", pa.bool_()), *((name, pa.string()) for name in fields)])


def _from_sqlite(db: Connection, destination: int, group_uid: str) -> Iterator[bytes]:
    last = db.scalar(text("SELECT max(id) FROM contacts")) or 0
    for first in range(0, last + 1, IN_ONE_TEXT):
        place = {"first": first, "end": first + IN_ONE_TEXT, "destination": destination, "group_uid": group_uid}
        if piece := db.scalar(_SQLITE, place):
            yield piece


def copied(db: Connection, query: str, *values: object) -> Iterator[bytes]:
    """What PostgreSQL's COPY gives of the query, whose {} are the values, in pieces that end where a row does."""
    from psycopg import sql  # the driver is an extra

    driver: Any = db.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(sql.SQL(query).format(*values)) as copy:
        rows, size = list[bytes](), 0
        for row in copy:
            rows.append(row)
            size += len(row)
            if size > IN_ONE_PIECE:
                yield b"".join(rows)
                rows, size = [], 0
        if rows:
            yield b"".join(rows)


def _columns(piece: bytes, fields: Sequence[str]) -> pa.Table:
    """Of one object with a list for each column."""
    lists = _read(piece, pa.schema([(column.name, pa.list_(column.type)) for column in _in_json(fields)]))
    return _table({name: lists[name].combine_chunks().flatten() for name in lists.column_names}, fields)


def _rows(piece: bytes, fields: Sequence[str]) -> pa.Table:
    """Of an object a line."""
    rows = _read(piece, _in_json(fields))
    return _table({name: rows[name].combine_chunks() for name in rows.column_names}, fields)


def _in_json(fields: Sequence[str]) -> pa.Schema:
    texts = [(name, pa.string()) for name in TEXTS]
    return pa.schema(
        [
            *texts,
            ("owned", pa.int8()),
            ("gone", pa.int8()),
            ("fields", pa.struct([(name, pa.string()) for name in fields])),
        ]
    )


def _read(piece: bytes, schema: pa.Schema) -> pa.Table:
    return pyarrow.json.read_json(
        io.BytesIO(piece),
        read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=len(piece) + 1),
        parse_options=pyarrow.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
    )


def _table(columns: dict[str, pa.Array], fields: Sequence[str]) -> pa.Table:
    texts = [columns[name] for name in TEXTS]
    written = [pc.fill_null(columns["fields"].field(name), "") for name in fields]
    flags = [columns[name].cast(pa.bool_()) for name in ("owned", "gone")]
    return pa.table([*texts, *flags, *written], schema=_schema(fields))
