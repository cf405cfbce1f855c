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
SHEET_ROWS: Final = 1_048_576

TEXT_BYTES: Final = 1 << 22  # one text anywhere, also where it is only passed over
PAGE_BYTES: Final = 1 << 26  # one page of a Parquet file, unpacked
PAGES: Final = 1_000_000  # of one column in one row group
BATCH_BYTES: Final = 1 << 26  # rows that are in memory as text at one time
RETURNED_BYTES: Final = 1 << 28  # a quarantine that is given back, unpacked: it is compared as a whole
RETURNED_CELLS: Final = 1 << 25

# Packed files unpack to a few times their size, lists of customers to twenty at the most.
PACKED_RATIO: Final = 250
PACKED_FREE: Final = 1 << 26  # bytes that may be unpacked from anything
TEXT_FREE: Final = 1 << 28  # bytes of text that repeated values may come to
ROWS_FREE: Final = 1_000_000  # rows that may come from anything; beyond that each needs a byte of the file
ZIP_MEMBERS: Final = 10_000

# XML of a workbook: `<` is counted, as each element has one or two of them.
MARKS_FREE: Final = 2_000_000
MARKS_PER_BYTE: Final = 24  # of the packed part; rows of a real sheet have one or two
ELEMENTS_KEPT: Final = 200_000  # sheets, relations, formats: Excel itself stops at 65,490 formats
