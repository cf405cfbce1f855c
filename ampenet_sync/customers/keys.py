"""Which rows may share a key, found with eight bytes a row instead of its text. Which of them counts: not here."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    Flags: TypeAlias = np.ndarray[tuple[int], np.dtype[np.bool_]]
    Hashes: TypeAlias = np.ndarray[tuple[int], np.dtype[np.uint64]]
    Numbers: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]

_SEED = 2026
_AT_ONCE = 65_536  # keys; each of their letters takes some thirty bytes for a moment


class Keys:
    """Of each row, in the order of the source: a hash of its key, whether it has one, and whether the row is good."""

    def __init__(self) -> None:
        self._hashes: list[Hashes] = []
        self._good: list[Flags] = []
        self._weights: Hashes = np.empty(0, np.uint64)

    def add(self, keys: pa.ChunkedArray, good: pa.ChunkedArray | pa.Array) -> None:
        for chunk in keys.chunks:
            for start in range(0, len(chunk), _AT_ONCE):
                self._hashes.append(self._hash(chunk.slice(start, _AT_ONCE)))
        self._good.append(np.asarray(good, dtype=bool))

    def good(self) -> Flags:
        return np.concatenate(self._good)

    def suspects(self) -> Numbers:
        """The numbers of all rows whose hash another row has too, ascending; blank keys are no keys.

        Equal keys are always among them, different ones hardly ever: the keys themselves must be compared.
        """
        hashes = np.concatenate([np.empty(0, np.uint64), *self._hashes])
        ordered = np.sort(hashes)
        twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
        twice = twice[twice != 0]
        if not len(twice):
            return np.empty(0, np.int64)
        at = np.searchsorted(twice, hashes).clip(max=len(twice) - 1)
        return np.flatnonzero(twice[at] == hashes)

    def _hash(self, keys: pa.Array) -> Hashes:
        """Σ byte × a random odd weight for its place, modulo 2⁶⁴; 0 for a blank key alone."""
        lengths = np.asarray(pc.binary_length(keys), dtype=np.int64)
        filled = np.flatnonzero(lengths)
        hashes = np.zeros(len(keys), np.uint64)
        if not len(filled):
            return hashes
        ends = np.cumsum(lengths)
        starts = ends - lengths
        places = np.arange(ends[-1]) - np.repeat(starts, lengths)
        letters = _letters(keys).astype(np.uint64) + np.uint64(1)
        hashes[filled] = np.add.reduceat(letters * self._weight(int(lengths.max()))[places], starts[filled])
        return np.where((hashes == 0) & (lengths > 0), np.uint64(1), hashes)

    def _weight(self, places: int) -> Hashes:
        if places > len(self._weights):
            chance = np.random.default_rng(_SEED)
            self._weights = chance.integers(0, 2**64, max(places, 64), np.uint64) | np.uint64(1)
        return self._weights


def _letters(keys: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """The bytes of all keys, one after another."""
    width = np.int64 if pa.types.is_large_string(keys.type) else np.int32
    offsets = np.frombuffer(keys.buffers()[1], width)[keys.offset : keys.offset + len(keys) + 1]
    return np.frombuffer(keys.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]
