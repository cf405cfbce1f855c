"""Everybody who may hold a phone: customers, and rows set aside whose phone can be read. Who is texted: not here."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from ampenet_sync.config import Config
from ampenet_sync.contacts.aside import SOURCE
from ampenet_sync.contacts.cells import contents
from ampenet_sync.contacts.intake import Intake
from ampenet_sync.contacts.judge import consents, regions
from ampenet_sync.phones import normalise

_COLUMNS = ("customer_key", "phone", "consent")


def phone_holders(intake: Intake, config: Config) -> pd.DataFrame:
    """customer_key (blank where it is not known), phone and consent, of customers and then of rows in quarantine.

    A row in quarantine can only say no: its yes counts beside a customer's yes, but not for a phone no customer has.
    """
    customers, aside = intake.read(_COLUMNS), _aside(intake, config)
    aside["consent"] &= aside["phone"].isin(customers["phone"])
    return pd.concat([customers, aside], ignore_index=True)


def _aside(intake: Intake, config: Config) -> pd.DataFrame:
    """The rows of the quarantine with a phone, mobile or not, whatever else is wrong with them."""
    mapped = config.customers
    agreed = mapped.consent.column if mapped.consent else None
    names = [name for name in dict.fromkeys((mapped.phone, mapped.region, agreed)) if name]
    rows = intake.read_quarantine(["customer_key", *(f"{SOURCE}{name}" for name in names)])
    written = pa.table({name: _text(rows[f"{SOURCE}{name}"]) for name in names})
    table = contents(written, names, mapped.null_words)
    places, _ = regions(table, mapped.region, config.region)
    phones = normalise(table[mapped.phone], places, countries=config.countries, mobile=False)
    found = rows[["customer_key"]].assign(
        phone=pd.Series(phones.phone.to_pandas(), dtype="str"), consent=consents(table, mapped.consent).to_pandas()
    )
    return found[found["phone"] != ""]


def _text(column: pd.Series[str]) -> pa.ChunkedArray:
    return pa.chunked_array(pa.array(column, pa.large_string()))
