"""What the columns under customers.types hold and how it is written there, as frozen values. No cell is read here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import BeforeValidator

from ampenet_sync.config.values import Called
from ampenet_sync.config.words import NO, YES

Kind = Literal["text", "integer", "number", "date", "boolean"]
KINDS: tuple[Kind, ...] = get_args(Kind)

# What strptime calls the parts of a date that are understood here, by what they tell.
_DIRECTIVES = {
    "day": "d",
    "month": "mbB",
    "year": "Yy",
    "hour": "HI",
    "half": "p",
    "minute": "M",
    "second": "S",
    "fraction": "f",
    "zone": "z",
}
_TELLS = {sign: part for part, signs in _DIRECTIVES.items() for sign in signs}
_NEEDS = {"minute": "hour", "second": "minute", "fraction": "second", "zone": "hour", "half": "hour"}
_TOKEN = re.compile(r"%(.)|([^%]+|%$)", re.DOTALL)
_DATE_HINT = 'write what strptime calls its parts, as in "%d/%m/%Y" for 30/11/2026'

_BLANKS = " \u00a0\u2009\u202f"
_THOUSANDS = f",.'’{_BLANKS}"
_EXAMPLE = re.compile(rf"(?P<before>\D*?)(?P<number>\d(?:[\d{_THOUSANDS}]*\d)?)(?P<after>\D*)")
_BARE_SIGNS = re.compile(rf"[{_THOUSANDS}+-]*")


@dataclass(frozen=True)
class DateForm:
    """Dates, and moments, as strptime's `format` has them. See `date_tokens`."""

    format: str


@dataclass(frozen=True)
class NumberForm:
    """Numbers as the `example` shows them. `prefix` and `suffix` may stand there, and so may the `thousands` sign.

    `thousands` is "" where the example has none; " " and "'" stand for all blanks and apostrophes. `negative` is where
    a number below zero is marked: by a minus before it, by one behind it too, or by brackets around it too.
    """

    kind: Literal["integer", "number"]
    example: str
    prefix: str = ""
    suffix: str = ""
    thousands: Literal["", ",", ".", " ", "'"] = ""
    decimal: Literal[".", ","] = "."
    negative: Literal["before", "behind", "brackets"] = "before"


@dataclass(frozen=True)
class AnswerForm:
    """Yes and no in words of one's own."""

    yes: tuple[str, ...] = YES
    no: tuple[str, ...] = NO


Type: TypeAlias = Kind | DateForm | NumberForm | AnswerForm


def kind_of(type: Type) -> Kind:
    match type:
        case DateForm():
            return "date"
        case NumberForm():
            return type.kind
        case AnswerForm():
            return "boolean"
    return type


def read_type(written: object) -> Type:
    """`date` → the kind alone, `{date: "%d/%m/%Y"}` → the kind and how it is written. Raises ValueError."""
    if isinstance(written, DateForm | NumberForm | AnswerForm) or written in KINDS:
        return written
    if isinstance(written, dict) and len(written) == 1:
        ((kind, form),) = written.items()
        if kind == "date" and isinstance(form, str):
            return DateForm(_checked_format(form))
        if kind in ("integer", "number") and isinstance(form, str):
            return _number_form(kind, form)
        if kind == "boolean" and isinstance(form, dict) and form and set(form) <= {"yes", "no"}:
            return AnswerForm(**{answer: _words(words) for answer, words in form.items()})
    forms = '{date: "%d/%m/%Y"}, {number: "1,234.50"}, {integer: "1,234"} or {boolean: {yes: […], no: […]}}'
    raise ValueError(f"write text, integer, number, date or boolean, or how its cells are written: {forms}")


TypeField = Annotated[
    Type, BeforeValidator(read_type), Called("text, integer, number, date, boolean or a form of them")
]


def date_tokens(format: str) -> list[tuple[str, str]]:
    """`%d/%m` → [("d", ""), ("", "/"), ("m", "")]: each part's letter, or the text between two parts."""
    tokens = _TOKEN.findall(format.strip())
    return [("", "%") if (sign, text) == ("%", "") else (sign, text) for sign, text in tokens]


def _checked_format(format: str) -> str:
    signs = [sign for sign, _ in date_tokens(format) if sign]
    for sign in signs:
        if sign not in _TELLS:
            known = " ".join(f"%{known}" for known in _TELLS)
            raise ValueError(f"%{sign} is no part of a date that is understood here; there are {known}")
    tells = [_TELLS[sign] for sign in signs]
    for part in ("day", "month", "year"):
        if part not in tells:
            raise ValueError(f"'{format}' has no {part}: {_DATE_HINT}")
    for part in tells:
        if tells.count(part) > 1:
            raise ValueError(f"'{format}' has more than one {part}")
        if part in _NEEDS and _NEEDS[part] not in tells:
            raise ValueError(f"'{format}' has a {part} without an hour or what stands between them")
    if ("I" in signs) != ("p" in signs):
        raise ValueError(f"'{format}': %I and %p belong together, as 02:30 PM; for 14:30 write %H")
    return format


def _number_form(kind: Literal["integer", "number"], example: str) -> NumberForm:
    """What an example shows. Where it can be read in two ways it is no example."""
    text = example.strip()
    brackets = text.startswith("(") and text.endswith(")")
    parts = _EXAMPLE.fullmatch(text[1:-1].strip() if brackets else text)
    if parts is None:
        raise ValueError(f"'{example}' is no example of a number: write one such as 1,234.50 or TZS 1,234")
    prefix, suffix = parts["before"].strip().lstrip("+-").strip(), parts["after"].strip()
    behind = suffix == "-"
    suffix = "" if behind else suffix
    if any(text and _BARE_SIGNS.fullmatch(text) for text in (prefix, suffix)):
        raise ValueError(f"'{example}': before and behind the digits may stand a word or a sign such as TZS or /=")
    thousands, decimal = _marks(kind, example, parts["number"])
    negative: Literal["before", "behind", "brackets"] = "brackets" if brackets else "behind" if behind else "before"
    return NumberForm(kind, example, prefix, suffix, thousands, decimal, negative)


def _marks(
    kind: Literal["integer", "number"], example: str, number: str
) -> tuple[Literal["", ",", ".", " ", "'"], Literal[".", ","]]:
    """The signs of thousands and of decimals: the last sign is that of decimals unless it parts groups of three."""
    marks = [" " if mark in _BLANKS else "'" if mark in "'’" else mark for mark in re.findall(r"\D", number)]
    first, *groups = re.split(r"\D", number)
    decimals = bool(marks) and (len(groups[-1]) != 3 or len(first) > 3 or marks.count(marks[-1]) < len(marks))
    if marks == ["."] and not decimals and kind == "number":
        raise ValueError(f"'{example}' can be read in two ways: write 1.234,50, or 1234.50")
    whole = marks[:-1] if decimals else marks
    thousands = whole[0] if whole else ""
    decimal = marks[-1] if decimals else "," if thousands == "." else "."
    parted = len(set(whole)) > 1 or any(len(group) != 3 for group in groups[: len(whole)])
    if parted or (whole and not 1 <= len(first) <= 3) or decimal not in (".", ",") or decimal == thousands:
        raise ValueError(f"'{example}' does not show thousands and decimals: write one such as 1,234.50 or 1.234,50")
    if kind == "integer" and decimals and groups[-1].strip("0"):
        raise ValueError(f"'{example}' is no whole number: write {{number: …}}")
    return thousands, decimal  # type: ignore[return-value]  # they are among the marks that the pattern lets through


def _words(words: object) -> tuple[str, ...]:
    listed = words if isinstance(words, list) else [words]
    if not all(isinstance(word, str) and word.strip() for word in listed) or not listed:
        raise ValueError("write the words for yes and no as lists, such as {yes: [Ja], no: [Nei]}")
    return tuple(listed)
