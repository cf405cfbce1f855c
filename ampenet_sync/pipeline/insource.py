"""One person in the source as it stands now: their rows, the segments they are in, and why not in the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config import Config
from ampenet_sync.contacts import ChosenRows, Holders, choose_rows, losing_rows
from ampenet_sync.customers import Intake, rule_of, settings_of
from ampenet_sync.ledger.people import Person

PLACE = ("customer_key", "phone", "source_file", "source_line")
Why = Literal["", "where", "members", "shared_phone"]


@dataclass(frozen=True)
class SourceRow:
    """A row of the source. `reason` is why it was quarantined, "" of a customer; `number` is theirs in the intake."""

    key: str
    phone: str
    place: str
    reason: str = ""
    opted_out: bool = False
    number: int = -1


@dataclass(frozen=True)
class Belonging:
    """A customer and a segment. `why` they have no contact there: `where` doesn't choose them, `members` doesn't name
    them, or another customer stands for their phone; "" where they have one."""

    key: str
    phone: str
    segment: str
    why: Why


def person_in(intake: Intake, someone: Person, *, by_phone: bool) -> Person:
    """Whoever the source says has one of the phones, or which phones it says the keys have."""
    rows = list(_customers(intake, someone))
    if by_phone:
        return Person(someone.phones, frozenset(row.key for row in rows if row.phone in someone.phones))
    return Person(frozenset(row.phone for row in rows if row.key in someone.keys), someone.keys)


def rows_in(holders: Holders, someone: Person) -> list[SourceRow]:
    """Their rows, customers first."""
    off = holders.opted_out()
    rows = [
        SourceRow(row.key, row.phone, row.place, opted_out=off.covers(row.phone, row.key), number=row.number)
        for row in _customers(holders.intake, someone)
    ]
    aside = holders.quarantined_of(someone.phones, someone.keys)
    for row in aside.itertuples():
        out = off.covers(str(row.phone), str(row.customer_key))
        place = f"{row.source_file}:{row.source_line}"
        rows.append(SourceRow(str(row.customer_key), str(row.phone), place, str(row.reason), out))
    return rows


def memberships(
    intake: Intake, config: Config, segment: str, rows: list[SourceRow], *, run_date: date
) -> Iterator[Belonging]:
    """Of each of these customers, whether the segment has a contact for them."""
    chosen = choose_rows(intake, config, segment=segment, run_date=run_date)
    lost = _lost(chosen, config)
    for row in rows:
        if row.number < 0:
            continue
        yield Belonging(row.key, row.phone, segment, _why(chosen, row.number, lost, config, segment))


def _why(chosen: ChosenRows, number: int, lost: frozenset[int], config: Config, segment: str) -> Why:
    if chosen.numbers is not None and number not in chosen.numbers:
        return "members" if config.segments[segment].members is not None else "where"
    return "shared_phone" if number in lost else ""


def _lost(chosen: ChosenRows, config: Config) -> frozenset[int]:
    """The numbers of the customers whose phone another member has who counts."""
    rule = rule_of(settings_of(config))
    members = chosen.read(["phone", *([rule.column] if rule.column else [])])
    lost, _ = losing_rows(members["phone"], rule=rule, values=members[rule.column] if rule.column else None)
    numbers = lost if chosen.numbers is None else np.asarray(chosen.numbers)[lost]
    return frozenset(map(int, numbers))


def _customers(intake: Intake, someone: Person) -> Iterator[SourceRow]:
    phones, keys = (pa.array(sorted(texts), pa.large_string()) for texts in (someone.phones, someone.keys))
    start = 0
    for piece in intake.pieces(PLACE):
        columns = {name: piece[name].cast(pa.large_string()) for name in ("phone", "customer_key")}
        theirs = pc.or_(pc.is_in(columns["phone"], phones), pc.is_in(columns["customer_key"], keys))
        at = pc.indices_nonzero(theirs)
        for number, row in zip(at.to_pylist(), piece.take(at).to_pylist(), strict=True):
            place = f"{row['source_file']}:{row['source_line']}"
            yield SourceRow(row["customer_key"], row["phone"], place, number=start + number)
        start += piece.num_rows
