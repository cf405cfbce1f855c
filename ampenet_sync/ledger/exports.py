"""What the ledger knows of runs, changes and messages, as Arrow tables. No text of a message and no name is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pyarrow as pa
from sqlalchemy import ColumnElement, Row, Table, select

from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger

AT_ONCE = 20_000  # rows
MOMENT = pa.timestamp("us", tz="UTC")

Read = Callable[[Row[Any]], Any]


def _moment(name: str) -> Read:
    def read(row: Row[Any]) -> int | None:
        at = getattr(row, name)
        return None if at is None else round(at * 1_000_000)

    return read


def _plain(name: str) -> Read:
    return lambda row: getattr(row, name)


def _phone(row: Row[Any]) -> str:
    """Of who was forgotten another word stands there."""
    return str(row.phone) if row.phone[:1].isdigit() else ""


# Table → column → its type, and how it is read.
TABLES: Final[Mapping[str, Mapping[str, tuple[pa.DataType, Read]]]] = {
    "runs": {
        "run": (pa.string(), _plain("id")),
        "kind": (pa.string(), _plain("kind")),
        "subject": (pa.string(), _plain("subject")),
        "plan": (pa.string(), _plain("plan")),
        "began_at": (MOMENT, _moment("started_at")),
        "ended_at": (MOMENT, _moment("ended_at")),
    },
    "changes": {
        "run": (pa.string(), _plain("run")),
        "plan": (pa.string(), _plain("plan")),
        "group_uid": (pa.string(), _plain("group_uid")),
        "change": (pa.string(), _plain("change")),
        "key": (pa.string(), _plain("customer_key")),
        "phone": (pa.string(), _phone),
        "state": (pa.string(), _plain("state")),
        "code": (pa.string(), _plain("code")),
        "attempts": (pa.int32(), _plain("attempts")),
        "claimed_at": (MOMENT, _moment("claimed_at")),
        "finished_at": (MOMENT, _moment("finished_at")),
    },
    "messages": {
        "run": (pa.string(), _plain("run")),
        "campaign": (pa.string(), _plain("campaign")),
        "edition": (pa.string(), _plain("edition")),
        "audience": (pa.string(), _plain("audience")),
        "key": (pa.string(), _plain("customer_key")),
        "phone": (pa.string(), _phone),
        "parts": (pa.int32(), _plain("parts")),
        "state": (pa.string(), _plain("state")),
        "code": (pa.string(), _plain("code")),
        "claimed_at": (MOMENT, _moment("claimed_at")),
        "finished_at": (MOMENT, _moment("finished_at")),
    },
}
_FROM: Final[Mapping[str, tuple[Table, ColumnElement[Any]]]] = {
    "runs": (t.runs, t.runs.c.started_at),
    "changes": (t.changes, t.changes.c.id),
    "messages": (t.messages, t.messages.c.id),
}


def read_table(ledger: Ledger, name: str) -> Iterator[pa.Table]:
    """The rows of runs, changes or messages, the oldest first, some thousands at a time; at first none.

    Columns as `TABLES` has them. Of who was forgotten phone and key are "". Moments are UTC.
    """
    columns = TABLES[name]
    schema = pa.schema([(column, kind) for column, (kind, _) in columns.items()])
    yield schema.empty_table()
    table, order = _FROM[name]
    with ledger.read() as db:
        for rows in db.execution_options(yield_per=AT_ONCE).execute(select(table).order_by(order)).partitions():
            yield pa.table(
                [pa.array([read(row) for row in rows], kind) for kind, read in columns.values()], schema=schema
            )
