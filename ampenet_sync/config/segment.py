"""The entries of `segments` in ampenet.yaml: named sets of customers, and the groups that they are kept in."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from ampenet_sync.config.source import Model, SqlSource
from ampenet_sync.config.values import Called, Every, EveryField, Limit, LimitField, read_limits

NO_CONDITION = "this is no condition; for all customers leave where out, for nobody write 'false'"


class Group(Model):
    """The Ampenet group a segment is kept in, by name or by uid."""

    name: str | None = Field(
        None, min_length=1, max_length=255,
        description="The group's name at Ampenet; a group that isn't there is made.",
        examples=["name: Gold customers"],
    )  # fmt: skip
    uid: str | None = Field(
        None, pattern=r"^[0-9a-z]{1,40}$",
        description="The group's uid instead of its name; it stays when somebody renames the group.",
        examples=["uid: 65f3a1b2c4d5e"],
    )  # fmt: skip

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if (self.name is None) == (self.uid is None):
            raise ValueError("give either a name or a uid")
        return self

    def __str__(self) -> str:
        return self.name or f"uid {self.uid}"


class Limits(Model):
    """How much one run may change before a person must say yes."""

    deletes: LimitField = Field(
        Limit(percent=10),
        description="Contacts that may be deleted, of those we knew in the group; all of them never are.",
        examples=["deletes: 10%"],
    )
    updates: LimitField = Field(
        Limit(percent=30),
        description="Contacts that may be changed, of those we knew in the group.",
        examples=["updates: 500"],
    )
    creates: LimitField = Field(
        Limit(),
        description="Contacts that may be made, of those we knew in the group.",
        examples=["creates: 2000"],
    )
    source_shrink: LimitField = Field(
        Limit(percent=20),
        description="Rows that the source may have lost since a plan from it was last begun.",
        examples=["source_shrink: 20%"],
    )
    quarantined: LimitField = Field(
        Limit(percent=5),
        description="Rows of the source that may be quarantined.",
        examples=["quarantined: none"],
    )


class Drift(Model):
    """What becomes of a contact that somebody else changed or removed there; of those added, `deletes` says."""

    changed: Literal["overwrite", "keep"] = Field(
        "overwrite",
        description="Of a contact that somebody changed there: overwrite makes it again as the customer's record says; "
        "keep leaves it, and reports it, as long as it differs from the record.",
        examples=["changed: keep"],
    )
    removed: Literal["report", "recreate"] = Field(
        "report",
        description="Of a contact that somebody removed there: report names it and makes it no more; recreate makes it "
        "again, but for those who are suppressed or opted out.",
        examples=["removed: recreate"],
    )


Mode = Literal["mirror", "upsert", "create_only", "update_only"]
Actual = Literal["auto", "live", "ledger"]


class Members(Model):
    """A query whose one column holds the keys of a segment's customers."""

    sql: SqlSource = Field(
        description="The database and the query.",
        examples=['sql: {url: "env:CUSTOMERS_URL", query: select customer_id from gold}'],
    )


class Segment(Model):
    """A named set of customers, by `where` or `members`, and the group it is kept in; else it serves campaigns."""

    may_be_none = ("group", "members")

    group: Annotated[
        Group | None,
        BeforeValidator(lambda v: {"name": v} if isinstance(v, str) else v),
        Called("name of a group or section"),
    ] = Field(
        None,
        description="The Ampenet group that the segment is kept in; without one it serves campaigns alone.",
        examples=["group: Gold customers\nmode: mirror"],
    )
    where: str | None = Field(
        None,
        description="A condition over columns of the source; without one all customers are in the segment.",
        examples=["where: tier = 'gold' and points >= 50"],
    )
    members: Members | None = Field(
        None,
        description="A query that names the segment's customers by their keys, instead of where.",
        examples=['members: {sql: {url: "env:CUSTOMERS_URL", query: select customer_id from gold}}'],
    )
    mode: Mode | None = Field(
        None,
        description="What is done in the group; required beside group. mirror makes, changes and deletes; "
        "upsert makes and changes; the other two do one alone.",
        examples=["group: Gold customers\nmode: mirror"],
    )
    deletes: Literal["owned", "all"] = Field(
        "owned",
        description="Whether mirror deletes only contacts that we made, or all that are not in the segment.",
        examples=["group: Gold customers\nmode: mirror\ndeletes: owned"],
    )
    adopt: Literal["none", "matched"] = Field(
        "none",
        description="Whether a contact that somebody else made becomes ours where it has a customer's phone.",
        examples=["group: Gold customers\nmode: mirror\nadopt: matched"],
    )
    actual: Actual = Field(
        "auto",
        description="Where a plan takes what stands in the group from. live: it is listed, 25 contacts a call; "
        "ledger: what the ledger remembers, and every contact is read before it is changed; auto: it is listed while "
        "it has up to 1,000 contacts, and else where the last listing is older than list_every.",
        examples=["group: Gold customers\nmode: mirror\nactual: live"],
    )
    list_every: EveryField = Field(
        Every(hours=7 * 24),
        description="Under actual: auto, after which time a group of more than 1,000 contacts is listed again.",
        examples=["group: Gold customers\nmode: mirror\nlist_every: 2d"],
    )
    drift: Drift = Field(
        Drift(),
        description="What is done about contacts that somebody else changed or removed at Ampenet.",
        examples=["group: Gold customers\nmode: mirror\ndrift: {changed: keep}"],
    )
    limits: Annotated[Limits, BeforeValidator(read_limits)] = Field(
        Limits(),
        description="How much one run may change before a person must say yes.",
        examples=["limits: {deletes: 10%, updates: 30%}"],
    )

    @field_validator("where")
    @classmethod
    def _says_something(cls, where: str | None) -> str | None:
        if where is not None and where.strip().lower() in ("", "none"):
            raise PydanticCustomError("bad_where", NO_CONDITION)
        return where

    @model_validator(mode="after")
    def _mode_is_required(self) -> Self:
        if self.group is not None and self.mode is None:
            raise ValueError("mode is required beside group: mirror, upsert, create_only or update_only")
        return self

    @model_validator(mode="after")
    def _where_or_members(self) -> Self:
        if self.where is not None and self.members is not None:
            raise ValueError("give either where or members")
        return self
