"""A column of text → the digits of its ordinary numbers, byte by byte in numpy. It knows no country."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Bools: TypeAlias = np.ndarray[tuple[int], np.dtype[np.bool_]]
Ints: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]

FEWEST, MOST = 3, 17  # digits of an ordinary number
LONGEST_TEXT: Final = 100  # bytes of an ordinary one with all its punctuation

# Four counters of 8 bits in one number, so that one pass over the bytes counts all four kinds.
_DIGIT, _PLUS, _DOT, _OTHER = (1 << bits for bits in (0, 8, 16, 24))
_WEIGHTS = np.full(256, _OTHER, dtype=np.uint32)
_WEIGHTS[list(b"0123456789")] = _DIGIT
_WEIGHTS[list(b" -()")] = 0
_WEIGHTS[ord("+")], _WEIGHTS[ord(".")] = _PLUS, _DOT
# At an end of a number these may be a minus, or blanks and brackets around one.
_AT_AN_END = np.isin(np.arange(256), list(b" -()"))
_ELLIPSIS: Final = 3
_TELLING: Final = r"^[ (]*-|-[ )]*$|\.[ ()-]*\.[ ()-]*\."
_ZERO, _POINT, _SIGN = ord("0"), ord("."), ord("+")


@dataclass(frozen=True)
class Digits:
    """Arrays as long as the column; only the ordinary rows mean something.

    An ordinary row holds 3 to 17 digits, at most one plus before all else, and spaces, hyphens, brackets or dots:
    nothing in it needs more than its digits to be judged. They begin with a calling code where it had a plus
    (`abroad`) or 00 in front (`zeros`), both taken off; `head` holds the first three as a number.
    """

    ordinary: Bools
    abroad: Bools
    zeros: Bools
    text: pa.StringArray
    head: Ints

    def with_more(self, other: Digits) -> Digits:
        """These rows, and the other's behind them."""
        return Digits(
            np.concatenate([self.ordinary, other.ordinary]),
            np.concatenate([self.abroad, other.abroad]),
            np.concatenate([self.zeros, other.zeros]),
            pa.concat_arrays([self.text, other.text]),
            np.concatenate([self.head, other.head]),
        )


def digits(column: pa.StringArray) -> Digits:
    """`column` has no nulls. A whole number's `.0` and a leading `00` before a calling code are taken off."""
    column = _short(column)
    data, ends = _bytes(column)
    if not len(data):
        none = np.zeros(len(column), dtype=bool)
        return Digits(none, none, none, column, np.zeros(len(column), dtype=np.int64))
    starts, ends = ends[:-1], ends[1:]
    size, count, pluses, dots, others = _counts(data, starts, ends)
    begin = data[np.minimum(starts[:, None] + np.arange(3), len(data) - 1)]
    ordinary = (others == 0) & (count >= FEWEST) & ((pluses == 0) | ((pluses == 1) & (begin[:, 0] == _SIGN)))
    whole = ordinary & (dots == 1) & (size - count - pluses == 1)
    whole &= (data[np.maximum(ends - 1, 0)] == _ZERO) & (data[np.maximum(ends - 2, 0)] == _POINT)
    ordinary &= (dots != 1) | whole
    ordinary[_telling(column, ordinary, dots, begin[:, 0], data[np.maximum(ends - 1, 0)])] = False
    zeros = ordinary & (begin[:, :2] == _ZERO).all(axis=1) & (begin[:, 2] > _ZERO)
    keep = data - np.uint8(_ZERO) < 10
    keep[ends[whole] - 1] = False
    keep[starts[zeros]] = keep[starts[zeros] + 1] = False
    return _gathered(data[keep], count - whole - 2 * zeros, ordinary, pluses == 1, zeros)


def _telling(column: pa.StringArray, ordinary: Bools, dots: Ints, first: Ints, last: Ints) -> Ints:
    """Rows whose punctuation says something: a minus before or behind the number, dots in place of digits."""
    rows = np.flatnonzero(ordinary & ((dots >= _ELLIPSIS) | (_AT_AN_END[first] | _AT_AN_END[last])))
    telling: Bools = pc.match_substring_regex(column.take(pa.array(rows)), _TELLING).to_numpy(zero_copy_only=False)
    return rows[telling]


def _gathered(data: np.ndarray[Any, Any], count: Ints, ordinary: Bools, abroad: Bools, zeros: Bools) -> Digits:
    offsets = np.zeros(len(count) + 1, dtype=np.int32)
    np.cumsum(count, out=offsets[1:])
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    text = pa.StringArray.from_buffers(len(count), *buffers[1:])
    if not len(data):
        return Digits(np.zeros(len(count), dtype=bool), abroad, zeros, text, np.zeros(len(count), dtype=np.int64))
    first = data[np.minimum(offsets[:-1, None] + np.arange(3), len(data) - 1)].astype(np.int64) - _ZERO
    unclear = (
        ~abroad & ~zeros & (first[:, 0] == 0) & (first[:, 1] == 0)
    )  # 00 behind a bracket, or 000: not for this pass
    fits = (count >= FEWEST) & (count <= MOST)
    return Digits(ordinary & fits & ~unclear, abroad, zeros, text, first @ np.array([100, 10, 1]))


def _short(column: pa.StringArray) -> pa.StringArray:
    """Long texts are no ordinary numbers, and would cost memory here."""
    long = pc.greater(pc.binary_length(column), LONGEST_TEXT)
    return pc.if_else(long, "", column) if pc.any(long).as_py() else column


def _bytes(column: pa.StringArray) -> tuple[np.ndarray[Any, Any], Ints]:
    """All bytes in one array, and where each row's begin (and the last one's end)."""
    _, offsets, data = column.buffers()
    if data is None or not len(column):
        return np.zeros(0, dtype=np.uint8), np.zeros(len(column) + 1, dtype=np.int64)
    places = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1].astype(np.int64)
    return np.frombuffer(data, dtype=np.uint8)[places[0] : places[-1]], places - places[0]


def _counts(data: np.ndarray[Any, Any], starts: Ints, ends: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Of each row: bytes, digits, pluses, dots, and bytes of any other kind but the punctuation that says nothing."""
    sums = np.zeros(len(data) + 1, dtype=np.uint32)
    np.cumsum(_WEIGHTS[data], dtype=np.uint32, out=sums[1:])
    packed = (sums[ends] - sums[starts]).astype(np.int64)
    count, pluses, dots, others = ((packed >> bits) & 0xFF for bits in (0, 8, 16, 24))
    return ends - starts, count, pluses, dots, others
