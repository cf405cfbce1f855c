"""Members of a segment → the contacts its group should hold, one for each phone. It doesn't look into the group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from ampenet_sync.contacts.checked import checked
from ampenet_sync.contacts.collisions import FIRST, Rule, winners

if TYPE_CHECKING:
    from ampenet_sync.contacts.collisions import Numbers

CONTACT_COLUMNS = ["customer_key", "phone", "first_name", "last_name", "consent"]


@dataclass(frozen=True)
class Desired:
    """`contacts` is a schemas.Contacts; `losers` are those who share a phone with the customer that has the contact.

    Columns of losers, all text: customer_key, phone, reason (`shared_phone`), winner_key. Both keep the source's order.
    """

    contacts: pd.DataFrame
    losers: pd.DataFrame


def desired_contacts(members: pd.DataFrame, *, rule: Rule = FIRST) -> Desired:
    """Of several members with one phone the one whom the rule names has the contact; he consents if all of them do.

    `members` has the columns of schemas.Contacts and the rule's own; it is left as it was.
    """
    import schemas  # pandera is slow to import

    rows = members[CONTACT_COLUMNS].reset_index(drop=True)
    numbers = rows["phone"].astype("int64").to_numpy()  # eight bytes for each instead of a text
    distinct, claims = np.unique(numbers, return_inverse=True)
    if len(distinct) == len(rows):
        return Desired(checked(rows, schemas.Contacts), _losers(rows, np.empty(0, np.int64), np.empty(0, np.int64)))
    values = pa.chunked_array([pa.array(members[rule.column], pa.string())]) if rule.column else None
    chosen = winners(claims, rule, values=values)
    winner = chosen[claims]
    agreed = np.ones(len(distinct), dtype=bool)
    agreed[claims[~rows["consent"].to_numpy()]] = False
    has = np.sort(chosen)
    contacts = rows.iloc[has].reset_index(drop=True)
    contacts["consent"] = agreed[claims[has]]
    lost = np.flatnonzero(winner != np.arange(len(rows)))
    return Desired(checked(contacts, schemas.Contacts), _losers(rows, lost, winner[lost]))


def _losers(rows: pd.DataFrame, lost: Numbers, winner: Numbers) -> pd.DataFrame:
    losers = rows.loc[lost, ["customer_key", "phone"]].reset_index(drop=True)
    losers["reason"] = pd.Series("shared_phone", index=losers.index, dtype="str")
    losers["winner_key"] = rows["customer_key"].iloc[winner].reset_index(drop=True).astype("str")
    return losers
