"""What the columns of the customers' source mean, as frozen values. No row is read here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from ampenet_sync.config.consent import Consent, OptedOut
from ampenet_sync.config.headings import Column, check_names_differ
from ampenet_sync.config.source import Model, Source
from ampenet_sync.config.types import TypeField
from ampenet_sync.config.words import NULL_WORDS

CustomTag = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]


class Newest(Model):
    """The row with the greatest value of this column counts."""

    newest: Column


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

    may_be_none = ("source", "key", "first_name", "last_name", "fields", "types", "region", "consent", "opted_out")

    source: Source | None = None
    key: Column | None = None
    phone: Column
    first_name: Column | None = None
    last_name: Column | None = None
    fields: dict[CustomTag, Column] = Field({})
    types: Annotated[dict[Column, TypeField], BeforeValidator(check_names_differ)] = Field({})
    null_words: NullWords = NULL_WORDS
    region: Column | None = None
    phones: Literal["mobile", "any"] = "mobile"
    collisions: Collisions = "first"
    consent: Annotated[Consent | None, BeforeValidator(lambda v: {"column": v} if isinstance(v, str) else v)] = None
    opted_out: Annotated[OptedOut | None, BeforeValidator(lambda v: {"column": v} if isinstance(v, str) else v)] = None

    def columns(self) -> dict[str, str]:
        """Configuration key → column of the source, for each column that must be there."""
        named = {name: getattr(self, name) for name in ("key", "phone", "first_name", "last_name", "region")}
        named |= {f"fields.{tag}": column for tag, column in self.fields.items()}
        named |= {f"types.{column}": column for column in self.types}
        named["consent"] = self.consent.column if self.consent else None
        named["opted_out"] = self.opted_out.column if self.opted_out else None
        named["collisions.newest"] = self.collisions.newest if isinstance(self.collisions, Newest) else None
        return {name: column for name, column in named.items() if column is not None}
