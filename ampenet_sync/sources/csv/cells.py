"""Records of CSV text → columns of text, and what is wrong with the records that are none. No file is opened here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from ampenet_sync.config.bounds import CELL_LETTERS, WRITTEN_LETTERS
from ampenet_sync.sources.blankrows import blank_cells
from ampenet_sync.sources.csv.records import Bools, Ints, Records, Signs, find_records

# Position + 1 is a record's number in `Cells.faults`; 0 is a sound one.
FAULTS = ("ragged_row", "unreadable_bytes", "cell_too_long")
RAGGED, _UNREADABLE, _LONG = 1, 2, 3


@dataclass(frozen=True)
class Columns:
    """What each column is called; "" for one without a name, whose cells must be blank."""

    columns: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        return [column for column in self.columns if column]

    @property
    def width(self) -> int:
        return len(self.columns)

    @property
    def least(self) -> int:
        """How many cells a row has that leaves out blank ones at its end."""
        return max((at for at, column in enumerate(self.columns, start=1) if column), default=0)


@dataclass(frozen=True)
class Cells:
    """As many rows as there were records; those with a fault hold "" only."""

    table: pa.Table
    faults: Ints

    def fault_names(self) -> pa.Array:
        return pa.array(["", *FAULTS], pa.string()).take(pa.array(self.faults))


class Unparted(Exception):
    """pyarrow parts the records otherwise than we do."""


def read_cells(records: Records, header: Columns, signs: Signs) -> Cells:
    """Every cell as it is written. `records` must be of valid UTF-8 and hold no open quote; raises Unparted."""
    faults = np.where(records.broken, RAGGED, 0)
    faults[records.holding(b"\0") & (faults == 0)] = _UNREADABLE
    table = None if faults.any() else _parse(_span(records), len(records), header, signs)
    if table is None:
        widths = records.widths(signs)
        fits = (widths <= header.width) & (widths >= header.least)
        faults[~fits] = RAGGED
        good = faults == 0
        table = _parse(_joined(records, good, header.width - widths, signs), int(good.sum()), header, signs)
        if table is None:
            raise Unparted
        table = _spread(table, good)
    for mask, fault in ((_beyond(table, header), RAGGED), (_too_long(table, records), _LONG)):
        if mask is not None and mask.any():
            faults[mask] = fault
            table = _blanked(table, mask)
    return Cells(table.select(header.names), faults)


def written(records: Records, at: int) -> str:
    """Record `at` as it stands in the file, cut to WRITTEN_LETTERS characters."""
    return records[at][: 4 * WRITTEN_LETTERS].decode("utf-8", "ignore")[:WRITTEN_LETTERS]


def swallows(records: Records, at: int, header: Columns, signs: Signs) -> bool:
    """Whether a record of several lines holds one that would be a sound row by itself: then its quote was left open."""
    for line in records[at].splitlines()[1:]:
        alone = find_records(line, signs, last=True)
        quotes = line.count(bytes([signs.quote]))
        if len(alone) == 1 and not alone.broken[0] and alone.opened is None and quotes == len(alone.quotes):
            width = int(alone.widths(signs)[0])
            if header.least <= width <= header.width:
                return True
    return False


def _span(records: Records) -> pa.Buffer:
    """The bytes from the first record to the last, without a copy."""
    if not len(records):
        return pa.py_buffer(b"")
    return pa.py_buffer(records.data).slice(int(records.starts[0]), int(records.ends[-1] - records.starts[0]))


def _joined(records: Records, good: Bools, missing: Ints, signs: Signs) -> pa.Buffer:
    """The good records, those without some of the blank cells at their end filled up."""
    padding = np.where(good, missing, 0)
    cuts = np.flatnonzero(~good | (padding > 0))
    pieces, begin = [], 0
    for cut in cuts.tolist():
        if cut > begin:
            pieces.append(records.data[records.starts[begin] : records.ends[cut - 1]] + b"\n")
        if good[cut]:
            pieces.append(records[cut] + bytes([signs.delimiter]) * int(padding[cut]) + b"\n")
        begin = cut + 1
    if begin < len(records):
        pieces.append(records.data[records.starts[begin] : records.ends[-1]])
    return pa.py_buffer(b"".join(pieces))


def _parse(data: pa.Buffer, rows: int, header: Columns, signs: Signs) -> pa.Table | None:
    """None where the records aren't all as wide as the header. Text that looks like a null or a number stays text."""
    names = [column or f"\0{at}" for at, column in enumerate(header.columns)]
    types = dict.fromkeys(names, pa.string())
    if not rows:
        return pa.table({name: pa.array([], pa.string()) for name in names})
    whole = pyarrow.csv.ReadOptions(use_threads=False, column_names=names, block_size=data.size + 1)
    parse = pyarrow.csv.ParseOptions(
        delimiter=chr(signs.delimiter), quote_char=chr(signs.quote), newlines_in_values=True
    )
    convert = pyarrow.csv.ConvertOptions(
        column_types=types, strings_can_be_null=False, null_values=[], check_utf8=False
    )
    try:
        source = pa.BufferReader(data)
        table = pyarrow.csv.read_csv(source, read_options=whole, parse_options=parse, convert_options=convert)
    except pa.ArrowInvalid:
        return None
    return table if table.num_rows == rows else None


def _spread(table: pa.Table, good: Bools) -> pa.Table:
    """The rows at the places of the good records, "" at the others."""
    if good.all():
        return table
    places = pa.array(np.cumsum(good) - 1, pa.int64(), mask=~good)
    return pa.table([pc.fill_null(column.take(places), "") for column in table.columns], names=table.column_names)


def _blanked(table: pa.Table, mask: Bools) -> pa.Table:
    at = pa.array(mask)
    return pa.table([pc.if_else(at, "", column) for column in table.columns], names=table.column_names)


def _beyond(table: pa.Table, header: Columns) -> Bools | None:
    """Rows that hold something in a column without a name."""
    masks = [~blank_cells(table[at]) for at, column in enumerate(header.columns) if not column]
    return np.logical_or.reduce(masks) if masks else None


def _too_long(table: pa.Table, records: Records) -> Bools | None:
    """Rows with a cell of more than CELL_LETTERS characters; only records of more bytes are looked at."""
    long = np.flatnonzero(records.ends - records.starts > CELL_LETTERS)
    if not len(long):
        return None
    lengths = [pc.utf8_length(column).to_numpy() for column in table.take(pa.array(long)).columns]
    mask = np.zeros(len(records), dtype=bool)
    mask[long] = np.max(lengths, axis=0) > CELL_LETTERS
    return mask
