"""A column of written numbers → a column of phones and one of reasons. How one number is judged is `read`'s part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.phones.read import Refusal, read_phone

if TYPE_CHECKING:
    import pandas as pd

    Column: TypeAlias = pa.ChunkedArray | pa.Array | pd.Series[str]


@dataclass(frozen=True)
class Phones:
    """Two text columns as long as the values; in each row one of them is "": either a phone or a reason."""

    phone: pa.Array
    reason: pa.Array


def normalise(values: Column, regions: str | Column, *, countries: Sequence[str] = (), mobile: bool = True) -> Phones:
    """Each value read with its region (one code for all, or a column of codes) as `read_phone` reads it; null is blank.

    Every different (value, region) is read once. Raises ValueError where a region is no country code.
    """
    written = _encoded(values)
    places = _encoded([regions] * len(written) if isinstance(regions, str) else regions)
    if len(places) != len(written):
        raise ValueError(f"{len(written)} values, but {len(places)} regions")
    width = max(len(places.dictionary), 1)
    pairs, inverse = np.unique(_codes(written) * width + _codes(places), return_inverse=True)
    texts = written.dictionary.take(pa.array(pairs // width)).to_pylist()
    codes = places.dictionary.take(pa.array(pairs % width)).to_pylist()
    read = [
        read_phone(text, region=code, countries=countries, mobile=mobile)
        for text, code in zip(texts, codes, strict=True)
    ]
    phones = pa.array(["" if isinstance(one, Refusal) else one for one in read], pa.string())
    reasons = pa.array([one.reason if isinstance(one, Refusal) else "" for one in read], pa.string())
    return Phones(phones.take(pa.array(inverse)), reasons.take(pa.array(inverse)))


def _encoded(column: Column | list[str]) -> pa.DictionaryArray:
    array = column if isinstance(column, pa.ChunkedArray | pa.Array) else pa.array(column, pa.string())
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return pc.fill_null(array.cast(pa.string()), "").dictionary_encode()


def _codes(column: pa.DictionaryArray) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.asarray(column.indices.cast(pa.int64()), dtype=np.int64)
