"""The shape of ampenet.yaml as frozen values. Reading files and the environment is `load`'s part."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
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

from ampenet_sync.config.addresses import server_address
from ampenet_sync.config.customers import Customers
from ampenet_sync.config.source import Model, SqlSource, StopList
from ampenet_sync.config.values import (
    Limit,
    LimitField,
    QuietHours,
    QuietHoursField,
    read_limits,
    read_name,
    read_quiet_hours,
    read_region,
)

LOOPBACK = ("127.0.0.1", "localhost", "::1")
DEFAULT_QUIET_HOURS = read_quiet_hours("20:00-08:00")

NO_CONDITION = "this is no condition; for all customers leave where out, for nobody write 'false'"

Name = Annotated[str, AfterValidator(read_name)]
Region = Annotated[str, AfterValidator(read_region)]


class Api(Model):
    """Where the platform answers, and how politely we ask."""

    may_be_none = ("proxy",)

    base_url: str = "https://sms.ampenet.com/api/v3"
    dialect: Literal["auto", "3.1", "3.8", "3.9"] = "auto"
    proxy: str | None = None
    requests_per_minute: int = Field(60, ge=1, le=100_000)
    concurrency: int = Field(4, ge=1, le=64)
    page_concurrency: int = Field(8, ge=1, le=64)
    settle_seconds: float = Field(120, ge=0, le=3600)

    @field_validator("base_url")
    @classmethod
    def _polite_url(cls, url: str) -> str:
        parts = server_address(url, such_as="https://sms.ampenet.com/api/v3")
        if "?" in url or "#" in url:
            raise ValueError("an address here holds no query or fragment")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError("the token may travel over https only; plain http is for this machine alone")
        return url.rstrip("/")

    @field_validator("proxy")
    @classmethod
    def _plain_proxy(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = server_address(url, such_as="http://proxy.example:3128")
        if "?" in url or "#" in url or parts.path not in ("", "/"):
            raise ValueError("a proxy's address here is scheme, host and port alone")
        return url.rstrip("/")

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc

    @property
    def is_local(self) -> bool:
        """Whether the address is this machine's own: a sandbox, where no phone rings."""
        return urlsplit(self.base_url).hostname in LOOPBACK


class Group(Model):
    """The Ampenet group a segment is kept in, by name or by uid."""

    name: str | None = Field(None, min_length=1, max_length=255)
    uid: str | None = Field(None, pattern=r"^[0-9a-z]{1,40}$")

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if (self.name is None) == (self.uid is None):
            raise ValueError("give either a name or a uid")
        return self

    def __str__(self) -> str:
        return self.name or f"uid {self.uid}"


class Limits(Model):
    """How much one run may change before a person must say yes."""

    deletes: LimitField = Limit(percent=10)
    updates: LimitField = Limit(percent=30)
    creates: LimitField = Limit()
    source_shrink: LimitField = Limit(percent=20)
    quarantined: LimitField = Limit(percent=5)


Mode = Literal["mirror", "upsert", "create_only", "update_only"]


class Members(Model):
    """A query whose one column holds the keys of a segment's customers."""

    sql: SqlSource


class Segment(Model):
    """A named set of customers, by `where` or `members`, and the group it is kept in; else it serves campaigns."""

    may_be_none = ("group", "members")

    group: Annotated[Group | None, BeforeValidator(lambda v: {"name": v} if isinstance(v, str) else v)] = None
    where: str | None = None
    members: Members | None = None
    mode: Mode | None = None
    deletes: Literal["owned", "all"] = "owned"
    adopt: Literal["none", "matched"] = "none"
    actual: Literal["auto", "live"] = "auto"
    limits: Annotated[Limits, BeforeValidator(read_limits)] = Limits()

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


class Cap(Model):
    may_be_none = ("messages", "parts")

    messages: int | None = Field(None, ge=1)
    parts: int | None = Field(None, ge=1)


class Campaign(Model):
    """One text for one segment. `opt_out` is the line that says how to leave; written as none, it is left out."""

    may_be_none = ("opt_out", "expires", "quiet_hours", "cap")

    segment: str
    edition: str = Field("1", min_length=1, max_length=64)
    sender_id: str = Field(min_length=1, max_length=16)
    kind: Literal["marketing", "transactional"]
    message: str = Field(min_length=1, max_length=2000)
    opt_out: str | None = None
    smart_encoding: bool = True
    expires: datetime | None = None
    quiet_hours: QuietHoursField = None
    cap: Cap = Cap()

    @field_validator("opt_out")
    @classmethod
    def _says_a_way(cls, line: str | None) -> str | None:
        if line is not None and not line.strip():
            raise ValueError("nothing is written in it; write none where the text has no such line on purpose")
        return line

    @field_validator("sender_id")
    @classmethod
    def _sender(cls, sender: str) -> str:
        if not sender.isdigit() and len(sender) > 11:
            raise ValueError("a sender of letters has at most 11 characters")
        return sender

    @property
    def no_opt_out_on_purpose(self) -> bool:
        return self.opt_out is None and "opt_out" in self.model_fields_set

    @property
    def quiet(self) -> QuietHours | None:
        """The hours in which nobody gets this: 20:00-08:00 for marketing unless written otherwise."""
        if "quiet_hours" in self.model_fields_set or self.kind != "marketing":
            return self.quiet_hours
        return DEFAULT_QUIET_HOURS


class Pricing(Model):
    currency: Literal["TZS", "KES"] = "TZS"


class Config(Model):
    """The whole of ampenet.yaml. `path` is the file it came from; every relative path starts at its folder."""

    may_be_none = ("countries", "campaigns")

    api: Api = Api()
    ledger: str = Field("sqlite:///.ampenet/ledger.db", repr=False)  # it may hold a password
    time_zone: str = "Africa/Dar_es_Salaam"
    region: Region = "TZ"
    countries: tuple[Region, ...] = ()
    customers: Customers
    suppressions: tuple[StopList, ...] = ()
    segments: dict[Name, Segment] = Field(min_length=1)
    campaigns: dict[Name, Campaign] = Field({})
    pricing: Pricing = Pricing()

    _path: Path = PrivateAttr(default=Path("ampenet.yaml"))
    _home: Path | None = PrivateAttr(default=None)
    _live_rate: int | None = PrivateAttr(default=None)

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
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def with_home(self, home: Path, *, base_url: str, requests_per_minute: int, settle_seconds: float) -> Config:
        """The same configuration with another data folder, ledger and server: a rehearsal."""
        api = self.api.model_copy(
            update={"base_url": base_url, "requests_per_minute": requests_per_minute, "settle_seconds": settle_seconds}
        )
        copy = self.model_copy(update={"api": api, "ledger": f"sqlite:///{home / 'ledger.db'}"})
        copy._path, copy._home, copy._live_rate = self._path, home, self.live_rate
        return copy

    def digest(self, *, segment: str, campaign: str | None = None) -> str:
        """Names everything written here that decides who is in a plan or an audience, and what they read."""
        parts = {
            "region": self.region,
            "countries": self.countries,
            "time_zone": self.time_zone,
            "customers": self.customers.model_dump(mode="json"),
            "segment": self.segments[segment].model_dump(mode="json", serialize_as_any=True),
            "campaign": self.campaigns[campaign].model_dump(mode="json") if campaign else None,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:32]
