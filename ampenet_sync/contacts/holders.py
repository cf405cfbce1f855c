"""Everybody who may hold a phone: customers, and rows set aside whose phone can be read. Who is texted: not here."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config import Config
from ampenet_sync.customers.aside import SOURCE
from ampenet_sync.customers.cells import contents
from ampenet_sync.customers.consent import consents, have_left
from ampenet_sync.customers.intake import Intake
from ampenet_sync.customers.regions import regions
from ampenet_sync.errors import SourceError, sayable
from ampenet_sync.phones import normalise

_COLUMNS = ("customer_key", "phone", "consent")


@dataclass(frozen=True)
class OptOuts:
    """The phones and customer keys that are off because the source says so of one who has them."""

    phones: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()

    def covers(self, phone: str, customer_key: str) -> bool:
        return phone in self.phones or customer_key in self.keys


def phone_holders(intake: Intake, config: Config) -> pd.DataFrame:
    """customer_key (blank where it is not known), phone and consent, of customers and then of rows in quarantine.

    A row in quarantine can only say no: its yes counts beside a customer's yes, but not for a phone no customer has.
    """
    customers, aside = intake.read(_COLUMNS), _aside(intake, config)
    aside = aside.loc[aside["phone"] != "", list(_COLUMNS)]
    aside["consent"] &= aside["phone"].isin(customers["phone"])
    return pd.concat([customers, aside], ignore_index=True)


def opt_outs(intake: Intake, config: Config) -> OptOuts:
    """Whom customers.opted_out names, by phone and by key; also in rows that are set aside, as far as they can be read.

    A key takes every phone along that its customer has. Raises SourceError `no_intake` where the customers were read
    before they had the column.
    """
    rule = config.customers.opted_out
    if rule is None:
        return OptOuts()
    column = f"{SOURCE}{rule.column}"
    if column not in intake.column_names():
        message = f"the customers that were read last have no column '{sayable(rule.column)}'"
        raise SourceError(message, code="no_intake", hint="read the customers again")
    aside = _aside(intake, config)
    keys = set(aside.loc[aside["opted_out"], "customer_key"])
    for piece in intake.pieces(["customer_key", column]):
        keys |= set(
            piece["customer_key"].filter(have_left(piece[column], rule, config.customers.null_words)).to_pylist()
        )
    keys -= {""}
    known = pa.array(sorted(keys), pa.large_string())
    phones = set(aside.loc[aside["opted_out"] | aside["customer_key"].isin(list(keys)), "phone"])
    for piece in intake.pieces(["customer_key", "phone"]):
        phones |= set(piece["phone"].filter(pc.is_in(piece["customer_key"], known)).to_pylist())
    return OptOuts(frozenset(phones - {""}), frozenset(keys))


def _aside(intake: Intake, config: Config) -> pd.DataFrame:
    """The rows of the quarantine, with the phone where it can be read, mobile or not, whatever else is wrong there.

    Where the country is unknown, a no is heard for the phone that it would be at home: one too many harms nobody.
    """
    mapped = config.customers
    out = mapped.opted_out
    agreed, left = (rule.column if rule else None for rule in (mapped.consent, out))
    names = [name for name in dict.fromkeys((mapped.phone, mapped.region, agreed, left)) if name]
    rows = intake.read_quarantine(["customer_key", *(f"{SOURCE}{name}" for name in names)])
    written = pa.table({name: _text(rows[f"{SOURCE}{name}"]) for name in names})
    table = contents(written, names, mapped.null_words)
    places, _ = regions(table, mapped.region, config.region)
    phones = normalise(table[mapped.phone], places, countries=config.countries, mobile=False)
    return rows[["customer_key"]].assign(
        phone=pd.Series(phones.phone.to_pandas(), dtype="str"),
        consent=consents(written, mapped).to_pandas(),
        opted_out=have_left(written[out.column], out, mapped.null_words).to_pandas() if out else False,
    )


def _text(column: pd.Series[str]) -> pa.ChunkedArray:
    return pa.chunked_array(pa.array(column, pa.large_string()))
