"""The data-quality report as one HTML page that needs nothing beside it: no script, no file, no server. Pure.

Everything the source says (names of files and columns, keys) passes the template's escaping; only our own plots don't.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

import minijinja

from ampenet_sync.customers import Answered
from ampenet_sync.phones.reasons import HINTS
from ampenet_sync.pipeline.countries import code_of_country, country_name
from ampenet_sync.pipeline.quality import Consent, Quality
from ampenet_sync.pipeline.sharing import Shared
from ampenet_sync.pipeline.trend import Reading
from ampenet_sync.reports import quality_plots as plots
from ampenet_sync.reports.intake import passed_over, way_out
from ampenet_sync.reports.page import page_environment

PLOTTED, LISTED = 12, 60  # bars of a plot; lines of a table
READINGS = 14  # lines of the trend's table
SIZES = 5  # a phone of so many customers or more is one bar

Context = dict[str, Any]


def quality_page(quality: Quality, *, made_at: datetime) -> str:
    """The page. The same figures and the same moment, whose time zone is used throughout, give the same bytes."""
    context = {
        "quality": quality,
        "origin": quality.origin,
        "modified": _moment(quality.origin.modified, made_at.tzinfo),
        "passed_over": passed_over(quality.origin.blank_rows, quality.origin.rows_above),
        "made_at": _minute(made_at),
        "zone": made_at.tzname(),
        "consent": quality.consent,
        "reasons": _reasons(quality),
        "countries": _countries(quality),
        "shared": _shared(quality.shared),
        "agreed": _agreed(quality.consent),
        "opted_out": _opted_out(quality.opted_out),
        "columns": quality.columns[:LISTED],
        "damaged": _damaged(quality),
        "trend": _trend(quality, made_at.tzinfo),
    }
    environment = page_environment("quality.html", share=share, way_out=way_out)
    environment.add_filter("bytes", _bytes)
    return environment.render_template("quality.html", **context)


def share(count: int, of: int) -> str:
    """`4.5 %`; what is there is never told as 0 %, and what is missing never as 100 %."""
    if not of:
        return "–"
    rounded = round(100 * count / of, 1)
    if rounded == 0 and count:
        return "< 0.1\N{NO-BREAK SPACE}%"
    if rounded == 100 and count < of:
        return "> 99.9\N{NO-BREAK SPACE}%"
    return f"{rounded:g}\N{NO-BREAK SPACE}%"


def _reasons(quality: Quality) -> Context:
    top = _top(quality.reasons, other="other reasons")
    description = f"Quarantined rows: {_listed(top)}."
    rows = [{"reason": reason, "rows": rows, **HINTS[reason]._asdict()} for reason, rows in quality.reasons.items()]
    return {"plot": _bars(top, "reasons", "Why rows are quarantined", description, colour=plots.WARN), "rows": rows}


def _countries(quality: Quality) -> Context:
    named = {f"{code} {country_name(code)}".strip() or "no country": n for code, n in quality.countries.items()}
    top = _top(named, other="other countries")
    rows = [
        {"code": code, "name": country_name(code), "calling": code_of_country(code), "customers": customers}
        for code, customers in quality.countries.items()
    ]
    description = f"Customers by the country of their phone: {_listed(top)}."
    return {
        "plot": _bars(top, "countries", "Where the phones belong", description),
        "rows": rows[:LISTED],
        "more": rows[LISTED:],
    }


def _shared(shared: Shared) -> Context:
    sizes: dict[str, int] = {}
    for size, phones in shared.sizes.items():
        label = f"{size} customers" if size < SIZES else f"{SIZES} or more"
        sizes[label] = sizes.get(label, 0) + phones
    description = f"Phones by how many customers have them: {_listed(sizes)}."
    return {"plot": _bars(sizes, "shared", "Phones that several customers have", description), "sizes": sizes}


def _agreed(consent: Consent) -> Context:
    answers = {"yes": consent.yes, "no": consent.no, "nothing written": consent.unknown}
    if consent.source == "column":
        answers |= {"not understood": consent.unclear}
    description = f"Customers by what is known of their consent: {_listed(answers)}."
    return {"plot": _bars(answers, "consent", "Who agreed to marketing", description), "answers": answers}


def _opted_out(answered: Answered | None) -> Context | None:
    """None where no column says who did."""
    if answered is None:
        return None
    yes, no, nothing, unclear = answered.counts.values()
    answers = {"yes": yes, "no": no, "nothing written": nothing, "not understood": unclear}
    description = f"Customers by whether they opted out: {_listed(answers)}."
    return {
        "plot": _bars(answers, "opted-out", "Who opted out", description, colour=plots.WARN),
        "answers": answers,
        "answered": answered,
    }


def _damaged(quality: Quality) -> str:
    """`first 3 rows, city 1 row`."""
    counts = {column.column: column.damaged for column in quality.columns if column.damaged}
    return ", ".join(f"{column} in {count:,} row{'' if count == 1 else 's'}" for column, count in counts.items())


def _trend(quality: Quality, zone: tzinfo | None) -> Context:
    """Two readings are needed for a line."""
    readings = quality.trend
    when = [datetime.fromtimestamp(reading.at, zone) for reading in readings]
    plot = ""
    if len(readings) > 1:
        panels: dict[str, list[float]] = {
            "Customers that can be used": [reading.usable for reading in readings],
            "Quarantined, % of the rows": [_percent(reading) for reading in readings],
        }
        span = f"from {_minute(when[0])} to {_minute(when[-1])}"
        description = f"{len(readings)} readings {span}; the newest are in the table beside."
        plot = plots.lines(when, panels, name="trend", title="Over time", description=description)
    newest = [{"at": f"{at:%Y-%m-%d %H:%M}", "reading": reading} for at, reading in zip(when, readings, strict=True)][
        ::-1
    ]
    return {"plot": minijinja.safe(plot), "newest": newest[:READINGS], "earlier": len(newest[READINGS:])}


def _bars(counts: Mapping[str, int], name: str, title: str, description: str, *, colour: str = plots.ACCENT) -> str:
    if not any(counts.values()):
        return ""
    return minijinja.safe(plots.bars(counts, name=name, title=title, description=description, colour=colour))


def _top(counts: Mapping[str, int], *, other: str) -> dict[str, int]:
    """The first so many, and the rest in one."""
    if len(counts) <= PLOTTED:
        return dict(counts)
    named = list(counts.items())
    return {**dict(named[: PLOTTED - 1]), other: sum(count for _, count in named[PLOTTED - 1 :])}


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{label} {count:,}" for label, count in counts.items())


def _percent(reading: Reading) -> float:
    return 100 * reading.quarantined / reading.rows if reading.rows else 0.0


def _minute(moment: datetime) -> str:
    return f"{moment:%d %b %Y, %H:%M %Z}".removeprefix("0").strip()


def _moment(iso: str, zone: tzinfo | None) -> str:
    return _minute(datetime.fromisoformat(iso).astimezone(zone)) if iso else ""


def _bytes(size: int) -> str:
    """`144424` → `144 kB`."""
    for unit, letters in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= unit:
            return f"{size / unit:.3g} {letters}"
    return f"{size:,} bytes"
