"""Text columns → the types written under customers.types. What isn't plainly of the type is a fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config.words import NO, YES
from ampenet_sync.contacts.answers import read_answers
from ampenet_sync.phones import Hint

Kind = Literal["text", "integer", "number", "date", "boolean"]

# What a clerk is told that a column should hold, in English and in Swahili.
_NAMES: dict[Kind, tuple[str, str]] = {
    "integer": ("a whole number such as 250", "namba kamili kama 250"),
    "number": ("a number such as 12.5", "namba kama 12.5"),
    "date": ("a date such as 2026-11-30", "tarehe kama 2026-11-30"),
    "boolean": ("yes or no", "ndiyo au hapana"),
}

_FORMS: dict[str, str] = {
    "integer": r"^[+-]?\d{1,18}(\.0+)?$",
    "number": r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$",
    "date": r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?$",
}


@dataclass(frozen=True)
class Typed:
    """`values` is null where the text is blank or at fault; `bad` is true where it is at fault."""

    values: pa.ChunkedArray
    bad: pa.ChunkedArray


def type_hint(column: str, kind: Kind) -> Hint:
    """The sentence of `bad_type` with the column's name."""
    english, swahili = _NAMES[kind]
    return Hint(f"Column {column} does not hold {english}.", f"Safu wima {column} haina {swahili}.")


def read_typed(column: pa.ChunkedArray, kind: Kind) -> Typed:
    """integer → int64, number → double, date → date32, boolean → bool; text stays text, and blank text stays ""."""
    if kind == "text":
        return Typed(column, pc.invert(pc.is_valid(column)))
    text = pc.utf8_trim_whitespace(column)
    values = _booleans(text) if kind == "boolean" else _matching(text, kind)
    return Typed(values, pc.and_(pc.is_null(values), pc.not_equal(text, "")))


def _booleans(text: pa.ChunkedArray) -> pa.ChunkedArray:
    said = read_answers(text, yes=YES, no=NO)
    return pc.if_else(pc.or_(said.yes, said.no), said.yes, pa.scalar(None, pa.bool_()))


def _matching(text: pa.ChunkedArray, kind: Kind) -> pa.ChunkedArray:
    good = pc.if_else(pc.match_substring_regex(text, pattern=_FORMS[kind]), text, pa.scalar(None, pa.string()))
    if kind == "date":
        return _dates(pc.utf8_slice_codeunits(good, 0, 10))
    bare = pc.replace_substring_regex(good, pattern=r"^\+", replacement="")
    if kind == "number":
        return bare.cast(pa.float64())
    return pc.replace_substring_regex(bare, pattern=r"\.0+$", replacement="").cast(pa.int64())


def _dates(text: pa.ChunkedArray) -> pa.ChunkedArray:
    """strptime turns 30 February into 2 March; only dates that are written back the same are dates."""
    dates = pc.strptime(text, format="%Y-%m-%d", unit="s", error_is_null=True).cast(pa.date32())
    same = pc.fill_null(pc.equal(dates.cast(pa.string()), text), False)
    return pc.if_else(same, dates, pa.scalar(None, pa.date32()))
