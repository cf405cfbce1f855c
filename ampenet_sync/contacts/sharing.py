"""Customers who share one phone, told in groups: who has the contact, and who does not. Who that is: see `desired`."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

GROUPS_SHOWN, KEYS_SHOWN = 20, 20


@dataclass(frozen=True)
class Collision:
    """One phone and its customers. `keys` are the first of those who don't have the contact, `others` how many."""

    phone: str
    winner_key: str
    keys: tuple[str, ...]
    others: int


@dataclass(frozen=True)
class Collisions:
    """How many phones are shared, by how many customers without a contact of their own, and the first of the groups."""

    phones: int = 0
    losers: int = 0
    groups: tuple[Collision, ...] = ()


def collisions_of(losers: pd.DataFrame) -> Collisions:
    """`losers` has the columns customer_key, phone and winner_key, in the order of the source."""
    first = losers["phone"].drop_duplicates()
    shown = losers[losers["phone"].isin(first.head(GROUPS_SHOWN))]
    groups = [
        Collision(str(phone), str(rows["winner_key"].iloc[0]), tuple(rows["customer_key"].head(KEYS_SHOWN)), len(rows))
        for phone, rows in shown.groupby("phone", sort=False)
    ]
    return Collisions(len(first), len(losers), tuple(groups))
