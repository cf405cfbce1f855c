"""The shape of ampenet.yaml as frozen values. Reading files and the environment is `load`'s part."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PrivateAttr,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from ampenet_sync.config.campaign import Campaign, Pricing
from ampenet_sync.config.customers import Customers
from ampenet_sync.config.notify import RecipientField
from ampenet_sync.config.server import Api
from ampenet_sync.config.source import Model, SqlSource, StopList
from ampenet_sync.config.values import Called, Every, EveryField, Limit, LimitField, read_limits, read_name, read_region

NO_CONDITION = "this is no condition; for all customers leave where out, for nobody write 'false'"

Name = Annotated[str, AfterValidator(read_name), Called("NAME")]
Region = Annotated[str, AfterValidator(read_region), Called("country's two letters")]


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


class Config(Model):
    """The whole of ampenet.yaml. `path` is the file it came from; every relative path starts at its folder."""

    may_be_none = ("countries", "campaigns")

    api: Api = Field(
        Api(),
        description="Which server is asked, and how politely. The token is never written here.",
        examples=["api: {requests_per_minute: 60}"],
    )
    ledger: str = Field(
        "sqlite:///.ampenet/ledger.db", repr=False,  # it may hold a password
        description="The database that remembers what was done: SQLite beside this file, or PostgreSQL. "
        "AMPENET_LEDGER_URL goes before it.",
        examples=["ledger: sqlite:///.ampenet/ledger.db"],
    )  # fmt: skip
    time_zone: str = Field(
        "Africa/Dar_es_Salaam",
        description="The zone of quiet hours, editions and every time that is shown.",
        examples=["time_zone: Africa/Nairobi"],
    )
    region: Region = Field(
        "TZ", description="The country of numbers that are written without one.", examples=["region: KE"]
    )
    countries: tuple[Region, ...] = Field(
        (),
        description="The countries whose numbers are taken; others are quarantined. Without any, all are taken.",
        examples=["countries: [TZ, KE]"],
    )
    customers: Customers = Field(
        description="Where the customers' records come from, and what their columns mean.",
        examples=["customers: {source: {csv: customers.csv}, key: customer_id, phone: phone}"],
    )
    suppressions: tuple[StopList, ...] = Field(
        (),
        description="Lists of numbers that are never texted, read at each run; whoever was on one stays suppressed.",
        examples=["suppressions: [{csv: stop.csv}]"],
    )
    segments: dict[Name, Segment] = Field(
        min_length=1,
        description="Named sets of customers, and the groups that they are kept in.",
        examples=["segments:\n  gold: {group: Gold customers, where: tier = 'gold', mode: mirror}\n  everybody: {}"],
    )
    campaigns: dict[Name, Campaign] = Field(
        {},
        description="Named texts, each for one segment.",
        examples=[
            "campaigns:\n  welcome:\n    segment: gold\n    sender_id: DUKALETU\n    kind: marketing\n"
            '    message: "DUKA: Karibu!"\n    opt_out: "Kujitoa: piga 0800 000 000"'
        ],
    )
    pricing: Pricing = Field(Pricing(), description="What a part costs.", examples=["pricing: {currency: TZS}"])
    notify: tuple[RecipientField, ...] = Field(
        (),
        description="Who is told, through Apprise, how a run that changes or sends something ended.",
        examples=['notify:\n  - {to: "env:OPS_URL", on: [page, morning]}\n  - env:TEAM_URL'],
    )

    _path: Path = PrivateAttr(default=Path("ampenet.yaml"))
    _home: Path | None = PrivateAttr(default=None)
    _live_rate: int | None = PrivateAttr(default=None)
    _live_ledger: str | None = PrivateAttr(default=None)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            if name == "localtime":  # on some machines a zone: whichever that machine is in
                raise KeyError(name)
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("write a zone such as Africa/Dar_es_Salaam or Africa/Nairobi") from error
        return name

    @property
    def path(self) -> Path:
        return self._path

    @property
    def folder(self) -> Path:
        return self._path.parent

    @property
    def home(self) -> Path:
        """The data folder (0700): plans, audiences, customers, quarantine and, by default, the ledger."""
        return self._home or self.live_home

    @property
    def live_home(self) -> Path:
        """The same, of the configuration that isn't a rehearsal."""
        return self.folder / ".ampenet"

    @property
    def live_rate(self) -> int:
        """Calls a minute, of the configuration that isn't a rehearsal."""
        return self._live_rate or self.api.requests_per_minute

    @property
    def live_ledger(self) -> str:
        """The ledger of the configuration that isn't a rehearsal."""
        return self._live_ledger or self.ledger

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def with_home(self, home: Path, *, base_url: str, requests_per_minute: int, settle_seconds: float) -> Config:
        """The same configuration with another data folder, ledger and server: a rehearsal."""
        api = self.api.model_copy(
            update={"base_url": base_url, "requests_per_minute": requests_per_minute, "settle_seconds": settle_seconds}
        )
        copy = self.model_copy(update={"api": api, "ledger": f"sqlite:///{home / 'ledger.db'}"})
        copy._path, copy._home, copy._live_rate = self._path, home, self.live_rate
        copy._live_ledger = self.live_ledger
        return copy

    def digest(self, *, segment: str, campaign: str | None = None) -> str:
        """Names everything written here that decides who is in a plan or an audience, and what they read."""
        parts = {
            "region": self.region,
            "countries": self.countries,
            "time_zone": self.time_zone,
            "customers": self.customers.model_dump(mode="json"),
            "segment": self.segments[segment].model_dump(mode="json", serialize_as_any=True),
            "campaign": self.campaigns[campaign].model_dump(mode="json", exclude={"send_at"}) if campaign else None,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:32]
