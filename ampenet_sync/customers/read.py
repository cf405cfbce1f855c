"""The configured source, or customers handed in → customers and quarantine as files, a few rows in memory at a time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ampenet_sync.customers.forgetting import Forgets, without_forgotten
from ampenet_sync.customers.intake import CUSTOMERS, QUARANTINE, Intake, facts_of
from ampenet_sync.customers.missing import check_columns
from ampenet_sync.customers.repairs import Repairs
from ampenet_sync.customers.settings import IntakeSettings
from ampenet_sync.customers.sorting import Sorting
from ampenet_sync.customers.written import place
from ampenet_sync.errors import ConfigError
from ampenet_sync.files.growing import ABANDONED_AFTER, sweep
from ampenet_sync.phones import country_of, is_region
from ampenet_sync.sources import (
    Batch,
    Progress,
    Reading,
    SourceIdentity,
    open_batches,
    source_name,
    without_blank_rows,
)

HANDED = "handed in"
KEPT_FOR = 7 * 24 * 3600.0  # seconds for which the files of a reading stay where a later run finds them


def read_customers(
    settings: IntakeSettings,
    *,
    environ: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    handed: Any = None,
    folder: Path | None = None,
    repairs: Repairs | None = None,
    forgets: Forgets | None = None,
) -> Intake:
    """Read the whole source and put each row either among the customers or into quarantine, as two files in `folder`.

    `handed` are customers in place of the configured source: a pandas frame or anything with Arrow's stream. Both
    files keep the source's order, but rows whose key another row has stand at the end of the quarantine; blank rows are
    only counted. `repairs` are put in the place of their originals; rows of whom `forgets` knows are left out as if
    they were not there. `progress` is called with the rows so far and of how many, if that is known.
    Raises SourceError where the source can't be read completely, ConfigError `missing_column` or `bad_region` where
    the configuration doesn't fit it, or `unwritable`; then no file is left.
    """
    _check_regions(settings)
    folder = folder or settings.home / "customers"
    batches, reading = _opened(settings, environ, handed)
    batches = without_blank_rows(batches)
    repaired = left_out = 0
    with ExitStack() as stack:
        sorting = Sorting(settings, folder, stack)
        for batch in batches:
            if not reading.rows:
                check_columns(settings, batch)
            batch, count = repairs.repair(batch) if repairs else (batch, 0)
            repaired += count
            if forgets:
                batch, gone = without_forgotten(settings, batch, forgets)
                left_out += gone
            reading.add(batch)
            if batch.table.num_rows:
                sorting.add(batch)
            if progress:
                progress(reading.rows, batch.total)
        intake = _named(settings, sorting, reading.identity(), repaired=repaired, forgotten=left_out, folder=folder)
    _sweep(intake)
    return intake


def _opened(
    settings: IntakeSettings, environ: Mapping[str, str] | None, handed: Any
) -> tuple[Iterator[Batch], Reading]:
    source, mapped = settings.customers.source, settings.customers
    exact = frozenset(column for column in (mapped.phone, mapped.key) if column)
    needed = frozenset(mapped.columns().values())
    if handed is not None:
        from ampenet_sync.sources.handed import handed_batches

        return handed_batches(handed, name=HANDED, exact=exact, needed=needed), Reading("handed", HANDED)
    if source is None:
        message = f"{place(settings.path, 'customers')}: source is missing"
        raise ConfigError(message, code="no_source", hint="write where the customers are, or hand them in")
    batches = open_batches(
        source, folder=settings.folder, exact=exact, needed=needed, phone=mapped.phone, environ=environ
    )
    return batches, Reading(source.kind, source_name(source))


def _check_regions(settings: IntakeSettings) -> None:
    for key, codes in (("region", (settings.region,)), ("countries", settings.countries)):
        for code in codes:
            if not is_region(code):
                message = f"{place(settings.path, key)}: {code} is no country"
                hint = f"write its two letters, such as {country_of(code) or 'TZ or KE'}"
                raise ConfigError(message, code="bad_region", hint=hint)


def _named(
    settings: IntakeSettings, sorting: Sorting, identity: SourceIdentity, *, repaired: int, forgotten: int, folder: Path
) -> Intake:
    """Both files under their names, which follow from the rows that were read and from how they were to be read."""
    customers, quarantine = sorting.settle()
    tail = f"{_digest(settings, identity, needed=sorting.needed)}.parquet"
    reasons = dict(sorted(sorting.reasons.items(), key=lambda item: (-item[1], item[0])))
    intake = Intake(
        folder / f"{CUSTOMERS}{tail}",
        folder / f"{QUARANTINE}{tail}",
        identity,
        rows=identity.rows,
        usable=identity.rows - sum(reasons.values()),
        reasons=reasons,
        repaired=repaired,
        forgotten=forgotten,
        consent=sorting.consent,
        opted_out=sorting.opted_out,
        misfits={name: sorting.misfits[name] for name in settings.customers.types if sorting.misfits[name]},
    )
    for file in (customers, quarantine):
        file.close(facts_of(intake))
    quarantine.name(intake.quarantine_path)
    customers.name(intake.customers_path)
    return intake


def _digest(settings: IntakeSettings, identity: SourceIdentity, *, needed: frozenset[str]) -> str:
    ways = [settings.region, settings.countries, settings.customers.model_dump(mode="json", serialize_as_any=True)]
    ways += [settings.time_zone, sorted(needed)]
    return hashlib.sha256(json.dumps([identity.digest, ways], sort_keys=True).encode()).hexdigest()[:16]


def _sweep(intake: Intake) -> None:
    """Files of earlier readings, and what a killed process left half written."""
    folder, keep = intake.customers_path.parent, {intake.customers_path, intake.quarantine_path}
    for word in (CUSTOMERS, QUARANTINE):
        sweep(folder, pattern=f"{word}*.parquet", keep=keep, older=KEPT_FOR)
        sweep(folder, pattern=f".{word}*.tmp", keep=keep, older=ABANDONED_AFTER)
