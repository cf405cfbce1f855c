"""The story of a look back: what the ledger knows, without asking the platform or the source anything."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.engine import make_url

from ampenet_sync.config import Config
from ampenet_sync.ledger import (
    Clock,
    Ledger,
    changes,
    create_ledger,
    destinations,
    groups,
    holds,
    links,
    messages,
    open_ledger,
    plans,
    runs,
    statuses,
    suppressions,
)
from ampenet_sync.ledger.holds import Hold
from ampenet_sync.ledger.runs import RunRecord
from ampenet_sync.ledger.statuses import NOTHING_HEARD, Evidence
from ampenet_sync.machine import HERE, Machine

__all__ = ["Evidence", "LookBack", "RunRecord", "Status", "look_back", "read_status"]

CHANGING = ("apply", "sync", "send")  # kinds of runs that change something at Ampenet
SHOWN = 20


@dataclass(frozen=True)
class SegmentStatus:
    """How many contacts we know in a segment's group, and of how many whether they opted out; its newest plan, and what
    became of that one's changes."""

    segment: str
    plan: str
    state: str
    made_at: float
    contacts: int
    done: int
    refused: int
    in_doubt: int
    opt_outs: Evidence


@dataclass(frozen=True)
class CampaignStatus:
    """The figures of one edition that was begun."""

    campaign: str
    edition: str
    audience: str
    sent: int
    refused: int
    unknown: int
    expired: int
    parts: int


@dataclass(frozen=True)
class Status:
    segments: tuple[SegmentStatus, ...]
    campaigns: tuple[CampaignStatus, ...]
    suppressed: int


@dataclass(frozen=True)
class LookBack:
    """The newest runs first, and the segments that are held because a run was undone in them."""

    runs: tuple[RunRecord, ...]
    held: tuple[Hold, ...]


def make_ledger(config: Config, *, clock: Clock | None = None, machine: Machine = HERE) -> bool:
    """Make the configured ledger; True where it is new. An existing one is left as it is."""
    ledger, made = create_ledger(config.ledger, config.folder, clock=clock, machine=machine)
    ledger.close()
    return made


def ledger_address(config: Config) -> str:
    """Where the ledger is, without a password."""
    return make_url(config.ledger).render_as_string(hide_password=True)


def check_ledger(config: Config) -> None:
    """Raises LedgerError where there is no ledger, or one that can't be used."""
    open_ledger(config.ledger, config.folder).close()


def read_status(config: Config, *, host: str | None = None) -> Status:
    """Everything known of the configured server's accounts. Raises LedgerError where there is no ledger."""
    ledger = open_ledger(config.ledger, config.folder)
    try:
        accounts = destinations.destinations_of(ledger, host or config.api.host)
        segments = [segment for account in accounts for segment in _segments(ledger, account)]
        campaigns = [campaign for account in accounts for campaign in _campaigns(ledger, account)]
        return Status(tuple(segments), tuple(campaigns), suppressions.count(ledger))
    finally:
        ledger.close()


def look_back(config: Config, *, host: str | None = None, most: int = SHOWN) -> LookBack:
    """Raises LedgerError where there is no ledger."""
    ledger = open_ledger(config.ledger, config.folder)
    try:
        accounts = destinations.destinations_of(ledger, host or config.api.host)
        held = [hold for account in accounts for hold in holds.held(ledger, account).values()]
        return LookBack(tuple(runs.newest_runs(ledger, kinds=CHANGING, most=most)), tuple(held))
    finally:
        ledger.close()


def _segments(ledger: Ledger, destination: int) -> list[SegmentStatus]:
    shown = []
    for segment, plan in sorted(plans.newest_plans(ledger, destination).items()):
        states = changes.count_outcomes(ledger, destination, plan.digest).states
        doubtful = states.get("claimed", 0) + states.get("in_doubt", 0)
        group = groups.pinned_group(ledger, destination, segment)
        contacts = links.count_links(ledger, destination, group.uid) if group else 0
        counts = (contacts, states.get("done", 0), states.get("refused", 0), doubtful)
        heard = statuses.evidence_of(ledger, destination, group.uid) if group else NOTHING_HEARD
        shown.append(SegmentStatus(segment, plan.digest, plan.state, plan.created_at, *counts, heard))
    return shown


def _campaigns(ledger: Ledger, destination: int) -> list[CampaignStatus]:
    editions = []
    for edition in messages.started_editions(ledger, destination):
        figures, begun = messages.figures(ledger, edition), messages.started(ledger, edition)
        editions.append(
            CampaignStatus(
                campaign=edition.campaign,
                edition=edition.name,
                audience=begun.audience if begun else "",
                sent=figures.get("sent", 0),
                refused=figures.get("refused", 0),
                unknown=figures.get("in_doubt", 0) + figures.get("claimed", 0),
                expired=figures.get("expired", 0),
                parts=messages.parts_sent(ledger, edition),
            )
        )
    return editions
