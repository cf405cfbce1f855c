"""How much a file may hold before it is no list of customers any more: one policy for every reader.

A reader refuses what is over a bound with the code `too_large` (or a closer one of its own), the file, the place and
the bound. The bounds keep every file that a stranger hands in within some hundred megabytes of memory and a time in
proportion to its size.
"""

from __future__ import annotations

from typing import Final

CELL_LETTERS: Final = 32_767  # what a spreadsheet's cell can hold
WRITTEN_LETTERS: Final = 10_000  # of a row that is shown as it is written in its file
COLUMNS: Final = 16_384  # as in a spreadsheet
NAMED_COLUMNS: Final = 4_096  # of a source: as many as MySQL has in a table, more than PostgreSQL
SHEET_ROWS: Final = 1_048_576

TEXT_BYTES: Final = 1 << 22  # one text anywhere, also where it is only passed over
RECORD_BYTES: Final = 1 << 20  # one record of a CSV: no customer's is so long, but a quote left open makes one
PAGE_BYTES: Final = 1 << 26  # one page of a Parquet file, unpacked
PAGES: Final = 1_000_000  # of one column in one row group
BATCH_BYTES: Final = 1 << 23  # rows that are in memory as text at one time
RETURNED_BYTES: Final = 1 << 25  # a quarantine that is given back, unpacked: it is compared as a whole
RETURNED_CELLS: Final = 1 << 22
RETURNED_PLACES: Final = 1 << 25  # cells from the first to the last that is filled, blank ones too

# Packed files unpack to a few times their size, lists of customers to twenty at the most.
PACKED_RATIO: Final = 250
PACKED_FREE: Final = 1 << 26  # bytes that may be unpacked from anything
TEXT_FREE: Final = 1 << 28  # bytes of text that repeated values may come to
ROWS_FREE: Final = 1_000_000  # rows that may come from anything; beyond that each needs a byte of the file
ZIP_MEMBERS: Final = 10_000
ZIP_LISTED: Final = 1 << 23  # bytes of the list of members

# XML of a workbook: `<` is counted, as each element has one or two of them.
MARKS_FREE: Final = 2_000_000
MARKS_PER_BYTE: Final = 24  # of the packed part; rows of a real sheet have one or two
PART_BYTES: Final = {"sharedstrings": 1 << 29, "sheet": 1 << 31, "small": 1 << 24}  # of each, unpacked
TOKEN_BYTES: Final = 1 << 23  # one word of XML
ELEMENTS_KEPT: Final = 200_000  # sheets, relations, formats: Excel itself stops at 65,490 formats

# ampenet.yaml, which is written by hand; the longest of a big shop has some hundred lines.
CONFIG_BYTES: Final = 1 << 20
CONFIG_NODES: Final = 20_000  # keys, values and lists
CONFIG_DEPTH: Final = 20  # inside each other; there are six

# `where`, which DuckDB runs: what its memory limit doesn't count (texts made in passing) is bounded before it runs.
WHERE_LETTERS: Final = 1 << 15  # of the expression itself
WHERE_MADE: Final = 1 << 21  # letters that it may make of one row of the longest cells
WHERE_STEPS: Final = 1 << 27  # that a pattern or a comparison letter by letter may take for one text
WHERE_AT_ONCE: Final = 1 << 26  # letters made, or steps taken, before the clock is looked at again
WHERE_MEMORY: Final = "256MB"
WHERE_SECONDS: Final = 10.0  # for a segment, and …
WHERE_ROWS_A_SECOND: Final = 20_000  # … a second more for as many rows; ordinary ones take a millionth of a second each
