"""Cells that say yes or no → which of both, nothing, or what nobody knows the meaning of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config.words import folded

_YES, _NO, _NOTHING, _UNCLEAR = range(4)


@dataclass(frozen=True)
class Answers:
    """Four columns of truths as long as the cells; in each row just one of them is true."""

    yes: pa.ChunkedArray
    no: pa.ChunkedArray
    nothing: pa.ChunkedArray
    unclear: pa.ChunkedArray


def read_answers(column: pa.ChunkedArray, *, yes: Sequence[str], no: Sequence[str]) -> Answers:
    """Words are compared as `folded` writes them, each different cell once; one that stands in both lists is a no.

    `column` holds what the cells say (see `cells.content`).
    """
    distinct = pc.unique(column)
    kinds = dict.fromkeys(map(folded, yes), _YES) | dict.fromkeys(map(folded, no), _NO) | {"": _NOTHING}
    meant = np.array([kinds.get(folded(cell or ""), _UNCLEAR) for cell in distinct.to_pylist()], np.int8)
    meant = pa.array(meant).take(pc.index_in(column, distinct).combine_chunks())
    return Answers(*(pa.chunked_array([pc.equal(meant, kind)]) for kind in (_YES, _NO, _NOTHING, _UNCLEAR)))
