"""What a cell says: without a spreadsheet's guards around it, and nothing where it holds a word for nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import pandas as pd

TEXT = pa.string()

# Each guard, and how a text inside it is found: `="0712"` and a leading apostrophe keep a spreadsheet from making a
# number or a formula of a text. Behind an apostrophe that closes a quotation none is a guard: `'Mzee'`.
_FORMULA, _APOSTROPHE = r'(?s)^="((?:[^"]|"")*)"$', r"(?s)^'(|.*[^'])$"


def texts(column: pd.Series[str], kind: pa.DataType = TEXT) -> pa.ChunkedArray:
    """A frame's column of text as Arrow has it."""
    array = pa.array(column, kind)
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])


def content(column: pa.ChunkedArray, null_words: Sequence[str]) -> pa.ChunkedArray:
    """The texts without guards; "" where the whole cell, trimmed, is one of the `null_words` in just that spelling.

    Everything else, blanks around a text too, stays as it is written.
    """
    trimmed = pc.utf8_trim_whitespace(column)
    guarded = pc.or_(pc.starts_with(trimmed, '="'), pc.starts_with(trimmed, "'"))
    if pc.any(guarded).as_py():
        bare = _without_guards(trimmed.filter(guarded))
        column = _replaced(column, guarded, bare)
        trimmed = _replaced(trimmed, guarded, pc.utf8_trim_whitespace(bare))
    nothing = pc.is_in(trimmed, pa.array(null_words, column.type))
    return pc.if_else(nothing, "", column) if pc.any(nothing).as_py() else column


def contents(table: pa.Table, columns: Collection[str], null_words: Sequence[str]) -> pa.Table:
    """The table, in which these columns hold what their cells say."""
    for at, name in enumerate(table.column_names):
        if name in columns:
            table = table.set_column(at, name, content(table[name], null_words))
    return table


def _without_guards(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Within `="…"` a quote is written twice."""
    formula = pc.match_substring_regex(texts, pattern=_FORMULA)
    inside = pc.replace_substring_regex(texts, pattern=_FORMULA, replacement=r"\1")
    texts = pc.if_else(formula, pc.replace_substring(inside, pattern='""', replacement='"'), texts)
    bare = pc.replace_substring_regex(texts, pattern=_APOSTROPHE, replacement=r"\1")
    return pc.if_else(formula, texts, bare)


def _replaced(column: pa.ChunkedArray, where: pa.ChunkedArray, texts: pa.ChunkedArray) -> pa.ChunkedArray:
    changed = pc.replace_with_mask(column.combine_chunks(), where.combine_chunks(), texts.combine_chunks())
    return pa.chunked_array([changed])
