"""What became of a campaign's messages as one HTML page that needs nothing beside it. Pure; no phone is in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import minijinja

from ampenet_sync.pipeline.delivery import DeliveryReport
from ampenet_sync.reports import quality_plots as plots
from ampenet_sync.reports.delivery import FATE_WORDS, HONEST
from ampenet_sync.reports.page import page_environment
from ampenet_sync.reports.quality_page import share

Context = dict[str, Any]
BARS = 12  # of one plot; the table has all


def delivery_page(report: DeliveryReport, *, made_at: datetime) -> str:
    """The page. The same figures and the same moment give the same bytes."""
    fates: dict[str, int] = {str(fate): count for fate, count in report.delivery.items()}
    words = {line.status: line.messages for line in report.statuses}
    read_at = None if report.read_at is None else datetime.fromtimestamp(report.read_at, made_at.tzinfo)
    context = {
        "report": report,
        "fates": {"plot": _bars(fates, "fates", "What became of them")},
        "words": {"plot": _bars(_first(words), "words", "The platform's words")},
        "refused": {"plot": _bars(_first(report.refusals), "refused", "Why messages were refused", warn=True)},
        "course": _course(report),
        "meaning": FATE_WORDS,
        "honest": HONEST,
        "read_at": _minute(read_at) if read_at else "",
        "made_at": _minute(made_at),
        "zone": made_at.tzname(),
    }
    return page_environment("delivery.html", share=share).render_template("delivery.html", **context)


def _bars(counts: Mapping[str, int], name: str, title: str, *, warn: bool = False) -> str:
    if not any(counts.values()):
        return ""
    described = f"{title}: {', '.join(f'{label} {count:,}' for label, count in counts.items())}."
    colour = plots.WARN if warn else plots.ACCENT
    return minijinja.safe(plots.bars(counts, name=name, title=title, description=described, colour=colour))


def _first(counts: Mapping[str, int]) -> dict[str, int]:
    named = list(counts.items())
    if len(named) <= BARS:
        return dict(named)
    return {**dict(named[: BARS - 1]), "others": sum(count for _, count in named[BARS - 1 :])}


def _course(report: DeliveryReport) -> Context:
    """Two lines over the same time: what was sent, and what failed of it as is known now."""
    if not report.course:
        return {"plot": "", "rows": []}
    when = [moment.at for moment in report.course]
    panels: dict[str, list[float]] = {
        "Sent": [moment.sent for moment in report.course],
        "Of those delivered": [moment.delivered for moment in report.course],
        "Of those failed": [moment.failed for moment in report.course],
    }
    described = f"{report.sent:,} messages from {_minute(when[0])} to {_minute(when[-1])}."
    well = {"Of those delivered": plots.ACCENT}
    plot = plots.lines(when, panels, name="course", title="Over time", description=described, colours=well)
    rows = [{"at": f"{moment.at:%Y-%m-%d %H:%M}", "moment": moment} for moment in report.course[1:]]
    return {"plot": minijinja.safe(plot), "rows": rows[-14:], "earlier": len(rows[:-14])}


def _minute(moment: datetime) -> str:
    return f"{moment:%d %b %Y, %H:%M %Z}".removeprefix("0").strip()
