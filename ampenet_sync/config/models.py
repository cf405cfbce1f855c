"""The shape of ampenet.yaml as frozen values. Reading files and the environment is `load`'s part."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, PrivateAttr, field_validator

from ampenet_sync.config.campaign import Budget, Campaign, Pricing
from ampenet_sync.config.customers import Customers
from ampenet_sync.config.notify import RecipientField
from ampenet_sync.config.retention import Retention
from ampenet_sync.config.segment import Segment
from ampenet_sync.config.server import Api
from ampenet_sync.config.source import Model, StopList
from ampenet_sync.config.values import Called, read_name, read_region

Name = Annotated[str, AfterValidator(read_name), Called("NAME")]
Region = Annotated[str, AfterValidator(read_region), Called("country's two letters")]


class Config(Model):
    """The whole of ampenet.yaml. `path` is the file it came from; every relative path starts at its folder."""

    may_be_none = ("countries", "campaigns", "budget")

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
    budget: Budget | None = Field(
        None,
        description="How many parts all campaigns together may use; a send over it is refused.",
        examples=["budget: {month: 200000}"],
    )
    pricing: Pricing = Field(Pricing(), description="What a part costs.", examples=["pricing: {currency: TZS}"])
    notify: tuple[RecipientField, ...] = Field(
        (),
        description="Who is told, through Apprise, how a run that changes or sends something ended.",
        examples=['notify:\n  - {to: "env:OPS_URL", on: [page, morning]}\n  - env:TEAM_URL'],
    )

    retention: Retention = Field(
        Retention(),
        description="How long what names people is kept. What isn't written here is kept for ever.",
        examples=["retention: {plans: 90d, outcomes: 24mo, quarantine: 14d}"],
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
