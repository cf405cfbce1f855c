"""What is handed in, a pandas frame or anything with Arrow's stream → batches of text. No file is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ampenet_sync.errors import SourceError
from ampenet_sync.sources.arrow import check_exact, named, readable, text_batch
from ampenet_sync.sources.batch import BATCH_ROWS, Batch
from ampenet_sync.sources.header import column_names
from ampenet_sync.sources.texts import column_text


def handed_batches(
    data: Any, *, name: str = "handed in", exact: frozenset[str] = frozenset(), needed: frozenset[str] = frozenset()
) -> Iterator[Batch]:
    """Every row by the rules of Parquet; lines are numbers of rows. A frame's index is no column.

    `data` is a pandas.DataFrame or has `__arrow_c_stream__`: an Arrow table, a RecordBatchReader (read once, as it
    streams), a DuckDB relation, a polars frame. Raises SourceError `handed_in` for anything else, and for columns
    whose names are no text.
    """
    rows = _frame_batches if isinstance(data, pd.DataFrame) else _stream_batches
    return rows(data, name, exact, needed)


def _stream_batches(data: Any, name: str, exact: frozenset[str], needed: frozenset[str]) -> Iterator[Batch]:
    with _clear_errors(name):
        reader = _reader(data, name)
        schema = named(reader.schema, needed, name=name)
        check_exact(schema, exact, name=name)
        columns = readable(schema, needed)
        chosen = [schema.names.index(column) for column in columns]
        total = data.num_rows if isinstance(data, pa.Table) else None
        start = 0
        for whole in reader:
            for part in _pieces(whole.select(chosen).rename_columns(columns)):
                yield text_batch(part, name, start, exact, part.nbytes, total)
                start += part.num_rows


def _frame_batches(frame: pd.DataFrame, name: str, exact: frozenset[str], needed: frozenset[str]) -> Iterator[Batch]:
    """Column by column, as pandas may hold numbers, texts and nothing mixed in one."""
    strange = [column for column in frame.columns if not isinstance(column, str)]
    if strange:
        message = f"{name}: a column's name is no text but {type(strange[0]).__name__}"
        raise SourceError(message, code="handed_in", hint="rename the columns, as in frame.columns = [...]")
    names = column_names(list(frame.columns), name=name, needed=needed)
    for start in range(0, len(frame), BATCH_ROWS):
        part = frame.iloc[start : start + BATCH_ROWS]
        columns = {column: _series(part.iloc[:, at], column, exact=column in exact) for at, column in enumerate(names)}
        schema = pa.schema([(column, values.type) for column, values in columns.items()])
        check_exact(schema, exact, name=name)
        batch = pa.RecordBatch.from_arrays(list(columns.values()), schema=schema).select(readable(schema, needed))
        yield text_batch(batch, name, start, exact, batch.nbytes, len(frame))


def _series(series: pd.Series[Any], name: str, *, exact: bool) -> pa.Array:
    """Objects one by one, as Arrow would guess one type for all of them; typed columns as they are."""
    if series.dtype == object:
        if exact:
            _check_objects(series, name)
        return column_text([None if _is_nothing(value) else _plain(value) for value in series], name=name)
    values = pa.Array.from_pandas(series)
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _check_objects(series: pd.Series[Any], name: str) -> None:
    """Raises SourceError `digits_lost` for a short float among objects, as for a column of them."""
    short = next((value for value in series if isinstance(value, np.floating) and value.itemsize < 8), None)
    if short is not None:
        hint = "make the values text or 64-bit integers before they become short floats"
        message = f"column {name} holds a value of type {short.dtype}, which can't hold all digits of a phone"
        raise SourceError(message, code="digits_lost", hint=hint)


def _is_nothing(value: Any) -> bool:
    """None, NaN, NaT and NA; a list is something, and refused later."""
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)


def _plain(value: Any) -> Any:
    """numpy's numbers and pandas' moments as Python's own."""
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime(warn=False)
    return value.item() if type(value).__module__ == "numpy" and hasattr(value, "item") else value


def _reader(data: Any, name: str) -> pa.RecordBatchReader:
    if not hasattr(data, "__arrow_c_stream__"):
        hint = "hand in a pandas frame, or anything with Arrow's stream: an Arrow table or reader, a DuckDB relation"
        raise SourceError(f"{name}: {type(data).__name__} holds no rows that can be read", code="handed_in", hint=hint)
    return pa.RecordBatchReader.from_stream(data)


def _pieces(part: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    for start in range(0, part.num_rows, BATCH_ROWS):
        yield part.slice(start, BATCH_ROWS)


@contextmanager
def _clear_errors(name: str) -> Iterator[None]:
    """A reader that fails half-way; its own words may hold values."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        hint = "look at where the rows come from; nothing was decided from those that did"
        message = f"{name}: the rows could not be read to their end ({type(error).__name__})"
        raise SourceError(message, code="handed_in", hint=hint) from error
