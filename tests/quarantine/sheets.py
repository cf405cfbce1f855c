"""A quarantine made by hand, and what people and programs do to its file. It holds no expectations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa

from ampenet_sync.customers.rowid import row_ids

COLUMNS = ("id", "phone", "note")


def quarantine(*rows: Sequence[str], columns: Sequence[str] = COLUMNS, written: Sequence[str] = ()) -> pd.DataFrame:
    """One row of schemas.Quarantine for each row of cells; `written` for those whose cells can't be told apart."""
    cells = zip(*rows, strict=True) if rows else [()] * len(columns)
    source = pa.Table.from_arrays([pa.array(cell, pa.string()) for cell in cells], names=list(columns))
    texts = [*written, *[""] * (len(rows) - len(written))]
    own = {
        "source_file": ["customers.csv"] * len(rows),
        "source_line": list(range(2, 2 + len(rows))),
        "customer_key": [""] * len(rows),
        "reason": ["ragged_row" if text else "too_short" for text in texts],
        "hint": ["The number has too few digits for its country."] * len(rows),
        "hint_sw": ["Namba ina tarakimu chache mno kwa nchi yake."] * len(rows),
        "row_id": row_ids(source, texts),
        "written": texts,
    }
    own |= {f"source.{name}": column.to_pylist() for name, column in zip(columns, source.columns, strict=True)}
    types = {name: "int64" if name == "source_line" else "str" for name in own}
    return pd.DataFrame(own).astype(types)


def edit(path: Path, row: int, column: str, value: object, *, save_as: Path | None = None) -> None:
    """Type a value into a cell of the workbook, as a person would (the heading is row 1), and save it."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    (at,) = [cell.column for cell in sheet[1] if cell.value == column]
    sheet.cell(row, at).value = value  # type: ignore[assignment]
    book.save(save_as or path)
