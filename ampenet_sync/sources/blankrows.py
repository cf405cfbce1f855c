"""Rows in which nothing is written are no rows, whatever the source: batches without them, and how many there were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config.unseen import BLANK_RE2, is_blank
from ampenet_sync.sources.batch import Batch

Bools: TypeAlias = npt.NDArray[np.bool_]


def without_blank_rows(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Each batch without the rows whose every cell is blank, perhaps without any; `blank_rows` counts them.

    Of rows with a fault only such is one as has too few or too many blank cells. Words such as NULL are something. What
    the name of a folder says, of all its rows alike, doesn't count.
    """
    for batch in batches:
        blank = _blank_rows(batch)
        if blank is None:
            yield batch
        else:
            yield _passed_over(batch, blank)


def blank_cells(column: pa.ChunkedArray) -> Bools:
    """Which texts hold nothing that is seen."""
    suspects = _suspects(column)
    if suspects.any():
        texts = column.filter(pa.array(suspects))
        suspects[suspects] = np.asarray(pc.match_substring_regex(texts, BLANK_RE2), dtype=bool)
    return suspects


def _blank_rows(batch: Batch) -> Bools | None:
    """None where there is none. Column by column, and the closer look only at rows that may still be one."""
    rows = np.ones(batch.table.num_rows, dtype=bool)
    for column in (batch.table[name] for name in batch.table.column_names if name not in batch.from_folder):
        rows &= _suspects(column)
        if not rows.any():
            return None
    for column in (batch.table[name] for name in batch.table.column_names if name not in batch.from_folder):
        rows[rows] = blank_cells(column.filter(pa.array(rows)))
    if batch.faults is not None:
        rows &= _blank_as_written(batch)
    return rows if rows.any() else None


def _blank_as_written(batch: Batch) -> Bools:
    """Sound rows, and those of another width than the heading whose cells are all blank."""
    faults = np.asarray(batch.faults, dtype=object)
    blank: Bools = faults == ""
    for at in np.flatnonzero(faults == "ragged_row").tolist():
        text = batch.written[at].as_py() if batch.written is not None else ""
        blank[at] = bool(batch.parting) and is_blank(text.translate(dict.fromkeys(map(ord, batch.parting))))
    return blank


def _suspects(column: pa.ChunkedArray) -> Bools:
    """Texts that are empty or begin with a byte that isn't a plain visible one: the others hold something."""
    parts = [_suspects_of(chunk) for chunk in column.chunks]
    return np.concatenate(parts) if parts else np.empty(0, dtype=bool)


def _suspects_of(chunk: pa.StringArray) -> Bools:
    if not len(chunk):
        return np.empty(0, dtype=bool)
    _, offsets, data = chunk.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
    empty = bounds[1:] == bounds[:-1]
    if data is None or empty.all():
        return np.ones(len(chunk), dtype=bool)
    bytes_ = np.frombuffer(data, dtype=np.uint8)
    first = bytes_[np.minimum(bounds[:-1], bounds[-1] - 1)]
    suspects: Bools = empty | (first <= ord(" ")) | (first > ord("~"))
    return suspects


def _passed_over(batch: Batch, blank: Bools) -> Batch:
    kept = pa.array(~blank)
    faults, written = (None if part is None else part.filter(kept) for part in (batch.faults, batch.written))
    return replace(
        batch,
        table=batch.table.filter(kept),
        lines=batch.lines.filter(kept),
        faults=faults,
        written=written,
        blank_rows=batch.blank_rows + int(blank.sum()),
    )
