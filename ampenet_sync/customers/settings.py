"""What this room has to know of ampenet.yaml: how customers are read, where from and where to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ampenet_sync.config import Config, Customers


@dataclass(frozen=True, kw_only=True)
class IntakeSettings:
    """How customers are read. `settings_of` makes them from a configuration; whoever has none makes them in memory.

    Relative paths of the source begin at `folder`; `home` is the data folder (0700). `wheres` and `messages` are the
    conditions and templates of those who will use the customers, `members_by_key` whether one of them names customers
    by their keys: together they say which typed columns are needed. `path` is the file that errors name with a line; a
    relative one stands for none.
    """

    customers: Customers
    home: Path
    folder: Path = Path()
    region: str = "TZ"
    countries: tuple[str, ...] = ()
    time_zone: str = "Africa/Dar_es_Salaam"
    wheres: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    members_by_key: bool = False
    path: Path = Path("ampenet.yaml")


def settings_of(config: Config) -> IntakeSettings:
    """What a whole configuration says of reading its customers, whichever segment or campaign they are read for."""
    return IntakeSettings(
        customers=config.customers,
        home=config.home,
        folder=config.folder,
        region=config.region,
        countries=config.countries,
        time_zone=config.time_zone,
        wheres=tuple(segment.where for segment in config.segments.values() if segment.where),
        messages=tuple(campaign.message for campaign in config.campaigns.values()),
        members_by_key=any(segment.members for segment in config.segments.values()),
        path=config.path,
    )
