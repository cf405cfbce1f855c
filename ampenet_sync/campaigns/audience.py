"""Freeze who gets which text, and say of everybody else why not. No network, no clock: only values."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.campaigns.parts import count, smart
from ampenet_sync.campaigns.template import compile_template, render_distinct
from ampenet_sync.config import Campaign, Customers
from ampenet_sync.contacts import OptOuts, losing_rows
from ampenet_sync.customers import FIRST, Rule, field_column
from ampenet_sync.customers.cells import texts
from ampenet_sync.customers.contract import arrow_schema, check_table, checked
from ampenet_sync.files.sealed import Kind, header_of, open_sealed, sealing, understood
from ampenet_sync.ledger import Suppressed
from ampenet_sync.schemas import Audience as AudienceSchema

if TYPE_CHECKING:
    from ampenet_sync.customers.keys import Numbers

SCHEMA = arrow_schema(AudienceSchema)
AUDIENCE = Kind(
    word="audience",
    made_by="ampenet-sync campaign preview NAME",
    version=3,  # 2: digests of 32 digits; 3: digests over columns
    changed="bad_audience",
    missing="no_audience",
    other_format="audience_format",
    schema=lambda header: SCHEMA,
    check=lambda table: check_table(table, AudienceSchema),
)


NOBODY = OptOuts()
_FORM = pa.schema([SCHEMA.field(name) for name in ("text", "encoding", "parts", "billed")])
NO_PHONES = pa.chunked_array([], pa.string())


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
    already: pa.ChunkedArray = NO_PHONES,
    holders: pd.DataFrame | None = None,
    rule: Rule = FIRST,
) -> pd.DataFrame:
    """The segment's members → a table of schemas.Audience, one row for each customer, sorted by phone and key.

    A shared phone is texted once, what the customer whom `rule` names would read, and only if every holder consents
    and none is suppressed: every one of `holders`, as `Holders.everybody` gives them (None: the members alone).
    `opted_out` are off whatever they agreed to. Of several reasons against a recipient the first of this order is
    given: suppressed, opted_out, no_consent, already_messaged, then what its template lacks.
    """
    everybody = members if holders is None else holders
    lost, _ = losing_rows(texts(members["phone"]), rule=rule, values=_values(members, rule))
    phones, forms, form = texts(members["phone"]), *_forms(members, campaign, customers)
    conditions = {
        "shared_phone": pa.array(np.isin(np.arange(len(members)), lost)),
        **stands_against(phones, everybody, suppressed=suppressed, opted_out=opted_out, kind=campaign.kind),
        "already_messaged": pc.is_in(phones, already),
    }
    reasons = [*map(pa.scalar, conditions), forms["fault"].take(pa.array(form))]
    excluded = pc.case_when(pc.make_struct(*conditions.values()), *reasons)
    form = np.where(pc.equal(excluded, ""), form, len(forms) - 1)
    frozen = _frozen(phones, texts(members["customer_key"]), excluded, forms=forms, form=form)
    return checked(frozen, AudienceSchema)


def shared_phones(table: pd.DataFrame) -> pd.DataFrame:
    """customer_key, phone, winner_key of those who are left out as another customer stands for their phone."""
    losers = table.loc[table["excluded"] == "shared_phone", ["customer_key", "phone"]]
    same = pc.is_in(texts(table["phone"]), texts(losers["phone"])).to_numpy()
    others = table[same & (table["excluded"] != "shared_phone").to_numpy()]
    return losers.assign(winner_key=losers["phone"].map(others.set_index("phone")["customer_key"]))


def stands_against(
    phones: pa.ChunkedArray, holders: pd.DataFrame, *, suppressed: Suppressed, opted_out: OptOuts, kind: str
) -> dict[str, pa.ChunkedArray]:
    """Reason → of each phone whether it may not be texted for it, the gravest first. `holders` are all who may have
    one; `kind` is the campaign's."""
    return {
        "suppressed": pc.is_in(phones, _suppressed_phones(holders, suppressed)),
        "opted_out": pc.is_in(phones, pa.array(sorted(opted_out.phones), pa.string())),
        "no_consent": pc.and_(pc.invert(_consenting(phones, holders)), kind == "marketing"),
    }


def audience_path(folder: Path, digest: str) -> Path:
    return folder / f"{digest}.audience.parquet"


def write_audience(header: Header, table: pd.DataFrame, folder: Path) -> AudienceFile:
    """Write `DIGEST.audience.parquet` (0600) into `folder`. `table` is one of schemas.Audience."""
    with sealing(AUDIENCE, SCHEMA, folder) as file:
        for batch in pa.Table.from_pandas(table, SCHEMA, preserve_index=False).to_batches():
            file.add(batch)
        sealed = file.end(asdict(header), lambda digest: audience_path(folder, digest))
    return AudienceFile(header, table, sealed.digest, sealed.path)


def read_audience(path: Path) -> AudienceFile:
    """Raises PlanRefused where the file is missing, no audience, or not the one its digest names."""
    sealed = open_sealed(AUDIENCE, path)
    with understood(AUDIENCE, path):
        table = sealed.file.read()
        check_table(table, AudienceSchema, whole=True)
        return AudienceFile(header_of(Header, sealed.header), table.to_pandas(), sealed.digest, path)


def exclusions(table: pd.DataFrame) -> dict[str, int]:
    """Reason → how many customers, sorted by reason."""
    counts = {str(reason): int(count) for reason, count in table["excluded"].value_counts().items() if reason}
    return dict(sorted(counts.items()))


def _values(members: pd.DataFrame, rule: Rule) -> pa.ChunkedArray | None:
    return texts(members[rule.column]) if rule.column else None


def _consenting(phones: pa.ChunkedArray, holders: pd.DataFrame) -> pa.ChunkedArray:
    """Of each phone, whether every holder of it agreed to marketing, and there is any."""
    agreed, held = pa.array(holders["consent"].to_numpy()), texts(holders["phone"])
    no = pc.is_in(phones, held.filter(pc.invert(agreed)))
    return pc.and_(pc.is_in(phones, held.filter(agreed)), pc.invert(no))


def _suppressed_phones(holders: pd.DataFrame, suppressed: Suppressed) -> pa.ChunkedArray:
    """The suppressed phones, and those that a suppressed customer has now, alone or shared."""
    keys = pa.array(sorted(suppressed.keys), pa.string())
    theirs = texts(holders["phone"]).filter(pc.is_in(texts(holders["customer_key"]), keys))
    return pa.chunked_array([pa.array(sorted(suppressed.phones), pa.string()), *theirs.chunks])


def _forms(members: pd.DataFrame, campaign: Campaign, customers: Customers) -> tuple[pa.Table, Numbers]:
    """Each different text once, as it would be sent: text, encoding, parts, billed, and fault where it lacks something;
    the last row is nobody's text. And the row of each member."""
    variables = _variables(members, customers)
    template = compile_template(campaign.message, known=sorted(variables), name="the campaign's message")
    rendered, of_member = render_distinct(template, pd.DataFrame(variables, index=members.index))
    tail = f"\n{campaign.opt_out}" if campaign.opt_out and campaign.kind == "marketing" else ""

    def finished(text: str) -> str:
        return (smart(text + tail) if campaign.smart_encoding else text + tail) if text else ""

    made = [_counted(finished(text)) for text in [*texts(rendered["text"]).to_pylist(), ""]]
    columns = zip(_FORM, zip(*made, strict=True), strict=True)
    forms = pa.table({field.name: pa.array(values, field.type) for field, values in columns})
    faults = pa.array([*texts(rendered["fault"]).to_pylist(), ""], pa.string())
    return forms.append_column("fault", faults), of_member


def _variables(members: pd.DataFrame, customers: Customers) -> dict[str, pd.Series[str]]:
    """What a template may use: the names, and each custom field under its tag in both spellings (CITY, city)."""
    values = {name: members[name] for name in ("first_name", "last_name") if getattr(customers, name)}
    for tag in customers.fields:
        values[tag] = values[tag.lower()] = members[field_column(tag)]
    return values


def _counted(text: str) -> tuple[str, str, int, int]:
    counted = count(text)
    return text, counted.encoding if text else "", counted.parts, counted.billed


def _frozen(
    phones: pa.ChunkedArray, keys: pa.ChunkedArray, excluded: pa.ChunkedArray, *, forms: pa.Table, form: Numbers
) -> pd.DataFrame:
    """The columns of the schema, sorted by phone and key. A text is written out only here."""
    order = pa.table({"phone": pc.cast(phones, pa.int64()), "key": keys})
    by = pc.sort_indices(order, sort_keys=[("phone", "ascending"), ("key", "ascending")])
    people = pa.table({"phone": phones, "customer_key": keys, "excluded": excluded}).take(by)
    written = forms.drop_columns("fault").take(pa.array(form[by.to_numpy()]))
    columns = {name: (written if name in _FORM.names else people)[name] for name in SCHEMA.names}
    frame: pd.DataFrame = pa.table(columns).to_pandas()
    return frame
