"""A quarantine's sheet as CSV with inert formulas, and such a CSV read back. What a column means isn't known here."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from ampenet_sync.errors import SourceError
from ampenet_sync.quarantine.export import check_returned, check_returned_cells

SEPARATORS = (",", ";", "\t")

# What makes a spreadsheet calculate, and what already begins with the apostrophe that says it shan't: with one
# apostrophe put before all of these and taken off again, every text comes back as it was.
_RISKY = r"^('|[\t\r\n]|\s*[=+\-@＝＋－＠])"
_SAVE_AS = "save it as «CSV UTF-8» in the spreadsheet, or export it as .xlsx and repair that"
_HEADING = 1 << 20  # bytes in which the first row is looked for
_BLOCK = 1 << 22  # bytes read at a time; no row has so many
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def write_csv(table: pa.Table, path: Path) -> None:
    """UTF-8 with the mark by which Excel knows it; every value quoted; cells that would calculate made text."""
    names = _inert(pa.array(table.column_names, pa.string())).to_pylist()
    with path.open("wb") as file:
        file.write(codecs.BOM_UTF8)
        pyarrow.csv.write_csv(pa.table([_inert(column) for column in table.columns], names=names), file)


def read_csv(path: Path, *, heading: str) -> pa.Table:
    """All columns as text, one of them `heading`; separator and UTF-16 are recognised.

    Raises SourceError where the file is no such CSV: `bad_encoding`, `bad_csv`, `ragged_row`, `no_row_id`.
    """
    check_returned(path.stat().st_size, name=path.name)
    data = _as_utf8(path.read_bytes(), path.name)
    if data.count(b'"') % 2:
        raise SourceError(f"{path.name}: a quote is opened and never closed", code="bad_csv", hint=_SAVE_AS)
    for separator in SEPARATORS:
        names = [cell.removeprefix("'") for cell in _first_row(data[:_HEADING].decode("utf-8", "ignore"), separator)]
        if heading in names:
            check_returned_cells(data.count(separator.encode()), columns=len(names), name=path.name)
            return _rows(data, separator, names, name=path.name)
    message = f"{path.name}: its first row has no column {heading}"
    raise SourceError(message, code="no_row_id", hint="give back the exported file itself, with that column in it")


def _as_utf8(data: bytes, name: str) -> bytes:
    """By its mark, else UTF-8: other encodings have lost letters that nobody can tell."""
    mark, encoding = next((pair for pair in _MARKS if data.startswith(pair[0])), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
        return data[len(mark) :] if encoding == "utf-8" else text.encode()
    except UnicodeDecodeError:
        raise SourceError(f"{name}: not written in UTF-8", code="bad_encoding", hint=_SAVE_AS) from None


def _first_row(text: str, separator: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
    except csv.Error:
        return []


def _rows(data: bytes, separator: str, names: list[str], *, name: str) -> pa.Table:
    """The columns are numbered at first, so that a name that stands twice is not lost."""
    wrong: list[int] = []

    def note(row: pyarrow.csv.InvalidRow) -> str:
        wrong.append(row.number)
        return "skip"

    numbers = [str(at) for at in range(len(names))]
    read = pyarrow.csv.ReadOptions(column_names=numbers, use_threads=False, block_size=_BLOCK)
    parse = pyarrow.csv.ParseOptions(delimiter=separator, newlines_in_values=True, invalid_row_handler=note)
    types = dict.fromkeys(numbers, pa.string())
    convert = pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=False, null_values=[])
    try:
        table = pyarrow.csv.read_csv(pa.BufferReader(data), read, parse, convert)
    except pa.ArrowInvalid:
        raise SourceError(f"{name}: a row of more than {_BLOCK >> 20} MB", code="bad_csv", hint=_SAVE_AS) from None
    if wrong:
        message = f"{name}: row {wrong[0]} has more or fewer cells than the first row has columns"
        raise SourceError(message, code="ragged_row", hint=_SAVE_AS)
    return pa.Table.from_arrays([_active(column).slice(1) for column in table.columns], names=names)


def _inert(texts: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    risky = pc.match_substring_regex(texts, pattern=_RISKY)
    return pc.if_else(
        risky, pc.binary_join_element_wise(pa.scalar("'", texts.type), texts, pa.scalar("", texts.type)), texts
    )


def _active(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.starts_with(texts, "'"), pc.utf8_slice_codeunits(texts, 1), texts)
