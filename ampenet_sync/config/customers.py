"""What the columns of the customers' source mean, as frozen values. No row is read here."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from ampenet_sync.config.source import Model, Source
from ampenet_sync.config.types import TypeField
from ampenet_sync.config.words import NULL_WORDS, YES

CustomTag = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]


class Consent(Model):
    """Who may get marketing: a column that says yes, or a written attestation for all."""

    column: str | None = None
    yes: tuple[str, ...] = YES
    attested: str | None = None

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if (self.column is None) == (self.attested is None):
            raise ValueError("give either column or attested")
        return self


class Newest(Model):
    """The row with the greatest value of this column counts."""

    newest: str = Field(min_length=1)


Collisions = Literal["first", "last"] | Newest


def _read_null_words(written: object) -> object:
    """`none` → no words. Cells are compared without blanks around them, and so are the words."""
    if isinstance(written, tuple):
        return written
    if isinstance(written, list):
        return tuple(word.strip() if isinstance(word, str) else word for word in written)
    if str(written).strip().lower() == "none":
        return ()
    raise ValueError('write them as a list, such as [NULL, "-"], or none')


NullWords = Annotated[tuple[str, ...], BeforeValidator(_read_null_words)]


class Customers(Model):
    """Which columns of the source mean what. Values on the right are column names of the source.

    `phones` is which numbers may be texted: `mobile` refuses fixed lines and services. `collisions` is which of several
    rows with one key, or customers with one phone in one group, counts. A cell that is one of the `null_words`, whole
    and in just that spelling, holds nothing. Without `source` the customers are handed in.
    """

    source: Source | None = None
    key: str | None = None
    phone: str
    first_name: str | None = None
    last_name: str | None = None
    fields: dict[CustomTag, str] = Field({})
    types: dict[str, TypeField] = Field({})
    null_words: NullWords = NULL_WORDS
    region: str | None = None
    phones: Literal["mobile", "any"] = "mobile"
    collisions: Collisions = "first"
    consent: Annotated[Consent | None, BeforeValidator(lambda v: {"column": v} if isinstance(v, str) else v)] = None

    def columns(self) -> dict[str, str]:
        """Configuration key → column of the source, for each column that must be there."""
        named = {name: getattr(self, name) for name in ("key", "phone", "first_name", "last_name", "region")}
        named |= {f"fields.{tag}": column for tag, column in self.fields.items()}
        named |= {f"types.{column}": column for column in self.types}
        named["consent"] = self.consent.column if self.consent else None
        named["collisions.newest"] = self.collisions.newest if isinstance(self.collisions, Newest) else None
        return {name: column for name, column in named.items() if column is not None}
