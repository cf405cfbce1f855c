"""What a month's campaigns sent and about cost, for a script, a person, a chat and a spreadsheet. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any

from rich.console import RenderableType

from ampenet_sync.pipeline.monthly import BalanceMonth, CampaignMonth, MonthReport
from ampenet_sync.reports.columns import table_of
from ampenet_sync.reports.names import counted

Object = dict[str, Any]

COLUMNS = (
    "campaign",
    "edition",
    "segment",
    "sender",
    "approved_by",
    "sent",
    "unknown",
    "parts",
    "units",
    "amount",
    "currency",
)
ESTIMATE = "Amounts are an estimate by the price list; what was charged, the platform's invoice says."


def month_object(report: MonthReport) -> Object:
    campaigns = [{**_cells(campaign), "amount": float(campaign.amount)} for campaign in report.campaigns]
    return {"month": report.month.name, "campaigns": campaigns, "balance": _balance_object(report.balance)}


def month_block(report: MonthReport, zone: tzinfo) -> Iterator[RenderableType]:
    """The campaigns as a table, their sum, and what the balance says of it."""
    if not report.campaigns:
        yield f"Nothing was sent in {report.month.name}."
        return
    yield _table(report.campaigns)
    yield f"{report.month.name}: {', '.join(sums(report))}"
    yield from balance_lines(report.balance, zone)
    yield ESTIMATE


def sums(report: MonthReport) -> Iterator[str]:
    yield counted(sum(campaign.sent for campaign in report.campaigns), "message")
    yield counted(sum(campaign.parts for campaign in report.campaigns), "part")
    for currency in sorted({campaign.currency for campaign in report.campaigns}):
        amount = sum((c.amount for c in report.campaigns if c.currency == currency), Decimal())
        yield f"about {currency} {amount:,.2f}".removesuffix(".00")


def balance_lines(balance: BalanceMonth | None, zone: tzinfo) -> Iterator[str]:
    if balance is None:
        yield "The balance was not noted in this month."
        return
    before, after = (_day(at, zone) for at in (balance.before_at, balance.after_at))
    yield f"Balance: {balance.before.text} on {before}, {balance.after.text} on {after}."
    if balance.used is None or balance.difference is None:
        yield "What was used of it can't be told: it is no number."
        return
    yield f"  it went down by {balance.used:,.10g} units; we sent {counted(balance.counted, 'part')} in that time"
    if balance.difference:
        more = "more were used, by somebody else or by more parts than we count"
        fewer = "fewer, as units were bought or messages not charged"
        yield f"  {abs(balance.difference):,.10g} {more if balance.difference > 0 else fewer}"


def month_markdown(report: MonthReport, zone: tzinfo) -> str:
    """For a chat, a wiki or a mail."""
    lines = [f"# Campaigns of {report.month.name}", ""]
    if not report.campaigns:
        return "\n".join([*lines, "Nothing was sent.", ""])
    lines += [f"| {' | '.join(COLUMNS)} |", f"|{'---|' * len(COLUMNS)}"]
    lines += [f"| {' | '.join(map(_escaped, _cells(campaign).values()))} |" for campaign in report.campaigns]
    lines += ["", ", ".join(sums(report)) + ".", "", *(line.strip() for line in balance_lines(report.balance, zone))]
    return "\n".join([*lines, "", ESTIMATE, ""])


def month_csv(report: MonthReport) -> str:
    """One line for each edition."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["month", *COLUMNS])
    writer.writerows([report.month.name, *map(_inert, _cells(campaign).values())] for campaign in report.campaigns)
    return written.getvalue()


def _table(campaigns: Sequence[CampaignMonth]) -> RenderableType:
    """Who approved it and what is unknown have a column only where there is something to show in it."""
    approved = any(campaign.approved_by for campaign in campaigns)
    unknown = any(campaign.unknown for campaign in campaigns)
    texts = ["campaign", "edition", "segment", "sender", *(["approved_by"] if approved else [])]
    counts = ["sent", *(["unknown"] if unknown else []), "parts", "units"]
    table = table_of(*(name.replace("_", " ") for name in texts), *counts, "amount")
    for campaign in campaigns:
        cells = [getattr(campaign, name) or "" for name in texts]
        table.add_row(*cells, *(f"{getattr(campaign, name):,}" for name in counts), _money(campaign))
    return table


def _cells(campaign: CampaignMonth) -> Object:
    return {name: getattr(campaign, name) for name in COLUMNS}


def _balance_object(balance: BalanceMonth | None) -> Object | None:
    if balance is None:
        return None
    return {
        "before": balance.before.text,
        "before_at": _iso(balance.before_at),
        "after": balance.after.text,
        "after_at": _iso(balance.after_at),
        "used": balance.used,
        "counted": balance.counted,
        "difference": balance.difference,
    }


def _money(campaign: CampaignMonth) -> str:
    return f"{campaign.currency} {campaign.amount:,.2f}".removesuffix(".00")


def _escaped(value: object) -> str:
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")


def _inert(value: object) -> str:
    """No spreadsheet takes it for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _day(at: float, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(at, zone):%Y-%m-%d %H:%M}"


def _iso(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="seconds")
