"""Text columns → the types written under customers.types. What isn't plainly of the type is a fault."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config.types import AnswerForm, DateForm, Kind, NumberForm, Type, kind_of
from ampenet_sync.customers.answers import read_answers
from ampenet_sync.customers.dates import example_of, read_days
from ampenet_sync.customers.numbers import plain_integers, plain_numbers
from ampenet_sync.phones import Hint

# What a clerk is told that a column should hold, in English and in Swahili, with an example.
_NAMES: dict[Kind, tuple[str, str, str]] = {
    "integer": ("a whole number such as", "namba kamili kama", "250"),
    "number": ("a number such as", "namba kama", "12.5"),
    "date": ("a date such as", "tarehe kama", "2026-11-30"),
    "boolean": ("yes or no", "ndiyo au hapana", ""),
}


@dataclass(frozen=True)
class Typed:
    """`values` is null where the text is blank or at fault; `bad` is true where it is at fault."""

    values: pa.ChunkedArray
    bad: pa.ChunkedArray


def type_hint(column: str, type: Type) -> Hint:
    """The sentence of `bad_type` with the column's name."""
    english, swahili, example = _NAMES[kind_of(type)]
    match type:
        case DateForm():
            example = example_of(type)
        case NumberForm():
            example = type.example
        case AnswerForm():
            english, swahili = (f"{type.yes[0]} {word} {type.no[0]}" for word in ("or", "au"))
    english, swahili = (f"{words} {example}".strip() for words in (english, swahili))
    return Hint(f"Column {column} does not hold {english}.", f"Safu wima {column} haina {swahili}.")


def read_typed(column: pa.ChunkedArray, type: Type, *, zone: str) -> Typed:
    """integer → int64, number → double, date → date32, boolean → bool; text stays text, and blank text stays "".

    `column` holds what the cells say (see `cells.content`). A moment with a time zone becomes its date in `zone`.
    """
    if type == "text":
        return Typed(column, pc.invert(pc.is_valid(column)))
    text = pc.utf8_trim_whitespace(column)
    values = _values(text, type, zone)
    return Typed(values, pc.and_(pc.is_null(values), pc.not_equal(text, "")))


def _values(text: pa.ChunkedArray, type: Type, zone: str) -> pa.ChunkedArray:
    kind = kind_of(type)
    if kind == "boolean":
        return _booleans(text, type if isinstance(type, AnswerForm) else AnswerForm())
    if kind == "date":
        return read_days(text, type if isinstance(type, DateForm) else None, zone=zone)
    form = type if isinstance(type, NumberForm) else None
    if kind == "integer":
        return plain_integers(text, form).cast(pa.int64())
    return plain_numbers(text, form).cast(pa.float64())


def _booleans(text: pa.ChunkedArray, form: AnswerForm) -> pa.ChunkedArray:
    answers = read_answers(text, yes=form.yes, no=form.no)
    return pc.if_else(pc.or_(answers.yes, answers.no), answers.yes, pa.scalar(None, pa.bool_()))
