"""The story of a campaign's orders: pause, resume, cancel, and how all campaigns stand. The ledger alone is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from ampenet_sync.config import Campaign, Config, did_you_mean
from ampenet_sync.errors import ConfigError, PlanRefused, sayable
from ampenet_sync.ledger import Ledger, approvals, destinations, messages, open_ledger, orders
from ampenet_sync.ledger.approvals import Approval
from ampenet_sync.ledger.messages import Edition
from ampenet_sync.ledger.orders import InForce, What

__all__ = ["Approval", "CampaignState", "Figures", "What", "campaign_of", "campaign_states", "order", "send_at_of"]


@dataclass(frozen=True)
class Figures:
    """What became of an edition's messages so far; `parts` are the billed ones of those sent."""

    audience: str = ""
    sent: int = 0
    refused: int = 0
    unknown: int = 0
    expired: int = 0
    parts: int = 0


@dataclass(frozen=True)
class CampaignState:
    """A campaign of ampenet.yaml in its edition of today, as far as the ledger knows."""

    campaign: str
    edition: str
    segment: str
    kind: str
    send_at: datetime | None
    approval: Approval | None
    standing: InForce
    figures: Figures = field(default_factory=Figures)

    @property
    def state(self) -> str:
        """cancelled | paused | begun | approved | not begun"""
        if self.standing.cancelled:
            return "cancelled"
        if self.standing.paused:
            return "paused"
        if self.figures.audience:
            return "begun"
        return "approved" if self.approval else "not begun"


def campaign_of(config: Config, name: str) -> Campaign:
    """Raises ConfigError `unknown_campaign`."""
    if name not in config.campaigns:
        known = ", ".join(config.campaigns) or "none"
        hint = f"{did_you_mean(name, config.campaigns)}campaigns: {known}"
        raise ConfigError(f"there is no campaign '{sayable(name)}'", code="unknown_campaign", hint=hint)
    return config.campaigns[name]


def order(
    config: Config, what: What, name: str, *, by: str, edition: str | None = None, host: str | None = None
) -> str:
    """Write the order down for every account of the server → the edition it concerns, "" for all of the campaign.

    No call is made: also while the platform is away a campaign can be stopped. A cancellation is for one edition, that
    of today where none is named. Raises ConfigError `unknown_campaign`, PlanRefused `no_audience` where nothing was
    ever done with this server.
    """
    campaign = campaign_of(config, name)
    with _opened(config, host) as (ledger, accounts):
        if not accounts:
            hint = f"preview it first: ampenet-sync campaign preview {name}"
            raise PlanRefused("this ledger knows no account of this server yet", code="no_audience", hint=hint)
        today = datetime.fromtimestamp(ledger.clock(), config.zone)
        concerned = (edition or today.strftime(campaign.edition)) if what == "cancel" else ""
        for account in accounts:
            orders.give(ledger, account, what, name, edition=concerned, by=by)
        return concerned


def campaign_states(config: Config, *, only: str | None = None, host: str | None = None) -> list[CampaignState]:
    """How each campaign stands, or `only` this one. Raises LedgerError where there is no ledger."""
    names = [only] if only else list(config.campaigns)
    for name in names:
        campaign_of(config, name)
    with _opened(config, host) as (ledger, accounts):
        today = datetime.fromtimestamp(ledger.clock(), config.zone)
        return [_state(config, ledger, accounts, name, today) for name in names]


def send_at_of(config: Config, name: str) -> datetime | None:
    """The moment with its zone."""
    moment = config.campaigns[name].send_at
    return moment.replace(tzinfo=config.zone) if moment is not None and moment.tzinfo is None else moment


def figures_of(ledger: Ledger, edition: Edition) -> Figures:
    counts, begun = messages.figures(ledger, edition), messages.started(ledger, edition)
    return Figures(
        audience=begun.audience if begun else "",
        sent=counts.get("sent", 0),
        refused=counts.get("refused", 0),
        unknown=counts.get("in_doubt", 0) + counts.get("claimed", 0),
        expired=counts.get("expired", 0),
        parts=messages.parts_sent(ledger, edition),
    )


@contextmanager
def _opened(config: Config, host: str | None) -> Iterator[tuple[Ledger, list[int]]]:
    ledger = open_ledger(config.ledger, config.folder)
    try:
        yield ledger, destinations.destinations_of(ledger, host or config.api.host)
    finally:
        ledger.close()


def _state(config: Config, ledger: Ledger, accounts: list[int], name: str, today: datetime) -> CampaignState:
    """Of several accounts, the one in which most is known: where the edition was begun, else approved."""
    campaign = config.campaigns[name]
    edition = today.strftime(campaign.edition)
    states = [
        CampaignState(
            campaign=name,
            edition=edition,
            segment=campaign.segment,
            kind=campaign.kind,
            send_at=send_at_of(config, name),
            approval=_approval(ledger, Edition(account, name, edition)),
            standing=orders.standing(ledger, Edition(account, name, edition)),
            figures=figures_of(ledger, Edition(account, name, edition)),
        )
        for account in accounts or [0]
    ]
    return max(states, key=lambda state: (bool(state.figures.audience), state.approval is not None))


def _approval(ledger: Ledger, edition: Edition) -> Approval | None:
    known = approvals.approved(ledger, edition.destination)
    return next((approval for approval in known if approval.edition == edition), None)
