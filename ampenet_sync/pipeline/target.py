"""What a segment's group should hold, and whose contacts stay whatever happens. The group itself is not looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config import Config
from ampenet_sync.contacts import Chosen, Collisions, Intake, collisions_of, desired_contacts, rule_of, select_members
from ampenet_sync.contacts.cells import contents
from ampenet_sync.contacts.regions import regions, unplaced
from ampenet_sync.phones import ROW_REASONS, normalise
from ampenet_sync.pipeline.world import World
from ampenet_sync.sync.plan import Desired, Held
from ampenet_sync.sync.rows import Values


@dataclass(frozen=True)
class Target:
    """`unknown` counts the keys that the segment's `members` named and the source has not. `warnings` are about its
    `where`."""

    desired: list[Desired]
    held: Held
    collisions: Collisions
    unknown: int
    warnings: tuple[str, ...] = ()


def find_target(world: World, intake: Intake, segment: str) -> Target:
    chosen = select_members(intake, world.config, segment=segment, run_date=world.now().date())
    found = desired_contacts(chosen.members, rule=rule_of(world.config))
    columns = (found.contacts[name] for name in ("customer_key", "phone", "first_name", "last_name"))
    desired = [Desired(key, Values(phone, first, last)) for key, phone, first, last in zip(*columns, strict=True)]
    held = held_of(world.config, intake, losers=frozenset(found.losers["customer_key"]))
    warnings = tuple(where_warnings(chosen, segment))
    return Target(desired, held, collisions_of(found.losers), chosen.unknown, warnings)


def where_warnings(chosen: Chosen, segment: str) -> Iterator[str]:
    """A `where` without a column is hardly meant: 'true', 1 = 1, a forgotten test."""
    if chosen.constant:
        whom = "all customers" if len(chosen.members) else "nobody"
        yield f"segments.{segment}.where names no column, so it is the same for everybody; it chooses {whom}"


def held_of(config: Config, intake: Intake, *, losers: frozenset[str]) -> Held:
    """Who keeps the contact he has. A bad row without a key is known by its phone; unreadable too, it is anybody's.

    Where customers have keys, a row with neither key nor phone is nobody's: an empty line. A row whose cells can't be
    told apart is never empty. Nor is a number's whose country nobody knows, though it may be one at home.
    """
    phone, place = f"source.{config.customers.phone}", f"source.{config.customers.region}"
    columns = ["customer_key", "reason", phone, *([place] if config.customers.region else [])]
    quarantine = intake.read_quarantine(columns)
    nameless = quarantine[quarantine["customer_key"] == ""]
    table = pa.Table.from_pandas(nameless[columns], preserve_index=False)
    table = contents(table, columns[2:], config.customers.null_words)
    places, bad = regions(table, place if config.customers.region else None, config.region)
    read = normalise(table[phone], places, countries=config.countries, mobile=False)
    unread = pc.or_(pc.not_equal(read.reason, ""), unplaced(table, phone, bad)).to_numpy()
    broken = nameless["reason"].isin(ROW_REASONS).to_numpy()
    blank = (nameless[phone].str.strip() == "").to_numpy()
    empty = blank & ~broken if config.customers.key else blank & False
    readable = frozenset(read.phone.to_pylist()) - {""}
    keys = frozenset(quarantine["customer_key"]) - {""} | losers
    return Held(keys, readable, bool((unread & ~empty).any()))
