"""A column of written numbers → a column of phones and one of reasons, slice by slice.

Most are decided together (`digits`, `fast`), the rest one by one (`read`), twins once; what comes out is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.phones.digits import Ints, digits
from ampenet_sync.phones.fast import REASONS, TAKEN, UNDECIDED, Choice, Verdicts, judge
from ampenet_sync.phones.read import Refusal, bare, is_region, may_be_several, prepared, read_phone

if TYPE_CHECKING:
    import pandas as pd

    Column: TypeAlias = pa.ChunkedArray | pa.Array | pd.Series[str]

SLICE: Final = 131_072  # rows read together: bounds the memory
FEW: Final = 24  # numbers that are read sooner one by one
_CODE_IN_FRONT: Final = r"^[^+＋﹢\p{Nd}\p{L}]*(?:[+＋﹢]|00[^0])"


@dataclass(frozen=True)
class Phones:
    """Two text columns as long as the values; in each row one of them is "": either a phone or a reason."""

    phone: pa.Array
    reason: pa.Array


def normalise(values: Column, regions: str | Column, *, countries: Sequence[str] = (), mobile: bool = True) -> Phones:
    """Each value read with its region (one code for all, or a column of codes) as `read_phone` reads it; null is blank.

    Raises ValueError where a region is no country code.
    """
    written, choice = _chunked(values), Choice(countries, mobile)
    places = regions if isinstance(regions, str) else _chunked(regions)
    if not isinstance(places, str) and len(places) != len(written):
        raise ValueError(f"{len(written)} values, but {len(places)} regions")
    phones, reasons = [pa.array([], pa.string())], [pa.array([], pa.string())]
    for start in range(0, len(written), SLICE):
        there = places if isinstance(places, str) else places.slice(start, SLICE)
        read = _slice(_text(written.slice(start, SLICE)), there, choice)
        taken = pa.array(read.outcome == TAKEN)
        phones.append(pc.if_else(taken, pc.cast(pa.array(read.phone), pa.string()), ""))
        reasons.append(pa.array(REASONS, pa.string()).take(pa.array(read.outcome)))
    return Phones(pa.concat_arrays(phones), pa.concat_arrays(reasons))


def carries_code(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Where a plus, or 00, stands before the number's first digit: then it is read alike whatever its region."""
    return pc.match_substring_regex(pc.fill_null(values, ""), _CODE_IN_FRONT)


def _slice(written: pa.StringArray, places: str | pa.ChunkedArray, choice: Choice) -> Verdicts:
    """One verdict for each row."""
    if isinstance(places, str):
        return _read(written, places, choice)
    verdicts = Verdicts.undecided(len(written))
    regions = _text(places).dictionary_encode()
    codes = _codes(regions)
    for index, region in enumerate(regions.dictionary.to_pylist()):
        rows = np.flatnonzero(codes == index)
        verdicts.put(rows, _read(written.take(pa.array(rows)), region, choice))
    return verdicts


def _read(texts: pa.StringArray, region: str, choice: Choice) -> Verdicts:
    """Ordinary numbers together, and with them those that only had to be tidied; the rest one by one.

    What isn't ordinary is looked at once for all its twins. Of ordinary numbers twins cost less than finding them.
    """
    if not is_region(region):
        raise ValueError(f"{region} is no two-letter country code")
    parsed = digits(texts)
    rows = np.flatnonzero(~parsed.ordinary)
    odd = texts.take(pa.array(rows)).dictionary_encode()
    refused, tidied = _tidied(odd.dictionary.to_pylist())
    if len(texts) > FEW:
        verdicts = judge(parsed.with_more(digits(pa.array(tidied, pa.string()))), region, choice)
    else:
        verdicts = Verdicts.undecided(len(texts) + len(tidied))
    for row, refusal in refused.items():
        _note(verdicts, len(texts) + row, refusal)
    twins = len(texts) + _codes(odd)
    alone = verdicts.outcome == UNDECIDED
    alone[rows] = False
    _read_alone(pa.concat_arrays([texts, odd.dictionary]), np.flatnonzero(alone), verdicts, region, choice)
    verdicts.put(rows, verdicts.at(twins))
    return verdicts.at(slice(len(texts)))


def _tidied(texts: Sequence[str]) -> tuple[dict[int, Refusal], list[str]]:
    """What is faulty before any country is thought of; and the digits of what isn't, "" where they aren't all of it."""
    refused, tidied = {}, []
    for row, text in enumerate(texts):
        written = prepared(text)
        if isinstance(written, Refusal):
            tidied.append("")
            if not may_be_several(text, written):
                refused[row] = written
        else:
            tidied.append(bare(written) or "")
    return refused, tidied


def _read_alone(texts: pa.StringArray, rows: Ints, verdicts: Verdicts, region: str, choice: Choice) -> None:
    distinct = texts.take(pa.array(rows)).dictionary_encode()
    read = Verdicts.undecided(len(distinct.dictionary))
    for row, text in enumerate(distinct.dictionary.to_pylist()):
        _note(read, row, read_phone(text, region=region, countries=choice.countries, mobile=choice.mobile))
    verdicts.put(rows, read.at(_codes(distinct)))


def _note(verdicts: Verdicts, row: int, read: str | Refusal) -> None:
    if isinstance(read, Refusal):
        verdicts.outcome[row] = REASONS.index(read.reason)
    else:
        verdicts.outcome[row], verdicts.phone[row] = TAKEN, int(read)


def _chunked(column: Column) -> pa.ChunkedArray:
    if isinstance(column, pa.ChunkedArray):
        return column
    array = column if isinstance(column, pa.Array) else pa.array(column, pa.string())
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])


def _text(column: pa.ChunkedArray) -> pa.StringArray:
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks)
    return pc.fill_null(array.cast(pa.string()), "")


def _codes(column: pa.DictionaryArray) -> Ints:
    return np.asarray(column.indices.to_numpy(), dtype=np.int64)
