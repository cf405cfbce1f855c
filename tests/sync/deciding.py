"""The plan's query asked with plain values, so that a test reads like a table."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pyarrow as pa

from ampenet_sync.api import Contact
from ampenet_sync.ledger.links import Link
from ampenet_sync.sync import plan as query
from ampenet_sync.sync.relations import InMemory
from ampenet_sync.sync.rows import SHOWN, Change, Reason, Row, Values
from tests.sync.oracle import Comparison, Desired, Known

PLACES = {"customer_key": pa.string(), "source_file": pa.string(), "source_line": pa.int64()}


def compare(
    desired: Sequence[Desired],
    live: Sequence[Contact] | None,
    known: Known,
    *,
    rules: query.Rules,
    mapped: Collection[str] = SHOWN,
    fields: Sequence[str] = SHOWN,
) -> Comparison:
    """Without `live` the ledger stands for the group."""
    sides = query.Sides(
        desired=_desired(desired, mapped, fields),
        live=None if live is None else _live(live, fields),
        links=_links(known.links, fields),
        customers=_table([], PLACES),
        quarantined=_table([], PLACES),
    )
    facts = query.Known(known.held, known.suppressed, known.opted_out, known.doubts)
    with query.compare(sides, facts, rules=rules, fields=fields) as found:
        table = found.batches().read_all()
        counted = found.counted
    rows = tuple(_row(record, fields) for record in table.to_pylist())
    assert {row.reason: counted.because(row.reason) for row in rows} == dict(counted.reasons)
    assert all(counted.count(change) == sum(row.change is change for row in rows) for change in Change)
    return Comparison(rows, counted.unchanged, counted.foreign, counted.linked)


def _desired(desired: Sequence[Desired], mapped: Collection[str], fields: Sequence[str]) -> InMemory:
    columns = {"customer_key": pa.string(), "phone": pa.string(), **dict.fromkeys(fields, pa.string())}
    rows = [
        {
            "customer_key": want.customer_key,
            "phone": want.values.phone,
            **{name: want.values.fields.get(name, "") if name in mapped else None for name in fields},
        }
        for want in desired
    ]
    return _table(rows, {**columns, "source_file": pa.string(), "source_line": pa.int64()})


def _live(live: Sequence[Contact], fields: Sequence[str]) -> InMemory:
    rows = [
        {"uid": c.uid, "phone": c.phone, "first_name": c.first_name, "last_name": c.last_name, **dict(c.fields)}
        for c in live
    ]
    return _table(rows, dict.fromkeys(("uid", "phone", *fields), pa.string()))


def _links(links: Sequence[Link], fields: Sequence[str]) -> InMemory:
    rows = [
        {
            "uid": link.uid,
            "customer_key": link.customer_key,
            "phone": link.phone,
            **{name: link.fields.get(name, "") for name in fields},
            "owned": link.owned,
            "gone": link.gone,
        }
        for link in links
    ]
    columns = dict.fromkeys(("uid", "customer_key", "phone", *fields), pa.string())
    return _table(rows, {**columns, "owned": pa.bool_(), "gone": pa.bool_()})


def _table(rows: list[dict[str, object]], columns: dict[str, pa.DataType]) -> InMemory:
    return InMemory(pa.Table.from_pylist(rows, schema=pa.schema(list(columns.items()))))


def _row(record: dict[str, str], fields: Sequence[str]) -> Row:
    before, after = (
        Values(record[f"phone_{side}"], {name: record[f"{name}_{side}"] for name in fields})
        for side in ("before", "after")
    )
    return Row(
        Change(record["change"]),
        Reason(record["reason"]),
        record["uid"] or None,
        record["customer_key"],
        before if before.phone else None,
        after if after.phone else None,
        bool(record["owned"]),
        record["source"],
    )
