"""Plans as one HTML page that needs nothing beside it: no script, no file, no server. Pure.

Everything the source and the platform say (names, keys, files, groups) passes the template's escaping.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ampenet_sync.reports.names import ALWAYS_SHOWN, counted
from ampenet_sync.reports.page import page_environment
from ampenet_sync.reports.plain import plain
from ampenet_sync.reports.planfacts import (
    NOTHING,
    Proposal,
    facts,
    figures,
    rows_by_reason,
    together,
    verdict,
    verdict_words,
)
from ampenet_sync.reports.planrows import BLANK
from ampenet_sync.sync.planfile import Header

VERDICTS = ("unsafe", "safe", NOTHING)

Context = dict[str, Any]


def plan_page(proposals: Sequence[Proposal]) -> str:
    """The page of one plan, or of several with a table first. The same plans give the same bytes."""
    plans = [_plan(proposal, at) for at, proposal in enumerate(proposals, 1)]
    there = Counter(plan["verdict"] for plan in plans)
    context = {
        "plans": plans,
        "title": _title(proposals),
        "verdicts": {name: there[name] for name in VERDICTS if there[name]},
        "shown": list(dict.fromkeys(name for plan in plans for name in plan["all"])),
        "forecast": together(proposals),
        "blank": BLANK,
    }
    return page_environment("plan.html").render_template("plan.html", **context)


def _title(proposals: Sequence[Proposal]) -> str:
    if len(proposals) != 1:
        return f"Plans of {len(proposals)} segments"
    return f"Plan of {proposals[0].segment}: {verdict(proposals[0].plan.header)}"


def _plan(proposal: Proposal, at: int) -> Context:
    header, rows = proposal.plan.header, list(rows_by_reason(proposal.plan))
    judged, counts = verdict(header), figures(header)
    return {
        "id": f"plan-{at}",
        "segment": proposal.segment,
        "group": proposal.group,
        "place": proposal.place,
        "host": plain(header.host),
        "verdict": judged,
        "words": verdict_words(header),
        "lead": _lead(header),
        "violations": [plain(violation) for violation in header.violations],
        "all": counts,
        "figures": dict(list(counts.items())[:ALWAYS_SHOWN]),
        "rare": dict(list(counts.items())[ALWAYS_SHOWN:]),
        "changing": [each for each in rows if each.makes_calls],
        "staying": [each for each in rows if not each.makes_calls],
        "facts": list(facts(proposal)),
        "digest": proposal.plan.digest,
        "command": "" if judged == NOTHING else plain(proposal.apply),
    }


def _lead(header: Header) -> str:
    """`50 contacts would be changed. It is within every limit.`"""
    changes = header.counts.changes
    if verdict(header) == NOTHING:
        return verdict_words(header)
    contacts = f"{counted(changes, 'contact')} would be created, updated or deleted"
    return f"{contacts}. {verdict_words(header)}" if not header.violations else f"{contacts}, if somebody allows it."
