"""One small table as every kind of source, so that a rule can be tried on all of them. It holds no expectations."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Sequence
from html import escape
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ampenet_sync.config import Source
from ampenet_sync.sources import Batch, open_batches
from ampenet_sync.sources.handed import handed_batches
from tests.sources.excel.workbooks import sheet, text_row, workbook

KINDS = ("csv", "xlsx", "parquet", "sql", "frame", "arrow")
FILES = ("csv", "xlsx")  # those whose heading is looked for

Rows = Sequence[Sequence[str]]


def batches(
    kind: str, folder: Path, *rows: Sequence[str], needed: Sequence[str] = (), **options: object
) -> list[Batch]:
    """What is read of a table whose first row is the heading, or, in files, whose first rows hold it somewhere."""
    wanted = frozenset(needed)
    if kind in ("frame", "arrow"):
        return list(handed_batches(made(kind, rows), needed=wanted))
    source = {**written(kind, folder, rows), **options}
    return list(open_batches(Source.model_validate(source), folder=folder, needed=wanted, phone="phone", environ={}))


def written(kind: str, folder: Path, rows: Rows) -> dict[str, object]:
    """The table as a file of `folder`, and how ampenet.yaml names it."""
    if kind == "csv":
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(rows)
        (folder / "c.csv").write_text(text.getvalue(), encoding="utf-8")
        return {"csv": "c.csv"}
    if kind == "xlsx":
        cells = "".join(text_row(at, *map(escape, row)) for at, row in enumerate(rows, start=1))
        (folder / "c.xlsx").write_bytes(workbook(sheet(cells)))
        return {"xlsx": "c.xlsx"}
    if kind == "parquet":
        pq.write_table(made("arrow", rows), folder / "c.parquet")
        return {"parquet": "c.parquet"}
    return {"sql": {"url": "sqlite:///c.db", "query": _query(folder / "c.db", rows)}}


def made(kind: str, rows: Rows) -> pd.DataFrame | pa.Table:
    """The table as it is handed in; a blank cell of a frame is None there."""
    if kind == "frame":
        return pd.DataFrame([[cell or None for cell in row] for row in rows[1:]], columns=list(rows[0]))
    columns = [pa.array(cells, pa.string()) for cells in zip(*rows[1:], strict=True)]
    return pa.Table.from_arrays(columns, names=list(rows[0]))


def _query(path: Path, rows: Rows) -> str:
    """A query, as the columns of a table can't bear one name twice."""
    names = [f"c{at}" for at in range(len(rows[0]))]
    with sqlite3.connect(path) as connection:
        connection.execute(f"create table t ({', '.join(names)})")
        connection.executemany(f"insert into t values ({', '.join('?' * len(names))})", rows[1:])
    connection.close()
    said = [f'{name} as "{written}"' for name, written in zip(names, rows[0], strict=True)]
    return f"select {', '.join(said)} from t"


def cells(found: Sequence[Batch]) -> list[dict[str, str]]:
    return [row for batch in found for row in batch.table.to_pylist()]
