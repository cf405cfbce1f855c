"""Members of a segment → the contacts its group should hold, one for each phone. It doesn't look into the group."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

_COLUMNS = ["customer_key", "phone", "first_name", "last_name", "consent"]


@dataclass(frozen=True)
class Desired:
    """`contacts` is a schemas.Contacts; `losers` are those who share a phone with an earlier customer.

    Columns of losers, all text: customer_key, phone, reason (`shared_phone`), winner_key. Both keep the source's order.
    """

    contacts: pd.DataFrame
    losers: pd.DataFrame


def desired_contacts(members: pd.DataFrame) -> Desired:
    """Of several members (rows of schemas.Customers) with one phone the first has the contact.

    The contact consents only if every one of them does.
    """
    import schemas  # pandera is slow to import

    rows = members[_COLUMNS].reset_index(drop=True)
    later = rows["phone"].duplicated()
    refused = set(rows.loc[~rows["consent"], "phone"])
    contacts = rows[~later].reset_index(drop=True)
    contacts["consent"] = contacts["consent"] & ~contacts["phone"].isin(refused)
    losers = rows.loc[later, ["customer_key", "phone"]].reset_index(drop=True)
    winners = contacts.set_index("phone")["customer_key"]
    losers["reason"] = pd.Series("shared_phone", index=losers.index, dtype="str")
    losers["winner_key"] = losers["phone"].map(winners).astype("str")
    return Desired(schemas.Contacts.validate(contacts), losers)
