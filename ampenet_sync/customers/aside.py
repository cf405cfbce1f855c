"""Rows that can't be used → rows of the quarantine. Why they can't is decided elsewhere."""

from __future__ import annotations

import pyarrow as pa

from ampenet_sync.customers.rowid import row_ids

SOURCE = "source."


def quarantine_rows(
    rows: pa.Table,
    reason: str | pa.ChunkedArray,
    *,
    hint: pa.Array | pa.ChunkedArray,
    hint_sw: pa.Array | pa.ChunkedArray,
    written: pa.ChunkedArray | None = None,
) -> pa.Table:
    """The columns of schemas.Quarantine in its order; `rows` has those of schemas.Customers, `reason` "" nowhere."""
    source = [name for name in rows.column_names if name.startswith(SOURCE)]
    as_written = rows.select(source).rename_columns([name.removeprefix(SOURCE) for name in source])
    texts = [""] * rows.num_rows if written is None else written.to_pylist()
    return texts_wide(
        pa.table(
            {
                "source_file": rows["source_file"],
                "source_line": rows["source_line"],
                "customer_key": rows["customer_key"],
                "reason": pa.repeat(reason, rows.num_rows) if isinstance(reason, str) else reason,
                "hint": hint,
                "hint_sw": hint_sw,
                "row_id": pa.array(row_ids(as_written, texts), pa.string()),
                "written": pa.array(texts, pa.string()),
                **{name: rows[name] for name in source},
            }
        )
    )


def texts_wide(table: pa.Table) -> pa.Table:
    """Text with wide offsets: pandas takes it as it is, and many row groups make one column of any size."""
    fields = [field.with_type(pa.large_string()) if pa.types.is_string(field.type) else field for field in table.schema]
    return table.cast(pa.schema(fields))
