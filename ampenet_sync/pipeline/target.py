"""What a segment's group should hold, and whose contacts stay whatever happens. The group itself is not looked at."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from ampenet_sync.config import Config
from ampenet_sync.contacts import Collisions, Intake, collisions_of, desired_contacts, rule_of, select_members
from ampenet_sync.contacts.cells import content
from ampenet_sync.phones import ROW_REASONS, is_region, normalise
from ampenet_sync.pipeline.world import World
from ampenet_sync.sync.plan import Desired, Held
from ampenet_sync.sync.rows import Values


@dataclass(frozen=True)
class Target:
    """`unknown` counts the keys that the segment's `members` named and the source has not."""

    desired: list[Desired]
    held: Held
    collisions: Collisions
    unknown: int


def find_target(world: World, intake: Intake, segment: str) -> Target:
    chosen = select_members(intake, world.config, segment=segment, run_date=world.now().date())
    found = desired_contacts(chosen.members, rule=rule_of(world.config))
    columns = (found.contacts[name] for name in ("customer_key", "phone", "first_name", "last_name"))
    desired = [Desired(key, Values(phone, first, last)) for key, phone, first, last in zip(*columns, strict=True)]
    held = held_of(world.config, intake, losers=frozenset(found.losers["customer_key"]))
    return Target(desired, held, collisions_of(found.losers), chosen.unknown)


def held_of(config: Config, intake: Intake, *, losers: frozenset[str]) -> Held:
    """Who keeps the contact he has. A bad row without a key is known by its phone; unreadable too, it is anybody's.

    Where customers have keys, a row with neither key nor phone is nobody's: an empty line. A row whose cells can't be
    told apart is never empty.
    """
    phone, place = f"source.{config.customers.phone}", f"source.{config.customers.region}"
    columns = ["customer_key", "reason", phone, *([place] if config.customers.region else [])]
    quarantine = intake.read_quarantine(columns)
    nameless = quarantine[quarantine["customer_key"] == ""]
    nameless = nameless.assign(**{name: _contents(nameless[name], config) for name in columns[2:]})
    regions = _regions(nameless[place], config.region) if config.customers.region else config.region
    read = normalise(nameless[phone], regions, countries=config.countries, mobile=False)
    unread = (read.reason.to_pandas() != "").to_numpy()
    broken = nameless["reason"].isin(ROW_REASONS).to_numpy()
    blank = (nameless[phone].str.strip() == "").to_numpy()
    empty = blank & ~broken if config.customers.key else blank & False
    readable = frozenset(read.phone.to_pylist()) - {""}
    keys = frozenset(quarantine["customer_key"]) - {""} | losers
    return Held(keys, readable, bool((unread & ~empty).any()))


def _contents(written: pd.Series[str], config: Config) -> pd.Series[str]:
    """What the cells say."""
    column = pa.chunked_array(pa.array(written, pa.large_string()))
    texts = content(column, config.customers.null_words).to_pandas()
    return pd.Series(texts.to_numpy(), index=written.index, dtype="str")


def _regions(written: pd.Series[str], default: str) -> pd.Series[str]:
    codes = written.str.strip().str.upper()
    known = [code for code in codes.unique() if is_region(code)]
    return codes.where(codes.isin(known), default)
