"""Sealed files made from plain records, also such as the program itself never makes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ampenet_sync.files.sealed import Kind, sealing
from ampenet_sync.sync.planfile import Header, PlanFile, plan_schema, write_plan
from ampenet_sync.sync.rows import Row

Records = list[dict[str, Any]]


def seal(kind: Kind, schema: pa.Schema, path: Path, header: dict[str, Any], records: Records) -> Path:
    """Write records and header with their right digest, whatever they say."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(records, schema=schema)
    if any(column.null_count for column in table.columns):  # no digest names such a table
        said = json.dumps({"format": kind.version, "digest": "0" * 32, "header": header})
        pq.write_table(table.replace_schema_metadata({kind.key: said.encode()}), path)
        return path
    with sealing(kind, schema, path.parent) as file:
        for batch in table.to_batches():
            file.add(batch)
        return file.end(header, lambda digest: path).path


def written_plan(header: Header, rows: Iterable[Row], folder: Path) -> PlanFile:
    """The plan of these rows, in a file of the folder."""
    table = pa.Table.from_pylist([record(row, header.fields) for row in rows], schema=plan_schema(header.fields))
    return write_plan(header, table.to_batches(), folder)


def record(row: Row, fields: Iterable[str]) -> dict[str, Any]:
    """A plan's row as its file has it."""
    sides = {
        f"{name}_{side}": (values.flat() if values else {}).get(name, "")
        for side, values in (("before", row.before), ("after", row.after))
        for name in ("phone", *fields)
    }
    return {
        "change": row.change.value,
        "reason": row.reason.value,
        "uid": row.uid or "",
        "customer_key": row.customer_key,
        "owned": row.owned,
        "source": row.source,
        **sides,
    }
