"""A column of written numbers → a column of phones and one of reasons, slice by slice.

Most are decided together (`digits`, `fast`), the rest one by one (`read`); what comes out is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.phones.digits import Ints, digits
from ampenet_sync.phones.fast import REASONS, TAKEN, UNDECIDED, Choice, Verdicts, judge
from ampenet_sync.phones.read import Refusal, bare, is_region, prepared, read_phone

if TYPE_CHECKING:
    import pandas as pd

    Column: TypeAlias = pa.ChunkedArray | pa.Array | pd.Series[str]

SLICE: Final = 65_536  # rows read together: bounds the memory
FEW: Final = 24  # numbers that are read sooner one by one


@dataclass(frozen=True)
class Phones:
    """Two text columns as long as the values; in each row one of them is "": either a phone or a reason."""

    phone: pa.Array
    reason: pa.Array


def normalise(values: Column, regions: str | Column, *, countries: Sequence[str] = (), mobile: bool = True) -> Phones:
    """Each value read with its region (one code for all, or a column of codes) as `read_phone` reads it; null is blank.

    Every different (value, region) of a slice is read once. Raises ValueError where a region is no country code.
    """
    written, choice = _chunked(values), Choice(countries, mobile)
    places = regions if isinstance(regions, str) else _chunked(regions)
    if not isinstance(places, str) and len(places) != len(written):
        raise ValueError(f"{len(written)} values, but {len(places)} regions")
    phones, reasons = [pa.array([], pa.string())], [pa.array([], pa.string())]
    for start in range(0, len(written), SLICE):
        there = places if isinstance(places, str) else places.slice(start, SLICE)
        read = _slice(_encoded(written.slice(start, SLICE)), there, choice)
        taken = pa.array(read.outcome == TAKEN)
        phones.append(pc.if_else(taken, pc.cast(pa.array(read.phone), pa.string()), ""))
        reasons.append(pa.array(REASONS, pa.string()).take(pa.array(read.outcome)))
    return Phones(pa.concat_arrays(phones), pa.concat_arrays(reasons))


def _slice(written: pa.DictionaryArray, places: str | pa.ChunkedArray, choice: Choice) -> Verdicts:
    """One verdict for each row."""
    if isinstance(places, str):
        read = _read(written.dictionary, places, choice)
        rows = _codes(written)
        return Verdicts(read.outcome[rows], read.phone[rows])
    verdicts = Verdicts.undecided(len(written))
    for region, rows in _by_region(_encoded(places)):
        used, which = np.unique(_codes(written)[rows], return_inverse=True)
        read = _read(written.dictionary.take(pa.array(used)), region, choice)
        verdicts.put(rows, Verdicts(read.outcome[which], read.phone[which]))
    return verdicts


def _by_region(places: pa.DictionaryArray) -> Iterator[tuple[str, Ints]]:
    codes = _codes(places)
    for index, region in enumerate(places.dictionary.to_pylist()):
        yield region, np.flatnonzero(codes == index)


def _read(texts: pa.StringArray, region: str, choice: Choice) -> Verdicts:
    """Ordinary numbers together, then those that only had to be tidied, and the rest one by one."""
    if not is_region(region):
        raise ValueError(f"{region} is no two-letter country code")
    verdicts = Verdicts.undecided(len(texts))
    if len(texts) > FEW:
        found = digits(texts)
        verdicts = judge(found, region, choice)
        _read_tidied(texts, np.flatnonzero(~found.ordinary), verdicts, region, choice)
    rows = np.flatnonzero(verdicts.outcome == UNDECIDED)
    for row, text in zip(rows.tolist(), texts.take(pa.array(rows)).to_pylist(), strict=True):
        _note(verdicts, row, read_phone(text, region=region, countries=choice.countries, mobile=choice.mobile))
    return verdicts


def _read_tidied(texts: pa.StringArray, rows: Ints, verdicts: Verdicts, region: str, choice: Choice) -> None:
    """What is faulty before any country is thought of, and what is ordinary once it is tidied."""
    tidied, places = [], []
    for row, text in zip(rows.tolist(), texts.take(pa.array(rows)).to_pylist(), strict=True):
        written = prepared(text)
        if isinstance(written, Refusal):
            _note(verdicts, row, written)
        elif tidy := bare(written):
            tidied.append(tidy)
            places.append(row)
    if len(tidied) > FEW:
        read = judge(digits(pa.array(tidied, pa.string())), region, choice)
        verdicts.put(np.array(places, dtype=np.int64), read)


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


def _encoded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks)
    return pc.fill_null(array.cast(pa.string()), "").dictionary_encode()


def _codes(column: pa.DictionaryArray) -> Ints:
    return np.asarray(column.indices.to_numpy(), dtype=np.int64)
