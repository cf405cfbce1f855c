"""What the columns of the customers' source mean, as frozen values. No row is read here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from ampenet_sync.config.consent import Consent, OptedOut
from ampenet_sync.config.source import Model, Source

CustomTag = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]


class Newest(Model):
    """The row with the greatest value of this column counts."""

    newest: str = Field(min_length=1)


Collisions = Literal["first", "last"] | Newest


class Customers(Model):
    """Which columns of the source mean what. Values on the right are column names of the source.

    `phones` is which numbers may be texted: `mobile` refuses fixed lines and services. `collisions` is which of several
    rows with one key, or customers with one phone in one group, counts. Without `source` the customers are handed in.
    """

    may_be_none = ("source", "key", "first_name", "last_name", "fields", "types", "region", "consent")

    source: Source | None = None
    key: str | None = None
    phone: str
    first_name: str | None = None
    last_name: str | None = None
    fields: dict[CustomTag, str] = Field({})
    types: dict[str, Literal["text", "integer", "number", "date", "boolean"]] = Field({})
    region: str | None = None
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
