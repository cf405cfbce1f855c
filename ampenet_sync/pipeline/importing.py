"""The story of an import: a file that nobody configured → its columns, and its customers as contacts of one group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ampenet_sync.config import Config, Source, unwritten
from ampenet_sync.customers import Intake
from ampenet_sync.errors import ConfigError, PlanRefused, sayable
from ampenet_sync.ledger import groups
from ampenet_sync.phones import country_of
from ampenet_sync.pipeline.applying import SegmentRun, apply_file, sync_segments
from ampenet_sync.pipeline.planning import Planned, plan_segment
from ampenet_sync.pipeline.world import World
from ampenet_sync.recognition import (
    CHOSEN,
    Look,
    Recognised,
    Recognition,
    Role,
    import_settings,
    look,
    recognise,
    segment_name,
    source_of,
    starter_for,
)
from ampenet_sync.runs import UNBOUNDED, Window

__all__ = [
    "CHOSEN",
    "REGION",
    "Recognised",
    "RecognisedFile",
    "Recognition",
    "check_nobody_keeps",
    "configured",
    "plan_import",
    "run_import",
    "see",
    "written_settings",
]

REGION = "TZ"
COUNTRIES = ("TZ", "KE")


@dataclass(frozen=True)
class RecognisedFile:
    """A file that was looked at, and what its columns are; `region` is the country of numbers without one."""

    source: Source
    look: Look
    recognition: Recognition
    region: str
    countries: tuple[str, ...]


def see(
    file: Path,
    *,
    folder: Path,
    region: str | None = None,
    by_hand: Mapping[Role, str] | None = None,
    settings: Mapping[str, str] | None = None,
    beside: Config | None = None,
) -> RecognisedFile:
    """Look at the file, whose path starts at `folder`. Nothing is written and no call is made.

    `by_hand` and `settings` are columns and keys of customers.source that somebody named, `region` is a country as
    people write it. By default countries are those of the configuration `beside`. Raises SourceError and ConfigError.
    """
    source = source_of(file, folder=folder, settings=settings)
    place = _country(region) if region else beside.region if beside else REGION
    countries = beside.countries if beside else COUNTRIES
    if countries and place not in countries:
        countries = (place, *countries)
    rows = look(source, folder=folder)
    recognition = recognise(rows, region=place, countries=countries, by_hand=by_hand)
    return RecognisedFile(source, rows, recognition, place, countries)


def written_settings(seen: RecognisedFile, *, group: str | None = None) -> str:
    """The text of a whole ampenet.yaml for the file; its segment is kept in `group`, if one is named."""
    parts = seen.recognition, seen.look, seen.source
    return starter_for(*parts, region=seen.region, countries=seen.countries, group=group)


def configured(seen: RecognisedFile, *, group: str, folder: Path, beside: Config | None = None) -> Config:
    """A configuration in memory for an import into the group; its account and ledger are those `beside` it, if any."""
    account = {name: getattr(beside, name) for name in ("api", "ledger", "time_zone", "notify")} if beside else {}
    where = {"region": seen.region, "countries": seen.countries}
    values = {**account, **where, **import_settings(seen.recognition, seen.source, group=group)}
    return unwritten(values, folder=folder)


def check_nobody_keeps(world: World, group: str, *, beside: Config | None = None) -> None:
    """Raises PlanRefused where a segment keeps the group: its next run would take out whom its source doesn't have."""
    own = segment_name(group)
    written = {str(segment.group): name for name, segment in (beside.segments if beside else {}).items()}
    kept = written.get(group) or groups.segment_of_named(world.ledger, world.destination, group)
    if kept not in (None, own):
        message = f"segment {kept} keeps the group '{group}', and could delete what an import makes there"
        raise PlanRefused(message, code="group_shared", hint="add the rows to its source, or name another group")


def plan_import(world: World, intake: Intake) -> Planned:
    """What would change. Nothing is changed."""
    return plan_segment(world, intake, _segment(world))


def run_import(
    world: World,
    intake: Intake,
    *,
    approved: str | None = None,
    allow: str | None = None,
    window: Window = UNBOUNDED,
) -> list[SegmentRun]:
    """Plan and apply. `approved` is the digest of the plan that a person saw; `allow` that of one over its limits.

    An unsafe plan that isn't allowed is left out. A used up `window` pauses the run. Raises Unsafe for the source.
    """
    segment = _segment(world)
    if allow is None:
        return sync_segments(world, intake, approved={segment: approved} if approved else None, window=window)
    planned = plan_segment(world, intake, segment)
    applied = apply_file(world, planned.path, allow=allow, intake=intake, window=window)
    return [SegmentRun(segment, planned, applied)]


def _country(written: str) -> str:
    """The two letters of a country as people write it."""
    code = country_of(written)
    if not code:
        hint = "write its name or its two letters, such as Kenya or KE"
        raise ConfigError(f"{sayable(written)} is no country", code="bad_region", hint=hint)
    return code


def _segment(world: World) -> str:
    (segment,) = world.config.segments
    return segment
