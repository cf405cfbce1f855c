"""What a segment's group should hold, and whose contacts stay whatever happens. The group itself is not looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from ampenet_sync.config import Config
from ampenet_sync.contacts import Chosen, ChosenRows, Collisions, Held, Holders, choose_rows, collisions_of, losing_rows
from ampenet_sync.customers import Intake, field_column, rule_of, settings_of
from ampenet_sync.pipeline.world import World
from ampenet_sync.sync.relations import InFile, Relation
from ampenet_sync.sync.rows import SHOWN

if TYPE_CHECKING:
    from ampenet_sync.customers.keys import Numbers

PLACE = ("customer_key", "source_file", "source_line")


@dataclass(frozen=True)
class Target:
    """What a segment's group should hold. `desired` has the columns that `sync.plan.Sides` names.

    `unknown` counts the keys that the segment's `members` named and the source has not. `warnings` are about its
    `where`.
    """

    desired: Relation
    held: Held
    collisions: Collisions
    unknown: int
    warnings: tuple[str, ...] = ()


def find_target(world: World, holders: Holders, segment: str, *, fields: Sequence[str]) -> Target:
    """`fields` are those beside the phone that are managed there."""
    intake, config, rule = holders.intake, world.config, rule_of(settings_of(world.config))
    chosen = choose_rows(intake, config, segment=segment, run_date=world.now().date())
    columns = ["customer_key", "phone", *([rule.column] if rule.column else [])]
    members = chosen.read(columns)
    lost, winner = losing_rows(members["phone"], rule=rule, values=members[rule.column] if rule.column else None)
    losers = _losers(members, lost, winner)
    return Target(
        InFile(intake.customers_path, _columns(config, fields), _without(chosen, lost)),
        holders.held(losers=losers["customer_key"]),
        collisions_of(losers),
        chosen.unknown,
        tuple(where_warnings(chosen, segment)),
    )


def places_of(intake: Intake) -> dict[str, Relation]:
    """Where in the source each customer and each quarantined row stands."""
    files = {"customers": intake.customers_path, "quarantined": intake.quarantine_path}
    return {name: InFile(path, {column: column for column in PLACE}) for name, path in files.items()}


def _columns(config: Config, fields: Sequence[str]) -> dict[str, str | None]:
    """Column of the comparison → column of the customers; None for a field that the configuration doesn't map."""
    named = {name: name if getattr(config.customers, name) else None for name in SHOWN}
    custom = {tag: field_column(tag) if tag in config.customers.fields else None for tag in fields if tag not in SHOWN}
    return {name: name for name in (*PLACE, "phone")} | named | custom


def _without(chosen: ChosenRows, lost: Numbers) -> pa.Array | None:
    """The numbers of the members' rows that have a contact; None for all customers."""
    if not len(lost):
        return None if chosen.numbers is None else pa.array(chosen.numbers)
    numbers = np.arange(len(chosen)) if chosen.numbers is None else chosen.numbers
    return pa.array(np.delete(numbers, lost))


def _losers(members: pa.Table, lost: Numbers, winner: Numbers) -> pd.DataFrame:
    """customer_key, phone and winner_key of those whose phone another member has who counts."""
    rows = members.select(["customer_key", "phone"]).take(pa.array(lost))
    keys = members["customer_key"].take(pa.array(winner))
    losers: pd.DataFrame = rows.append_column("winner_key", keys).to_pandas()
    return losers


def where_warnings(chosen: Chosen | ChosenRows, segment: str) -> Iterator[str]:
    """A `where` without a column is hardly meant: 'true', 1 = 1, a forgotten test."""
    if chosen.constant:
        whom = "all customers" if len(chosen) else "nobody"
        yield f"segments.{segment}.where names no column, so it is the same for everybody; it chooses {whom}"
