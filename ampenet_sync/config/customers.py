"""What the columns of the customers' source mean, as frozen values. No row is read here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from ampenet_sync.config.consent import Consent, OptedOut
from ampenet_sync.config.headings import Column, check_names_differ
from ampenet_sync.config.source import Model, Source
from ampenet_sync.config.types import TypeField
from ampenet_sync.config.values import Called
from ampenet_sync.config.words import NULL_WORDS

CustomTag = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$"), Called("TAG")]


class Newest(Model):
    """The row with the greatest value of this column counts."""

    newest: Column = Field(
        description="The column that says when a row was last changed; the row with its greatest value counts.",
        examples=["newest: updated_at"],
    )


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


NullWords = Annotated[tuple[str, ...], BeforeValidator(_read_null_words), Called("list of words, or none")]


class Customers(Model):
    """Which columns of the source mean what. Values on the right are column names of the source.

    `phones` is which numbers may be texted: `mobile` refuses fixed lines and services. `collisions` is which of several
    rows with one key, or customers with one phone in one group, counts. A cell that is one of the `null_words`, whole
    and in just that spelling, holds nothing. Without `source` the customers are handed in.
    """

    may_be_none = ("source", "key", "first_name", "last_name", "fields", "types", "region", "consent", "opted_out")

    source: Source | None = Field(
        None,
        description="The files or the database that hold the records; without one they are handed in by a script.",
        examples=["source: {csv: customers.csv}"],
    )
    key: Column | None = Field(
        None,
        description="The customer's own id: with it a changed number stays the same customer. Without it the phone is.",
        examples=["key: customer_id"],
    )
    phone: Column = Field(description="The phone number.", examples=["phone: phone"])
    first_name: Column | None = Field(
        None, description="The first name, in contacts and as a variable of texts.", examples=["first_name: first_name"]
    )
    last_name: Column | None = Field(
        None, description="The last name, in contacts and as a variable of texts.", examples=["last_name: last_name"]
    )
    fields: dict[CustomTag, Column] = Field(
        {},
        description="More variables of texts, each from a column; a 3.9 platform keeps them in its contacts too.",
        examples=["fields: {CITY: city, TIER: tier}"],
    )
    types: Annotated[dict[Column, TypeField], BeforeValidator(check_names_differ)] = Field(
        {},
        description="What columns hold that where compares; every other column is text.",
        examples=['types: {points: integer, joined: {date: "%d/%m/%Y"}, balance: {number: "1,234.50"}}'],
    )
    null_words: NullWords = Field(
        NULL_WORDS,
        description="Words that mean an empty cell, where a whole cell is one of them in just that spelling.",
        examples=['null_words: [NULL, "-", hakuna]'],
    )
    region: Column | None = Field(
        None,
        description="The country of each row's number where it is written without one; a blank is the region above.",
        examples=["region: country"],
    )
    phones: Literal["mobile", "any"] = Field(
        "mobile", description="Which numbers may be texted; any takes fixed lines and services too.",
        examples=["phones: any"],
    )  # fmt: skip
    collisions: Collisions = Field(
        "first",
        description="Which row counts where several have one key, and which customer where several share a phone.",
        examples=["collisions: {newest: updated_at}"],
    )
    consent: Annotated[
        Consent | None,
        BeforeValidator(lambda v: {"column": v} if isinstance(v, str) else v),
        Called("name of a column or section"),
    ] = Field(
        None,
        description="The column that says yes to marketing; without it nobody gets any.",
        examples=["consent: sms_opt_in"],
    )
    opted_out: Annotated[
        OptedOut | None,
        BeforeValidator(lambda v: {"column": v} if isinstance(v, str) else v),
        Called("name of a column or section"),
    ] = Field(
        None,
        description="The column that says who is never to be texted nor made a contact.",
        examples=["opted_out: unsubscribed_at"],
    )

    def columns(self) -> dict[str, str]:
        """Configuration key → column of the source, for each column that must be there."""
        named = {name: getattr(self, name) for name in ("key", "phone", "first_name", "last_name", "region")}
        named |= {f"fields.{tag}": column for tag, column in self.fields.items()}
        named |= {f"types.{column}": column for column in self.types}
        named["consent"] = self.consent.column if self.consent else None
        named["opted_out"] = self.opted_out.column if self.opted_out else None
        named["collisions.newest"] = self.collisions.newest if isinstance(self.collisions, Newest) else None
        return {name: column for name, column in named.items() if column is not None}
