"""The story of a month's account: what each campaign sent and about cost, and what the balance says. No call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from ampenet_sync.campaigns import estimate
from ampenet_sync.campaigns.audience import audience_path, read_audience
from ampenet_sync.config import Config
from ampenet_sync.customers import settings_of
from ampenet_sync.errors import ConfigError, PlanRefused
from ampenet_sync.files import write_private
from ampenet_sync.ledger import Ledger, approvals, destinations, open_ledger, sends, spending
from ampenet_sync.ledger.messages import Edition
from ampenet_sync.ledger.sends import Held, SendRun
from ampenet_sync.ledger.spending import EditionSum
from ampenet_sync.pipeline.accounting import Month, month_named
from ampenet_sync.quarantine.targets import check_target, free_name

ENDINGS = (".csv", ".md")
MOMENT = 0.001  # seconds: what was claimed at the very end counts


@dataclass(frozen=True)
class CampaignMonth:
    """One edition in one month. `segment` and `sender` are None where nobody knows. `approved_by` is None where it was
    sent without an approval, and several names where several approved a part of it.

    `units` are those that the platform says it billed, where its statuses were read, else `parts`. The amount is an
    estimate. `unknown` messages, which may have been sent, are in no other figure.
    """

    campaign: str
    edition: str
    segment: str | None
    sender: str | None
    approved_by: str | None
    sent: int
    unknown: int
    parts: int
    units: int
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class BalanceMonth:
    """The account before the first send of the month and after the last, as far as it was asked.

    `counted` are the parts that we sent in between, those that are unknown among them; `used` is by how much the
    balance went down. What is between the two was bought, or used by somebody else. None: not known as a number.
    """

    before: Held
    before_at: float
    after: Held
    after_at: float
    used: float | None
    counted: int

    @property
    def difference(self) -> float | None:
        return None if self.used is None else self.used - self.counted


@dataclass(frozen=True)
class MonthReport:
    """All campaigns of a month, over all accounts of the configured server. `balance` is None where no send of the
    month noted it, or those of several accounts did."""

    month: Month
    campaigns: tuple[CampaignMonth, ...]
    balance: BalanceMonth | None


def month_report(config: Config, name: str, *, host: str | None = None) -> MonthReport:
    """Raises ConfigError `bad_month`, LedgerError where there is no ledger."""
    month = month_named(name, config.zone)
    ledger = open_ledger(config.ledger, config.folder)
    try:
        accounts = destinations.destinations_of(ledger, host or config.api.host)
        campaigns = [
            _campaign(config, ledger, account, edition)
            for account in accounts
            for edition in spending.edition_sums(ledger, account, since=month.since, until=month.until)
        ]
        balances = [balance for account in accounts if (balance := _balance(ledger, account, month))]
        return MonthReport(month, tuple(campaigns), balances[0] if len(balances) == 1 else None)
    finally:
        ledger.close()


def check_month_file(config: Config, out: Path) -> None:
    """Raises ConfigError where no such file may stand: `bad_ending`, `precious_target`."""
    if out.suffix.lower() not in ENDINGS:
        message = f"{out} ends in neither {' nor '.join(ENDINGS)}"
        raise ConfigError(message, code="bad_ending", hint="name a file such as november.csv after --out")
    check_target(settings_of(config), out)


def keep_month(out: Path, text: str) -> Path:
    """Write it (0600, beside and renamed); a file that is there stays, and the next free name is taken."""
    path = free_name(out)

    def write(beside: Path) -> None:
        beside.write_text(text, encoding="utf-8")

    write_private(path, write)
    return path


def _campaign(config: Config, ledger: Ledger, destination: int, edition: EditionSum) -> CampaignMonth:
    whose = Edition(destination, edition.campaign, edition.edition)
    noted, configured = sends.last_send(ledger, whose), config.campaigns.get(edition.campaign)
    cost = estimate(edition.parts, currency=config.pricing.currency)
    return CampaignMonth(
        campaign=edition.campaign,
        edition=edition.edition,
        segment=noted.segment if noted else configured.segment if configured else None,
        sender=noted.sender_id if noted else _frozen_sender(config, edition),
        approved_by=", ".join(approvals.approvers(ledger, whose)) or None,
        sent=edition.sent,
        unknown=edition.unknown,
        parts=edition.parts,
        units=edition.units,
        amount=cost.amount,
        currency=cost.currency,
    )


def _frozen_sender(config: Config, edition: EditionSum) -> str | None:
    """From whom it was, where no run noted that: in ledgers of an earlier version."""
    try:
        return read_audience(audience_path(config.home / "audiences", edition.audience)).header.sender_id
    except PlanRefused:
        return None


def _balance(ledger: Ledger, destination: int, month: Month) -> BalanceMonth | None:
    runs = sends.sends_of(ledger, destination, since=month.since, until=month.until)
    first = next((run for run in runs if run.before), None)
    if first is None or first.before is None:
        return None
    after, after_at = _last_held(runs) or (first.before, first.started_at)
    numbers = (first.before.units, after.units)
    used = None if None in numbers else (numbers[0] or 0.0) - (numbers[1] or 0.0)
    counted = spending.parts_spent(ledger, destination, since=first.started_at, until=after_at + MOMENT)
    return BalanceMonth(first.before, first.started_at, after, after_at, used, counted)


def _last_held(runs: Sequence[SendRun]) -> tuple[Held, float] | None:
    """The newest balance that was noted, before or after a run, and when."""
    noted = [pair for run in runs for pair in ((run.started_at, run.before), (run.ended_at, run.after))]
    known = [(at, place, held) for place, (at, held) in enumerate(noted) if held is not None and at is not None]
    if not known:
        return None
    at, _, held = max(known, key=lambda entry: entry[:2])
    return held, at
