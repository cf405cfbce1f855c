"""Whatever a CSV writer writes is read back cell by cell, with the line each row begins on."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ampenet_sync.config import Source
from ampenet_sync.sources import read_rows

CELLS = st.text(alphabet='a0,"; \n\ré', max_size=6)
TABLES = st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6)


def written(rows: list[tuple[str, str]], end: str, quoting: int) -> tuple[bytes, list[int]]:
    """The file, and the line each row begins on as an editor counts them."""
    whole, lines = io.StringIO(newline=""), []
    writer = csv.writer(whole, lineterminator=end, quoting=quoting)
    writer.writerow(["x", "y"])
    for row in rows:
        lines.append(len(whole.getvalue().encode().splitlines()) + 1)
        writer.writerow(row)
    return whole.getvalue().encode(), lines


@settings(max_examples=300, deadline=None)
@given(TABLES, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_a_written_table_is_read_back(rows: list[tuple[str, str]], end: str, quote_all: bool) -> None:
    assume(quote_all or not any("\r" in cell for row in rows for cell in row))  # Python writes a bare \r unquoted
    data, lines = written(rows, end, csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "c.csv").write_bytes(data)
        read = read_rows(Source(csv="c.csv"), folder=Path(folder))
    assert list(zip(read.table["x"].to_pylist(), read.table["y"].to_pylist(), strict=True)) == rows
    assert read.lines.to_pylist() == lines
