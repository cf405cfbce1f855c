"""What the source was like before: kept in the ledger when a plan is made, read for a report. It judges nothing."""

from __future__ import annotations

from dataclasses import replace

import pyarrow.compute as pc

from ampenet_sync.config import Config
from ampenet_sync.customers import Intake
from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger import intakes, open_ledger
from ampenet_sync.ledger.intakes import Reading
from ampenet_sync.pipeline.countries import count_countries
from ampenet_sync.pipeline.sharing import Shared, find_shared
from ampenet_sync.pipeline.world import World

__all__ = ["Reading", "note_intake", "past_readings", "reading_of"]


def note_intake(world: World, intake: Intake) -> None:
    """Keep the figures of a reading that plans are made from, unless the newest that is kept is the same."""
    reading = _counted(intake)
    if not reading.same_rows(intakes.newest_reading(world.ledger, reading.source)):
        intakes.note_reading(world.ledger, reading_of(intake, shared=find_shared(world.config, intake)))


def past_readings(config: Config, source: str) -> list[Reading]:
    """The readings of a source that the ledger knows, the oldest first; none where there is no ledger yet."""
    try:
        ledger = open_ledger(config.ledger, config.folder)
    except LedgerError as error:
        if error.code == "no_ledger":
            return []
        raise
    try:
        return intakes.readings(ledger, source)
    finally:
        ledger.close()


def reading_of(intake: Intake, *, shared: Shared) -> Reading:
    """The figures of this reading, without a date."""
    return replace(
        _counted(intake),
        countries=count_countries(piece["phone"] for piece in intake.pieces(["phone"])),
        consenting=sum(pc.sum(piece["consent"]).as_py() or 0 for piece in intake.pieces(["consent"])),
        shared=shared.customers,
    )


def _counted(intake: Intake) -> Reading:
    """What is known without another look at the rows."""
    return Reading(
        intake.identity.name,
        intake.identity.digest,
        rows=intake.rows,
        usable=intake.usable,
        reasons=intake.reasons,
        repaired=intake.repaired,
    )
