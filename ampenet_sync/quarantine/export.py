"""The quarantine as a file people work with: .xlsx, .csv or .parquet. Taking it back is the part of `returned`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ampenet_sync.config.bounds import COLUMNS, RETURNED_BYTES, RETURNED_CELLS
from ampenet_sync.customers.aside import SOURCE
from ampenet_sync.errors import ConfigError, SourceError
from ampenet_sync.files.private import write_private

Format = Literal["xlsx", "csv", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)

ROW_ID = "row_id"
LEADING = (ROW_ID, "source_file", "source_line", "reason", "hint", "hint_sw", "written")
PREFIX = "ampenet:"


def export_quarantine(quarantine: pd.DataFrame, path: Path, *, form: Format | None = None) -> None:
    """Write schemas.Quarantine rows as `sheet` shapes them, readable by its owner alone.

    `form` is by default what the path ends with. Raises ConfigError `unknown_format`, and `too_big_for_xlsx` where a
    workbook can't hold the rows.
    """
    form = form or format_of(path)
    table = sheet(pa.Table.from_pandas(quarantine, preserve_index=False))
    if form == "parquet":
        how = {"compression": "zstd", "write_page_checksum": True}
        write_private(path, lambda beside: pq.write_table(table, beside, **how))
    elif form == "csv":
        from ampenet_sync.quarantine.csv import write_csv

        write_private(path, lambda beside: write_csv(table, beside))
    else:
        from ampenet_sync.quarantine.workbook import write_xlsx

        reasons = Counter(quarantine["reason"])
        write_private(path, lambda beside: write_xlsx(table, beside, reasons=dict(reasons.most_common())))


def format_of(path: Path) -> Format:
    """The format a file's name ends with. Raises ConfigError `unknown_format`."""
    for form in FORMATS:
        if path.suffix.lower() == f".{form}":
            return form
    hint = "end its name with .xlsx, .csv or .parquet, or say --format"
    raise ConfigError(f"{path.name} tells no format to write", code="unknown_format", hint=hint)


def sheet(quarantine: pa.Table) -> pa.Table:
    """Row id, place, reason and hints, then the source's columns under their own names; every cell is text.

    The row as it is written stands there only where some row's cells can't be told apart.
    """
    columns = source_columns(quarantine.column_names)
    names = leading_names(columns)
    if pc.max(pc.utf8_length(quarantine["written"])).as_py() in (None, 0):
        names = {leading: name for leading, name in names.items() if leading != "written"}
    cells = [quarantine[leading] for leading in names] + [quarantine[f"{SOURCE}{column}"] for column in columns]
    return pa.table([cell.cast(pa.string()) for cell in cells], names=[*names.values(), *columns])


def source_columns(names: Sequence[str]) -> list[str]:
    """The source's own columns among those of a quarantine, under their own names."""
    return [name.removeprefix(SOURCE) for name in names if name.startswith(SOURCE)]


_FEWER_ROWS = "give back the rows you repaired alone; the others stay as they are"


def check_returned(size: int, *, name: str) -> None:
    """Raises SourceError `too_large` where a file that is given back has more bytes, unpacked, than are compared."""
    if size > RETURNED_BYTES:
        message = f"{name}: more than {RETURNED_BYTES >> 20} MB; a quarantine that is given back is compared as a whole"
        raise SourceError(message, code="too_large", hint=_FEWER_ROWS)


def check_returned_cells(cells: int, *, columns: int = 1, name: str) -> None:
    """Raises SourceError `too_large` where what is given back has more cells, or columns, than are compared."""
    if columns > COLUMNS:
        message = f"{name}: {columns:,} columns; at most {COLUMNS:,} are read"
        raise SourceError(message, code="too_large", hint="give back the exported file itself, without more columns")
    if cells > RETURNED_CELLS:
        message = f"{name}: more than {RETURNED_CELLS:,} cells; a quarantine that is given back is compared as a whole"
        raise SourceError(message, code="too_large", hint=_FEWER_ROWS)


def leading_names(columns: Sequence[str]) -> dict[str, str]:
    """What our columns are called beside these: where one name is taken by the source, all of ours get a prefix."""
    prefix = ""
    while {f"{prefix}{name}" for name in LEADING} & set(columns):
        prefix += PREFIX
    return {name: f"{prefix}{name}" for name in LEADING}
