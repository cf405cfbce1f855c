"""What a cell says: without a spreadsheet's guards around it, and nothing where it holds a word for nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

# `="0712"` and a leading apostrophe keep a spreadsheet from making a number or a formula of a text.
_GUARDS = ((r'^\s*="([^"]*)"\s*$', r"\1"), (r"^\s*'", ""))


def content(column: pa.ChunkedArray, null_words: Sequence[str]) -> pa.ChunkedArray:
    """The texts without guards; "" where the whole cell, trimmed, is one of the `null_words` in just that spelling."""
    for pattern, inside in _GUARDS:
        column = pc.replace_substring_regex(column, pattern=pattern, replacement=inside)
    nothing = pc.is_in(pc.utf8_trim_whitespace(column), pa.array(null_words, column.type))
    return pc.if_else(nothing, "", column)
