"""What a run did to contacts, as an Arrow table: each change with what stood there before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from sqlalchemy import Row, and_, func, not_, select

from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger

PRUNED = "pruned"  # the code of a change that was carried out and is nobody's any more, as it is old
AT_ONCE = 10_000  # rows that are objects of Python for a moment
SCHEMA = pa.schema(
    [
        ("id", pa.int64()),
        ("change", pa.string()),
        ("uid", pa.string()),
        ("customer_key", pa.string()),
        ("phone", pa.string()),
        ("fields", pa.string()),
        ("before", pa.string()),
        ("owned", pa.bool_()),
    ]
)


def read_done(ledger: Ledger, destination: int, run: str, group_uid: str) -> pa.Table:
    """The changes that the run carried out in the group, oldest first, but for those of people who were forgotten.

    Columns: id (int64); change, uid, customer_key, phone, fields (JSON: field → text) and before (JSON, phone among the
    fields; null of a create), all text; owned (bool). Of creates of ledgers before version 5 uid is null.
    """
    c = t.changes.c
    query = select(*(c[name] for name in SCHEMA.names)).where(
        c.destination == destination, c.run == run, c.group_uid == group_uid, c.state == "done", c.phone != ""
    )
    with ledger.read() as db:
        cursor = db.execution_options(yield_per=AT_ONCE).execute(query.order_by(c.id))
        tables = [_table(rows) for rows in cursor.partitions()]
    return pa.concat_tables([SCHEMA.empty_table(), *tables])


def count_forgotten(ledger: Ledger, destination: int, run: str, group_uid: str) -> int:
    """How many of the changes that the run carried out in the group were of people who were forgotten since."""
    return _count_blank(ledger, destination, run, group_uid, pruned=False)


def count_pruned(ledger: Ledger, destination: int, run: str, group_uid: str) -> int:
    """How many of them are nobody's any more, as they are older than outcomes are kept."""
    return _count_blank(ledger, destination, run, group_uid, pruned=True)


def _count_blank(ledger: Ledger, destination: int, run: str, group_uid: str, *, pruned: bool) -> int:
    c = t.changes.c
    of_run = and_(c.destination == destination, c.run == run, c.group_uid == group_uid, c.state == "done")
    old = func.coalesce(c.code, "") == PRUNED
    query = select(func.count()).where(of_run, c.phone == "", old if pruned else not_(old))
    with ledger.read() as db:
        return int(db.scalar(query) or 0)


def groups_changed(ledger: Ledger, destination: int, run: str) -> list[str]:
    """The uids of the groups in which the run carried changes out."""
    c = t.changes.c
    query = select(c.group_uid).where(c.destination == destination, c.run == run, c.state == "done").distinct()
    with ledger.read() as db:
        return list(db.scalars(query.order_by(c.group_uid)))


def _table(rows: Sequence[Row[Any]]) -> pa.Table:
    columns = zip(*rows, strict=True)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA
    )
