"""Which column says who agreed to marketing and which who opted out, in which words. No row is read here."""

from __future__ import annotations

from typing import Annotated, NamedTuple, Self

from pydantic import BeforeValidator, Field, model_validator

from ampenet_sync.config.headings import Column
from ampenet_sync.config.source import Model
from ampenet_sync.config.values import Called
from ampenet_sync.config.words import NO, YES, folded

ANYTHING = "any"  # as the word for yes: whatever is written and is no word for no


class Words(NamedTuple):
    """The words for yes and for no, none of them in both; `anything` that is no word for no is a yes."""

    yes: tuple[str, ...]
    no: tuple[str, ...]
    anything: bool = False


def _list(given: object) -> object:
    if isinstance(given, str):
        raise ValueError("write a list such as [yes, ndiyo]")  # noqa: TRY004 - pydantic tells only of this kind
    return given


WordList = Annotated[tuple[str, ...], BeforeValidator(_list), Called("list of words")]
YesList = Annotated[
    tuple[str, ...],
    BeforeValidator(_list),
    BeforeValidator(lambda given: (ANYTHING,) if given == ANYTHING else given),
    Called("list of words, or any"),
]


class Consent(Model):
    """Who may get marketing: a column that says yes, or a written attestation for all.

    A list that is written takes the place of the usual words.
    """

    column: Column | None = Field(
        None, description="The column that says yes to marketing.", examples=["column: sms_opt_in"]
    )
    yes: WordList = Field(
        YES,
        description="The words that are a yes, instead of the usual ones; case doesn't count.",
        examples=["column: sms_opt_in\nyes: [subscribed, nakubali]"],
    )
    no: WordList = Field(
        NO,
        description="The words that are a no, instead of the usual ones; case doesn't count.",
        examples=["column: sms_opt_in\nno: [left, sitaki]"],
    )
    attested: str | None = Field(
        None,
        description="Instead of a column, a sentence that says how and when everybody in the source agreed.",
        examples=["attested: signed membership forms, kept at the office since 2024"],
    )

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if (self.column is None) == (self.attested is None):
            raise ValueError("give either column or attested")
        return self

    @model_validator(mode="after")
    def _words_differ(self) -> Self:
        _check(self.yes, self.no, self.model_fields_set)
        return self

    @property
    def words(self) -> Words:
        return _words(self.yes, self.no, self.model_fields_set)


class OptedOut(Model):
    """The column that says who is never to be texted. `yes: any`: whatever is written says so, such as a date."""

    column: Column = Field(description="The column that says who left.", examples=["column: unsubscribed_at"])
    yes: YesList = Field(
        YES,
        description="The words that say so, instead of the usual ones; any is whatever is written, such as a date.",
        examples=["column: unsubscribed_at\nyes: any"],
    )
    no: WordList = Field(
        NO,
        description="The words that say the opposite, instead of the usual ones.",
        examples=["column: status\nyes: [left]\nno: [subscribed]"],
    )

    @model_validator(mode="after")
    def _words_differ(self) -> Self:
        _check(self.yes, self.no, self.model_fields_set)
        return self

    @property
    def words(self) -> Words:
        yes, no, _ = _words(self.yes, self.no, self.model_fields_set)
        return Words(yes, no, ANYTHING in map(folded, yes))


def is_spelt_out(rule: Consent | OptedOut) -> bool:
    """Whether both lists are written: then a person has thought about what each word of the column means."""
    return {"yes", "no"} <= rule.model_fields_set


def _check(yes: tuple[str, ...], no: tuple[str, ...], written: set[str]) -> None:
    """Of two written lists each word stands in one, and none is blank."""
    for name, words in (("yes", yes), ("no", no)):
        if name in written and not all(map(folded, words)):
            raise ValueError(f"a word under {name} is blank; a blank cell says nothing, neither yes nor no")
    twice = sorted(set(map(folded, yes)) & set(map(folded, no)))
    if {"yes", "no"} <= written and twice:
        quoted = ", ".join(f"'{word}'" for word in twice)
        raise ValueError(f"under yes and under no stands {quoted}: strike each word from one of the two lists")


def _words(yes: tuple[str, ...], no: tuple[str, ...], written: set[str]) -> Words:
    """A word of a written list is none of the other, usual one."""
    if "no" in written:
        return Words(_without(yes, no), no)
    return Words(yes, _without(no, yes))


def _without(words: tuple[str, ...], taken: tuple[str, ...]) -> tuple[str, ...]:
    gone = set(map(folded, taken))
    return tuple(word for word in words if folded(word) not in gone)
