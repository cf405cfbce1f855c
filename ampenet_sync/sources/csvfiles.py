"""CSV files → batches with each cell as it is written: no types, no nulls, an empty one is "". Nothing is repaired."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from ampenet_sync.errors import SourceError
from ampenet_sync.sources.batch import BATCH_ROWS, Batch
from ampenet_sync.sources.files import find_files, shown, unchanged
from ampenet_sync.sources.header import check_names, check_same

_BOM = b"\xef\xbb\xbf"


def csv_batches(pattern: str, *, folder: Path) -> Iterator[Batch]:
    """Every row of every file. Raises SourceError with file and line where anything can't be read as it is written."""
    first: tuple[str, list[str]] | None = None
    for path in find_files(pattern, folder):
        name = shown(path, folder)
        with unchanged(path, name=name) as size:
            data = path.read_bytes().removeprefix(_BOM)
            _check_encoding(data, name)
            header = _header(data, name)
            first = first or (name, header)
            check_same(first, (name, header))
            yield from _batches(data, header, name, size)


def _batches(data: bytes, header: list[str], name: str, size: int) -> Iterator[Batch]:
    table = _table(data, header, name)
    lines = pa.array(_lines(data, table.num_rows, name), pa.int64())
    if not table.num_rows:
        raise _no_rows(name)
    for start in range(0, table.num_rows, BATCH_ROWS):
        part = table.slice(start, BATCH_ROWS)
        yield Batch(part, name, lines.slice(start, part.num_rows), 0 if start else size)


def _check_encoding(data: bytes, name: str) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        hint = "save it as «CSV UTF-8» (in Excel: Save As, CSV UTF-8)"
        raise SourceError(f"{name}:{line}: not written in UTF-8", code="bad_encoding", hint=hint) from None


def _header(data: bytes, name: str) -> list[str]:
    for line, cells in _records(data, name):
        check_names(cells, name=f"{name}:{line}")
        _check_separator(cells, name=f"{name}:{line}")
        return cells
    hint = "the first line must name the columns"
    raise SourceError(f"{name}:1: the file is empty", code="empty_source", hint=hint)


def _check_separator(header: list[str], *, name: str) -> None:
    """A single column with semicolons or tabs in its name is a header with another separator."""
    for sign, word in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and sign in header[0]:
            hint = "save it with commas between the columns"
            raise SourceError(f"{name}: the columns are separated by {word}", code="other_separator", hint=hint)


def _table(data: bytes, header: list[str], name: str) -> pa.Table:
    """Quoted cells may hold line breaks; text that looks like a null or a number stays text."""
    parse = pyarrow.csv.ParseOptions(newlines_in_values=True)
    types = dict.fromkeys(header, pa.string())
    convert = pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=False, null_values=[])
    try:
        return pyarrow.csv.read_csv(pa.BufferReader(data), parse_options=parse, convert_options=convert)
    except pa.ArrowInvalid:
        raise _why_not(data, header, name) from None


def _why_not(data: bytes, header: list[str], name: str) -> SourceError:
    """Where pyarrow stumbled; its own message holds the row's values, so it is not shown."""
    rows = 0
    for line, cells in _records(data, name):
        rows += 1
        if len(cells) != len(header):
            message = f"{name}:{line}: {len(cells)} values in a row; the header has {len(header)} columns"
            return SourceError(message, code="ragged_row", hint="a comma inside a value needs quotes around the value")
    if rows == 1:
        return _no_rows(name)
    return SourceError(f"{name}: not readable as CSV", code="bad_csv", hint="export it anew as CSV UTF-8")


def _no_rows(name: str) -> SourceError:
    hint = "look whether the export went wrong; a file without customers is never taken for an empty list"
    return SourceError(f"{name}: a header, but no rows", code="empty_source", hint=hint)


def _lines(data: bytes, rows: int, name: str) -> list[int]:
    """The line on which each row begins. Only files with line breaks inside quotes need the slow reading."""
    filled = [at for at, line in enumerate(data.splitlines(), start=1) if line]
    if len(filled) != rows + 1:
        filled = [line for line, _ in _records(data, name)]
    if len(filled) != rows + 1:
        raise SourceError(f"{name}: its rows can't be told apart", code="bad_csv", hint="look for a stray quote")
    return filled[1:]


def _records(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank with the line it begins on, read strictly: an open quote at the end is an error."""
    reader = csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        hint = "look for a quote that is opened and never closed, from this line on"
        raise SourceError(f"{name}:{line}: not readable as CSV", code="bad_csv", hint=hint) from None
