"""Phones that several customers have, in counts and by the customers' keys. Who of them gets a contact: not here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa

from ampenet_sync.config import Config
from ampenet_sync.contacts import CONTACT_COLUMNS, desired_contacts
from ampenet_sync.customers import Intake, rule_of, settings_of
from ampenet_sync.phones import shown_key

if TYPE_CHECKING:
    Numbers: TypeAlias = np.ndarray[tuple[int], np.dtype[np.int64]]

LARGEST = 10  # shared phones that are named by their customers' keys
OTHERS = 5  # keys of one such phone beside the one that counts


@dataclass(frozen=True)
class SharedPhone:
    """One phone of several customers: the key of the one who counts, some of the others', and how many there are."""

    customers: int
    winner: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class Shared:
    """Phones that several customers have. `sizes` is customers of one phone → such phones, ascending."""

    sizes: dict[int, int]
    largest: tuple[SharedPhone, ...]

    @property
    def phones(self) -> int:
        return sum(self.sizes.values())

    @property
    def customers(self) -> int:
        return sum(size * phones for size, phones in self.sizes.items())


def find_shared(config: Config, intake: Intake) -> Shared:
    """Over all customers, whatever their segments. Where customers have no key, none shares a phone.

    The largest come first, among equals the one that the source names first. A key that looks like a phone is masked.
    """
    if config.customers.key is None:
        return Shared({}, ())
    numbers = _numbers(intake)
    rows = np.flatnonzero(np.isin(numbers, _repeated(numbers)))
    distinct, first, customers = np.unique(numbers[rows], return_index=True, return_counts=True)
    sizes, phones = np.unique(customers, return_counts=True)
    largest = np.lexsort((first, -customers))[:LARGEST]
    named = _named(config, intake, rows[np.isin(numbers[rows], distinct[largest])])
    return Shared(
        dict(zip(sizes.tolist(), phones.tolist(), strict=True)), tuple(named[phone] for phone in distinct[largest])
    )


def _numbers(intake: Intake) -> Numbers:
    """The phones, eight bytes for each instead of a text."""
    pieces = (piece["phone"].cast(pa.int64()) for piece in intake.pieces(["phone"]))
    return np.concatenate([np.empty(0, np.int64), *map(np.asarray, pieces)])


def _repeated(numbers: Numbers) -> Numbers:
    """Those that stand there more than once."""
    ordered = np.sort(numbers)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


def _named(config: Config, intake: Intake, rows: Numbers) -> dict[int, SharedPhone]:
    """Phone → the customers of these rows who have it."""
    rule = rule_of(settings_of(config))
    wanted = [*CONTACT_COLUMNS, rule.column] if rule.column else CONTACT_COLUMNS
    members, start = [], 0
    for piece in intake.pieces(wanted):
        here = rows[(rows >= start) & (rows < start + piece.num_rows)] - start
        members.append(piece.take(pa.array(here)).to_pandas())
        start += piece.num_rows
    losers = desired_contacts(pd.concat(members, ignore_index=True), rule=rule).losers
    winner = dict(zip(losers["phone"], losers["winner_key"], strict=True))
    others: dict[str, list[str]] = {phone: [] for phone in winner}
    for phone, key in zip(losers["phone"], losers["customer_key"], strict=True):
        others[phone].append(key)
    return {
        int(phone): SharedPhone(
            len(keys) + 1, shown_key(winner[phone], phone), tuple(shown_key(key, phone) for key in keys[:OTHERS])
        )
        for phone, keys in others.items()
    }
