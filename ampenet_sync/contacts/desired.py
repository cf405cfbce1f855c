"""Members of a segment → the contacts its group should hold, one for each phone. It doesn't look into the group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.customers.cells import texts
from ampenet_sync.customers.contract import checked
from ampenet_sync.customers.winners import FIRST, Rule, winners

if TYPE_CHECKING:
    from ampenet_sync.customers.winners import Numbers

CONTACT_COLUMNS = ["customer_key", "phone", "first_name", "last_name", "consent"]


@dataclass(frozen=True)
class Desired:
    """`contacts` is a schemas.Contacts; `losers` are those who share a phone with the customer that has the contact.

    Columns of losers, all text: customer_key, phone, reason (`shared_phone`), winner_key. Both keep the source's order.
    """

    contacts: pd.DataFrame
    losers: pd.DataFrame


def desired_contacts(members: pd.DataFrame, *, rule: Rule = FIRST) -> Desired:
    """Of several members with one phone the one whom the rule names has the contact, and consents if all of them do.

    `members` has the columns of schemas.Contacts and the rule's own; it is left as it was.
    """
    from ampenet_sync import schemas  # pandera is slow to import

    rows = members[CONTACT_COLUMNS].reset_index(drop=True)
    values = texts(members[rule.column]) if rule.column else None
    lost, winner = losing_rows(texts(rows["phone"]), rule=rule, values=values)
    consent, has = rows["consent"].to_numpy(copy=True), np.ones(len(rows), dtype=bool)
    np.logical_and.at(consent, winner, consent[lost])
    has[lost] = False
    contacts = rows[has].reset_index(drop=True)
    contacts["consent"] = consent[has]
    return Desired(checked(contacts, schemas.Contacts), _losers(rows, lost, winner))


def losing_rows(phones: pa.ChunkedArray, *, rule: Rule, values: pa.ChunkedArray | None) -> tuple[Numbers, Numbers]:
    """The positions of the rows whose phone another row has who counts by the rule, ascending, and the positions of
    those others. `values` are the texts of the rule's column, where it has any."""
    shared, claims = _shared(phones)
    if not len(shared):
        return shared, shared
    written = None if values is None else values.take(pa.array(shared))
    chosen = shared[winners(claims, rule, values=written)]
    lost = shared != chosen[claims]
    return shared[lost], chosen[claims[lost]]


def _shared(phones: pa.ChunkedArray) -> tuple[Numbers, Numbers]:
    """The positions of all rows whose phone another row has too, and for each of them the number of its phone."""
    numbers = np.asarray(pc.cast(phones, pa.int64()))  # eight bytes instead of a text
    ordered = np.sort(numbers)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(twice):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    claims = np.searchsorted(twice, numbers).clip(max=len(twice) - 1)
    rows = np.flatnonzero(twice[claims] == numbers)
    return rows, claims[rows]


def _losers(rows: pd.DataFrame, lost: Numbers, winner: Numbers) -> pd.DataFrame:
    losers = rows.loc[lost, ["customer_key", "phone"]].reset_index(drop=True)
    losers["reason"] = pd.Series("shared_phone", index=losers.index, dtype="str")
    losers["winner_key"] = rows["customer_key"].iloc[winner].reset_index(drop=True).astype("str")
    return losers
