"""Cells that say yes or no → which of both, nothing, or what nobody knows the meaning of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.contacts.tidy import tidy


@dataclass(frozen=True)
class Answers:
    """Four columns of truths as long as the cells; in each row just one of them is true."""

    yes: pa.ChunkedArray
    no: pa.ChunkedArray
    nothing: pa.ChunkedArray
    unclear: pa.ChunkedArray


def read_answers(column: pa.ChunkedArray, *, yes: Sequence[str], no: Sequence[str]) -> Answers:
    """The words are compared as `folded` writes them. `column` holds what the cells say (see `cells.content`)."""
    words = folded(column)
    agreed, refused = (pc.is_in(words, _folded_list(known, words.type)) for known in (yes, no))
    nothing = pc.equal(words, "")
    unclear = pc.invert(pc.or_(pc.or_(agreed, refused), nothing))
    return Answers(agreed, refused, nothing, unclear)


def folded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Tidied, digits and letters of other widths as plain ones, in lower case."""
    return pc.utf8_lower(pc.utf8_normalize(tidy(column), form="NFKC"))


def _folded_list(words: Sequence[str], kind: pa.DataType) -> pa.Array:
    return pc.unique(folded(pa.chunked_array([pa.array(words, kind)])))
