"""The quarantine as a CSV file a person can open in a spreadsheet. Taking mended rows back is not done here."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from ampenet_sync.contacts.files import write_private

_LEADING = ["source_file", "source_line", "reason", "hint"]
_FORMULA = (
    r"^([\t\r\n]|\s*[=+\-@＝＋－＠])"  # what makes a spreadsheet calculate; an apostrophe before it makes it text
)


def export_quarantine(quarantine: pd.DataFrame, path: Path) -> None:
    """Write file, line, reason and hint, then the source's columns under their own names; formulas are made inert."""
    source = [column for column in quarantine.columns if column.startswith("source.")]
    table = pa.Table.from_pandas(quarantine[[*_LEADING, *source]], preserve_index=False)
    names = pa.array([*_LEADING, *(column.removeprefix("source.") for column in source)], pa.string())
    columns = [
        _inert(column) if pa.types.is_large_string(column.type) or pa.types.is_string(column.type) else column
        for column in table.columns
    ]
    safe = pa.table(columns, names=_inert(names).to_pylist())
    write_private(path, lambda beside: pyarrow.csv.write_csv(safe, beside))


def _inert(texts: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    risky = pc.match_substring_regex(texts, pattern=_FORMULA)
    return pc.if_else(
        risky, pc.binary_join_element_wise(pa.scalar("'", texts.type), texts, pa.scalar("", texts.type)), texts
    )
