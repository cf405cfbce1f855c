"""Freeze who gets which text, and say of everybody else why not. No network, no clock: only values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from ampenet_sync.campaigns.parts import count, smart
from ampenet_sync.campaigns.template import compile_template, render_distinct
from ampenet_sync.config import Campaign, Customers
from ampenet_sync.contacts import FIRST, OptOuts, Rule, desired_contacts, field_column
from ampenet_sync.contacts.checked import arrow_schema, check_table
from ampenet_sync.ledger import Suppressed
from ampenet_sync.schemas import Audience as AudienceSchema
from ampenet_sync.sync.sealed import Kind, header_of, open_sealed, sealing, understood

SCHEMA = arrow_schema(AudienceSchema)
AUDIENCE = Kind(
    word="audience",
    made_by="ampenet-sync campaign preview NAME",
    version=3,  # 2: digests of 32 digits; 3: digests over columns
    schema=lambda header: SCHEMA,
    check=lambda table: check_table(table, AudienceSchema),
)


NOBODY = OptOuts()


@dataclass(frozen=True)
class Header:
    """Everything an audience promises beside its rows. `parts` are the billed ones; `amount` is text, exact."""

    ledger: str
    host: str
    account: str
    campaign: str
    edition: str
    kind: str
    sender_id: str
    run_date: str
    source_digest: str
    config_digest: str
    messages: int
    parts: int
    amount: str
    currency: str
    excluded: dict[str, int]


@dataclass(frozen=True)
class AudienceFile:
    """A frozen audience; `recipients` and `excluded` have the columns of schemas.Audience."""

    header: Header
    table: pd.DataFrame
    digest: str
    path: Path

    @property
    def recipients(self) -> pd.DataFrame:
        return self.table[self.table["excluded"] == ""]


def choose(
    members: pd.DataFrame,
    campaign: Campaign,
    customers: Customers,
    *,
    suppressed: Suppressed,
    opted_out: OptOuts = NOBODY,
    already: Collection[str] = (),
    holders: pd.DataFrame | None = None,
    rule: Rule = FIRST,
) -> pd.DataFrame:
    """The segment's members → a table of schemas.Audience, one row for each customer, sorted by phone and key.

    A shared phone is texted once, what the customer whom `rule` names would read, and only if every holder consents
    and none is suppressed: every one of `holders`, see `phone_holders` (None: the members alone). `opted_out` are off
    whatever they agreed to. Of several reasons against a recipient the first of this order is given: suppressed,
    opted_out, no_consent, already_messaged, then what its template lacks.
    """
    everybody = members if holders is None else holders
    desired = desired_contacts(members, rule=rule)
    table = desired.contacts.join(_rendered(members, campaign, customers).set_index("customer_key"), on="customer_key")
    off = table["phone"].isin(suppressed_phones(everybody, suppressed))
    excluded = table["fault"]
    excluded = excluded.mask(table["phone"].isin(list(already)), "already_messaged")
    if campaign.kind == "marketing":
        excluded = excluded.mask(~table["phone"].isin(consenting_phones(everybody)), "no_consent")
    excluded = excluded.mask(table["phone"].isin(opted_out.phones), "opted_out")
    excluded = excluded.mask(off, "suppressed")
    losers = desired.losers[["phone", "customer_key"]].assign(text="", excluded="shared_phone")
    rows = pd.concat([table.assign(excluded=excluded)[list(losers.columns)], losers], ignore_index=True)
    return AudienceSchema.validate(_counted(rows), lazy=True)


def shared_phones(table: pd.DataFrame) -> pd.DataFrame:
    """customer_key, phone, winner_key of those who are left out as another customer stands for their phone."""
    losers = table.loc[table["excluded"] == "shared_phone", ["customer_key", "phone"]]
    others = table[(table["excluded"] != "shared_phone") & table["phone"].isin(losers["phone"])]
    return losers.assign(winner_key=losers["phone"].map(others.set_index("phone")["customer_key"]))


def consenting_phones(holders: pd.DataFrame) -> frozenset[str]:
    """The phones whose every holder agreed to marketing."""
    return frozenset(holders["phone"]) - frozenset(holders.loc[~holders["consent"], "phone"])


def suppressed_phones(holders: pd.DataFrame, suppressed: Suppressed) -> frozenset[str]:
    """The suppressed phones, and those that a suppressed customer has now, alone or shared."""
    return suppressed.phones | frozenset(holders.loc[holders["customer_key"].isin(suppressed.keys), "phone"])


def audience_path(folder: Path, digest: str) -> Path:
    return folder / f"{digest}.audience.parquet"


def write_audience(header: Header, table: pd.DataFrame, folder: Path) -> AudienceFile:
    """Write `DIGEST.audience.parquet` (0600) into `folder`. `table` is one of schemas.Audience."""
    with sealing(AUDIENCE, SCHEMA, folder) as file:
        for batch in pa.Table.from_pandas(table, SCHEMA, preserve_index=False).to_batches():
            file.add(batch)
        digest, path = file.end(asdict(header), lambda digest: audience_path(folder, digest))
    return AudienceFile(header, table, digest, path)


def read_audience(path: Path) -> AudienceFile:
    """Raises PlanRefused where the file is missing, no audience, or not the one its digest names."""
    sealed = open_sealed(AUDIENCE, path)
    with understood(AUDIENCE, path):
        table = sealed.file.read()
        check_table(table, AudienceSchema, whole=True)
        return AudienceFile(header_of(Header, sealed.header), table.to_pandas(), sealed.digest, path)


def exclusions(table: pd.DataFrame) -> dict[str, int]:
    """Reason → how many customers, sorted by reason."""
    return dict(sorted(Counter(reason for reason in table["excluded"] if reason).items()))


def _rendered(members: pd.DataFrame, campaign: Campaign, customers: Customers) -> pd.DataFrame:
    """customer_key, text, fault: each member's text as it will be sent, or what is missing for it."""
    variables = _variables(members, customers)
    template = compile_template(campaign.message, known=sorted(variables), name="the campaign's message")
    rendered = render_distinct(template, pd.DataFrame(variables, index=members.index))
    tail = f"\n{campaign.opt_out}" if campaign.opt_out and campaign.kind == "marketing" else ""
    whole = {text: _finished(text + tail, campaign) if text else "" for text in rendered["text"].unique()}
    text = rendered["text"].map(whole).astype("str")
    return pd.DataFrame({"customer_key": members["customer_key"], "text": text, "fault": rendered["fault"]})


def _finished(text: str, campaign: Campaign) -> str:
    return smart(text) if campaign.smart_encoding else text


def _variables(members: pd.DataFrame, customers: Customers) -> dict[str, pd.Series[str]]:
    """What a template may use: the names, and each custom field under its tag in both spellings (CITY, city)."""
    found = {name: members[name] for name in ("first_name", "last_name") if getattr(customers, name)}
    for tag in customers.fields:
        found[tag] = found[tag.lower()] = members[field_column(tag)]
    return found


def _counted(rows: pd.DataFrame) -> pd.DataFrame:
    """Count parts once for each distinct text; whoever is excluded has no text and costs nothing."""
    text = rows["text"].where(rows["excluded"] == "", "")
    parts = {one: count(one) for one in text.unique()}
    table = rows.assign(
        text=text,
        encoding=text.map({one: found.encoding if one else "" for one, found in parts.items()}).astype("str"),
        parts=text.map({one: found.parts for one, found in parts.items()}).astype("int64"),
        billed=text.map({one: found.billed for one, found in parts.items()}).astype("int64"),
    )
    columns: list[str] = SCHEMA.names
    return table.sort_values(["phone", "customer_key"], ignore_index=True)[columns]
