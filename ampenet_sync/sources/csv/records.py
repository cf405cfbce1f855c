"""Where the records of a block of CSV text begin and end, in bytes and lines. What stands in the cells isn't read.

The rules are RFC 4180's as Python's csv module reads them: a quote opens a cell only at its beginning, two quotes
within a quoted cell are one, LF, CRLF and a lone CR outside quotes end a record. Whatever stands between a closing
quote and the next separator makes the record `broken`; it ends where csv.reader without `strict` would end it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]

_LF, _CR = 10, 13


@dataclass(frozen=True)
class Signs:
    """The bytes (ASCII) that part cells and that quote them."""

    delimiter: int
    quote: int

    @classmethod
    def of(cls, delimiter: str, quote: str) -> Signs:
        return cls(ord(delimiter), ord(quote))


@dataclass(frozen=True)
class Records:
    """The complete records of a block of UTF-8, blank lines left out. Lines count from 1 at the block's first byte.

    `data[starts[i]:ends[i]]` is record i without its line break; `rest` is where the first incomplete record begins,
    on line `next_line`. `opened` is the offset of a quote that is still open at the end, or None.
    """

    data: bytes
    starts: Ints
    ends: Ints
    lines: Ints
    broken: Bools
    quotes: Ints  # the quotes that open and close cells, in turns
    rest: int
    next_line: int
    opened: int | None

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, at: int) -> bytes:
        return self.data[self.starts[at] : self.ends[at]]

    def after(self, count: int) -> Records:
        """Without the first `count`."""
        cut = slice(count, None)
        parts = (self.starts[cut], self.ends[cut], self.lines[cut], self.broken[cut])
        return Records(self.data, *parts, self.quotes, self.rest, self.next_line, self.opened)

    def widths(self, signs: Signs) -> Ints:
        """How many cells each record has."""
        delimiters = np.flatnonzero(_bytes(self.data) == signs.delimiter)
        if len(self.quotes):
            delimiters = delimiters[np.searchsorted(self.quotes, delimiters) % 2 == 0]
        return np.searchsorted(delimiters, self.ends) - np.searchsorted(delimiters, self.starts) + 1

    def holding(self, sign: bytes) -> Bools:
        """Which records hold this byte."""
        mask = np.zeros(len(self), dtype=bool)
        if sign in self.data:
            places = np.flatnonzero(_bytes(self.data) == sign[0])
            mask[:] = np.searchsorted(places, self.ends) > np.searchsorted(places, self.starts)
        return mask


def find_records(data: bytes, signs: Signs, *, last: bool) -> Records:
    """`data` begins where a record begins. Only in the last block is text without a line break at its end a record."""
    quotes, broken_at = _quotes(data, signs)
    breaks, before = _line_breaks(data, last=last)
    outside = np.searchsorted(quotes, breaks) % 2 == 0 if len(quotes) else np.ones(len(breaks), dtype=bool)
    at = np.flatnonzero(outside)
    ends = before[at]
    starts = np.concatenate((np.zeros(1, np.int64), breaks[at] + 1))
    lines = np.concatenate((np.ones(1, np.int64), at + 2))
    rest, next_line = int(starts[-1]), int(lines[-1])
    opened = int(quotes[-1]) if len(quotes) % 2 else None
    if last and opened is None and rest < len(data):
        ends, rest = np.append(ends, len(data)), len(data)
    else:
        starts, lines = starts[:-1], lines[:-1]
    filled = ends > starts
    if not filled.all():
        starts, ends, lines = starts[filled], ends[filled], lines[filled]
    broken = np.searchsorted(broken_at, ends) > np.searchsorted(broken_at, starts)
    return Records(data, starts, ends, lines, broken, quotes, rest, next_line, opened)


def count_lines(data: bytes) -> int:
    """How many line breaks there are: LF, CRLF and lone CR."""
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")


def _bytes(data: bytes) -> npt.NDArray[np.uint8]:
    return np.frombuffer(data, dtype=np.uint8)


def _line_breaks(data: bytes, *, last: bool) -> tuple[Ints, Ints]:
    """The last byte of each line break, and the first one. A CR at the very end may be half of a CRLF."""
    bytes_ = _bytes(data)
    is_lf = bytes_ == _LF
    if b"\r" not in data:
        breaks = np.flatnonzero(is_lf)
        return breaks, breaks
    is_cr = bytes_ == _CR
    is_cr_alone = is_cr.copy()
    is_cr_alone[:-1] &= ~is_lf[1:]
    is_cr_alone[-1] &= last
    breaks = np.flatnonzero(is_lf | is_cr_alone)
    of_two = is_lf[breaks] & is_cr[np.maximum(breaks - 1, 0)]
    return breaks, breaks - of_two


def _quotes(data: bytes, signs: Signs) -> tuple[Ints, Ints]:
    """The quotes that open and close cells, and those after which text follows where a cell should have ended."""
    if bytes([signs.quote]) not in data:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    bytes_ = _bytes(data)
    quotes = np.flatnonzero(bytes_ == signs.quote)
    border = np.zeros(256, dtype=bool)
    border[[signs.delimiter, signs.quote, _LF, _CR]] = True
    opening, closing = quotes[0::2], quotes[1::2]
    opening, closing = opening[opening > 0], closing[closing < len(data) - 1]
    if border[bytes_[opening - 1]].all() and border[bytes_[closing + 1]].all():
        return quotes, np.empty(0, np.int64)  # a doubled quote closes and opens again, which comes to the same
    return _quotes_one_by_one(data, signs)


def _quotes_one_by_one(data: bytes, signs: Signs) -> tuple[Ints, Ints]:
    """The same for a block in which some quote stands where none should."""
    quote = bytes([signs.quote])
    border = bytes([signs.delimiter, _LF, _CR])
    quotes, broken = [], []
    at = data.find(quote)
    while at >= 0:
        if at and data[at - 1] not in border:
            at = data.find(quote, at + 1)  # within an unquoted cell it is a sign like any other
            continue
        quotes.append(at)
        end = _closing(data, quote, at)
        if end < 0:
            break
        quotes.append(end)
        if end + 1 < len(data) and data[end + 1] not in border:
            broken.append(end)
        at = data.find(quote, end + 1)
    return np.array(quotes, np.int64), np.array(broken, np.int64)


def _closing(data: bytes, quote: bytes, opening: int) -> int:
    """Where the cell's closing quote is, or -1."""
    end = data.find(quote, opening + 1)
    while end >= 0 and data[end + 1 : end + 2] == quote:
        end = data.find(quote, end + 2)
    return end
