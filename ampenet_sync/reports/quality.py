"""The figures of a data-quality report for a script and for a person at a terminal. Pure; the page is elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import RenderableType

from ampenet_sync.pipeline.quality import Consent, Quality
from ampenet_sync.pipeline.trend import Reading
from ampenet_sync.reports.intake import CONSENT, answer_lines, answered_object, misfit_lines, passed_over_line
from ampenet_sync.reports.names import counted
from ampenet_sync.reports.quarantine import quarantine_table

COUNTRIES = 6  # named in a line; the rest are counted together


def quality_object(quality: Quality, *, path: Path) -> dict[str, Any]:
    """Counts as they are, times in UTC. Keys of customers stand in it, phones don't."""
    shown = asdict(quality)
    shown["trend"] = [_reading(reading) for reading in quality.trend]
    shown["shared"] |= {
        "phones": quality.shared.phones,
        "customers": quality.shared.customers,
        "sizes": {str(size): phones for size, phones in quality.shared.sizes.items()},
    }
    shown |= {"consent": _consent(quality.consent), "opted_out": answered_object(quality.opted_out)}
    return {"path": str(path), "source": shown.pop("origin"), "quarantined": quality.quarantined, **shown}


def quality_lines(quality: Quality) -> Iterator[RenderableType]:
    """The same in a few lines; what there is none of is not mentioned."""
    rows, people = counted(quality.rows, "row"), counted(quality.usable, "customer")
    yield f"{rows} of {quality.origin.name}: {people}, {quality.quarantined:,} quarantined"
    yield from passed_over_line(quality.origin.blank_rows, quality.origin.rows_above)
    if quality.quarantined:
        yield quarantine_table(quality.reasons)
    if quality.repaired:
        yield f"{counted(quality.repaired, 'row')} repaired by hand"
    if quality.countries:
        yield f"Countries: {_named(quality.countries)}"
    if quality.consent.source != "column":
        yield f"{CONSENT}: {_agreed(quality.consent)}"
    yield from answer_lines(quality.consent.answered, quality.opted_out)
    if quality.shared.sizes:
        people = counted(quality.shared.customers, "customer")
        yield f"Shared: {people} with {counted(quality.shared.phones, 'phone')}"
    for name, count in quality.nameless.items():
        if count:
            yield f"Without a {name.replace('_', ' ')}: {counted(count, 'customer')}"
    if harmed := [f"{column.column} {column.damaged:,}" for column in quality.columns if column.damaged]:
        yield f"Damaged texts (as &amp; or Ã«), in rows: {', '.join(harmed)}"
    yield from misfit_lines(quality.misfits)
    if quality.origin.open_end:
        yield f"Warning: the last line of {quality.origin.name} has no line break; look whether it was cut off"


def _consent(consent: Consent) -> dict[str, Any]:
    """`unknown` and `nothing` are one figure: it had the first name before there was a fourth."""
    counts = answered_object(consent.answered) or {}
    return {**asdict(consent), "nothing": consent.unknown, "words": counts.get("words", {})}


def _agreed(consent: Consent) -> str:
    if consent.source == "nowhere":
        return "nothing says who agreed to marketing, so nobody counts as having"
    return f"attested for {consent.yes:,}"


def _named(countries: Mapping[str, int]) -> str:
    parts = [f"{code or 'of none'} {customers:,}" for code, customers in list(countries.items())[:COUNTRIES]]
    rest = sum(list(countries.values())[COUNTRIES:])
    return ", ".join([*parts, f"others {rest:,}"] if rest else parts)


def _reading(reading: Reading) -> dict[str, Any]:
    at = datetime.fromtimestamp(reading.at, UTC).isoformat(timespec="seconds")
    return {**asdict(reading), "at": at, "quarantined": reading.quarantined}
