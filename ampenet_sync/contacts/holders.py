"""Who holds which phone, customers and quarantined rows alike: who keeps a contact, who opted out, who consents."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config import Config
from ampenet_sync.customers.aside import SOURCE
from ampenet_sync.customers.cells import contents, texts
from ampenet_sync.customers.consent import consents, have_left
from ampenet_sync.customers.intake import Intake
from ampenet_sync.customers.regions import regions, unplaced
from ampenet_sync.errors import SourceError, sayable
from ampenet_sync.phones import ROW_REASONS, normalise

_COLUMNS = ("customer_key", "phone", "consent")


@dataclass(frozen=True)
class OptOuts:
    """The phones and customer keys that are off because the source says so of one who has them."""

    phones: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()

    def covers(self, phone: str, customer_key: str) -> bool:
        return phone in self.phones or customer_key in self.keys


@dataclass(frozen=True)
class Held:
    """Customers whose rows can't be judged, by key and by phone. `everybody`: a bad row could be anyone's."""

    keys: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    everybody: bool = False


@dataclass(frozen=True)
class Holders:
    """All who may hold a phone. The quarantined rows' phones are read once, whatever is asked of them."""

    intake: Intake
    config: Config

    def everybody(self) -> pd.DataFrame:
        """customer_key (blank where it is not known), phone and consent, of customers and then of quarantined rows.

        A quarantined row can only say no: its yes counts beside a customer's yes, but not for a phone no customer has.
        """
        customers = self.intake.read(_COLUMNS)
        aside = self._quarantined.loc[self._quarantined["phone"] != "", list(_COLUMNS)]
        shared = texts(customers["phone"]).filter(pc.is_in(texts(customers["phone"]), texts(aside["phone"]).unique()))
        aside["consent"] &= aside["phone"].isin(shared.unique().to_pylist())
        return pd.concat([customers, aside], ignore_index=True)

    def held(self, *, losers: Collection[str] = ()) -> Held:
        """Who keeps the contact they have; `losers` are keys of customers whose phone is another's in the segment.

        A bad row without a key is known by its phone; unreadable too, it is anybody's. Where customers have keys, a row
        with neither key nor phone is nobody's: an empty line. A row whose cells can't be told apart is never empty. Nor
        is a number's whose country nobody knows, though it may be one at home.
        """
        rows = self._quarantined
        nameless = rows[rows["customer_key"] == ""]
        keys = (frozenset(rows["customer_key"]) - {""}) | frozenset(losers)
        return Held(keys, frozenset(nameless["phone"]) - {""}, bool((nameless["unread"] & ~nameless["empty"]).any()))

    def opted_out(self) -> OptOuts:
        """Whom customers.opted_out names, by phone and by key; also in quarantined rows, as far as they can be read.

        A key takes every phone along that its customer has. Raises SourceError `no_intake` where the customers were
        read before they had the column.
        """
        rule, intake = self.config.customers.opted_out, self.intake
        if rule is None:
            return OptOuts()
        column = f"{SOURCE}{rule.column}"
        if column not in intake.column_names():
            message = f"the customers that were read last have no column '{sayable(rule.column)}'"
            raise SourceError(message, code="no_intake", hint="read the customers again")
        aside, words = self._quarantined, self.config.customers.null_words
        keys = set(aside.loc[aside["opted_out"], "customer_key"])
        for piece in intake.pieces(["customer_key", column]):
            keys |= set(piece["customer_key"].filter(have_left(piece[column], rule, words)).to_pylist())
        keys -= {""}
        known = pa.array(sorted(keys), pa.large_string())
        phones = set(aside.loc[aside["opted_out"] | aside["customer_key"].isin(list(keys)), "phone"])
        for piece in intake.pieces(["customer_key", "phone"]):
            phones |= set(piece["phone"].filter(pc.is_in(piece["customer_key"], known)).to_pylist())
        return OptOuts(frozenset(phones - {""}), frozenset(keys))

    def quarantined_of(self, phones: Collection[str], keys: Collection[str]) -> pd.DataFrame:
        """source_file, source_line, customer_key, reason and phone of the quarantined rows that are theirs."""
        rows = self.intake.read_quarantine(["source_file", "source_line", "customer_key", "reason"])
        rows = rows.assign(phone=self._quarantined["phone"].to_numpy())
        return rows[rows["phone"].isin(list(phones)) | rows["customer_key"].isin(list(keys))]

    @cached_property
    def _quarantined(self) -> pd.DataFrame:
        """customer_key; the phone where it can be read, mobile or not, whatever else is wrong in the row; consent and
        opted_out; `unread`: nobody knows its phone; `empty`: there is none.

        Where the country is unknown, a no is heard for the phone that it would be at home: one too many harms nobody.
        """
        mapped = self.config.customers
        out = mapped.opted_out
        agreed, left = (rule.column if rule else None for rule in (mapped.consent, out))
        names = [name for name in dict.fromkeys((mapped.phone, mapped.region, agreed, left)) if name]
        rows = self.intake.read_quarantine(["customer_key", "reason", *(f"{SOURCE}{name}" for name in names)])
        written = pa.table({name: texts(rows[f"{SOURCE}{name}"], pa.large_string()) for name in names})
        table = contents(written, names, mapped.null_words)
        places, bad = regions(table, mapped.region, self.config.region)
        read = normalise(table[mapped.phone], places, countries=self.config.countries, mobile=False)
        unread = pc.or_(pc.not_equal(read.reason, ""), unplaced(table, mapped.phone, bad))
        blank = rows[f"{SOURCE}{mapped.phone}"].str.strip() == ""
        return rows[["customer_key"]].assign(
            phone=pd.Series(read.phone.to_pandas(), dtype="str"),
            consent=consents(written, mapped).to_pandas(),
            opted_out=have_left(written[out.column], out, mapped.null_words).to_pandas() if out else False,
            unread=unread.to_pandas(),
            empty=blank & ~rows["reason"].isin(ROW_REASONS) if mapped.key else False,
        )
