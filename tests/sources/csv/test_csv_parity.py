"""Whatever is written as CSV is read as Python's csv module reads it, with the line each row begins on.

Two differences are meant: blank lines are no rows, and a row of another width than the header, or one that only a
reader without `strict` would take, is quarantined.
"""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import assume, given
from hypothesis import strategies as st

from ampenet_sync.config import Source
from ampenet_sync.errors import SourceError
from ampenet_sync.sources.csv.read import csv_batches
from tests.examples import examples
from tests.sources.reading import Whole, whole

CELLS = st.text(alphabet='a0,"; \n\ré', max_size=6)
TABLES = st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6)
BLOCKS = st.sampled_from([1, 2, 3, 7, 30, 1000])
HEADER = ["x", "y"]

Row = tuple[int, list[str] | None]  # the line it begins on, and its cells where it is sound


def read(data: bytes, block_bytes: int) -> Whole:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "c.csv").write_bytes(data)
        source = Source(csv="c.csv", delimiter=",")
        return whole(list(csv_batches(source, folder=Path(folder), block_bytes=block_bytes)))


def written(rows: list[tuple[str, str]], end: str, quoting: int) -> tuple[bytes, list[int]]:
    """The file, and the line each row begins on as an editor counts them."""
    text, lines = io.StringIO(newline=""), []
    writer = csv.writer(text, lineterminator=end, quoting=quoting)
    writer.writerow(HEADER)
    for row in rows:
        lines.append(len(text.getvalue().encode().splitlines()) + 1)
        writer.writerow(row)
    return text.getvalue().encode(), lines


@examples(300)
@given(TABLES, st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), BLOCKS)
def test_a_written_table_is_read_back(rows: list[tuple[str, str]], end: str, quote_all: bool, block: int) -> None:
    assume(
        quote_all or not any(sign in cell for row in rows for cell in row for sign in "\r\n")
    )  # Python may not quote
    data, lines = written(rows, end, csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL)
    found = read(data, block)
    assert [tuple(row.values()) for row in found.rows] == rows
    assert (found.lines, found.faults) == (lines, {})


def is_open(text: str) -> bool:
    """Whether a quote is open at the end: then a further line would be no record of its own."""
    return len(list(csv.reader(io.StringIO(text + "\nz", newline="")))) == 1


def python_reads(text: str) -> list[Row] | None:
    """The records that are not blank; None where a quote is open at the end."""
    reader = csv.reader(io.StringIO(text, newline=""))
    lines, found, first = io.StringIO(text, newline="").readlines(), list[Row](), 1
    for cells in reader:
        record = "".join(lines[first - 1 : reader.line_num])
        if is_open(record.rstrip("\r\n")) and reader.line_num == len(lines):
            return None
        if cells:
            found.append((first, cells if len(cells) == len(HEADER) and is_strict(record) else None))
        first = reader.line_num + 1
    return found


def is_strict(record: str) -> bool:
    try:
        return bool(list(csv.reader(io.StringIO(record, newline=""), strict=True)))
    except csv.Error:
        return False


@examples(1500)
@given(st.text(alphabet='a,,""\n\r é', min_size=1, max_size=40), BLOCKS)
def test_any_text_is_read_as_python_reads_it_or_refused(text: str, block: int) -> None:
    text = "x,y\n" + text
    expected = python_reads(text)
    try:
        found = read(text.encode(), block)
    except SourceError as error:
        assert _is_due(error.code, expected, text)
        return
    assert expected is not None
    rows = [
        None if line in found.faults else list(row.values()) for line, row in zip(found.lines, found.rows, strict=True)
    ]
    assert list(zip(found.lines, rows, strict=True)) == expected[1:]


def _is_due(code: str, expected: list[Row] | None, text: str) -> bool:
    if expected is None:
        return code in ("open_quote", "truncated_file", "empty_source")
    if code == "empty_source":
        return len(expected) == 1
    if code == "truncated_file":
        return expected[-1][1] is None and not text.endswith("\n")
    return code in ("open_quote", "bad_header") and None in [cells for _, cells in expected]
