"""What sends cost: the shop's months, and what the account holds before the first message and after the last."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, tzinfo

from ampenet_sync.campaigns.send import Sending
from ampenet_sync.campaigns.verdicts import BudgetLeft
from ampenet_sync.config import Config
from ampenet_sync.errors import ApiError, ConfigError, sayable
from ampenet_sync.ledger import sends, spending
from ampenet_sync.ledger.bounds import ClaimBounds, PartsBound
from ampenet_sync.ledger.sends import Held
from ampenet_sync.pipeline.world import World

MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True)
class Month:
    """A calendar month of the shop's time zone; `until` is the first moment after it. Both in epoch seconds."""

    name: str
    since: float
    until: float


def month_named(name: str, zone: tzinfo) -> Month:
    """Of `2026-11`. Raises ConfigError `bad_month`."""
    match = MONTH.fullmatch(name.strip())
    if match is None or not 1 <= int(match[2]) <= 12 or int(match[1]) < 1970:
        raise ConfigError(f"{sayable(name)} is no month", code="bad_month", hint="write one such as 2026-11")
    return month_of(datetime(int(match[1]), int(match[2]), 1, tzinfo=zone))


def month_of(moment: datetime) -> Month:
    """The month in which a moment is, in the moment's own zone."""
    first = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return Month(f"{first:%Y-%m}", first.timestamp(), following.timestamp())


def budget_left(world: World, *, at: datetime | None = None) -> BudgetLeft | None:
    """What this month leaves, or that of `at`; None where ampenet.yaml says nothing of it."""
    if world.config.budget is None:
        return None
    month = month_of(at.astimezone(world.config.zone) if at else world.now())
    spent = spending.parts_spent(world.ledger, world.destination, since=month.since, until=month.until)
    return BudgetLeft(month.name, world.config.budget.month, spent)


def bounds_of(config: Config) -> ClaimBounds:
    """What each claim of a run has to keep to."""

    def span(moment: float) -> tuple[float, float]:
        month = month_of(datetime.fromtimestamp(moment, config.zone))
        return month.since, month.until

    return ClaimBounds(month=PartsBound(config.budget.month, span) if config.budget else None)


@contextmanager
def booked(world: World, work: Sending) -> Iterator[None]:
    """Note the balance around the block, in which messages are sent. Two calls.

    A balance that can't be read stops no send: then it is not known. Whatever interrupts the block, no call follows.
    """
    run, kind = work.run, work.facts.audience.header.kind
    whose = {"segment": work.facts.campaign.segment, "sender_id": work.sender_id, "kind": kind}
    sends.begin_send(world.ledger, work.edition, run=run.id, **whose, before=_held(world))
    try:
        yield
    except BaseException as error:
        sends.end_send(world.ledger, run.id, after=None, paused=run.breaker.why or type(error).__name__)
        raise
    sends.end_send(world.ledger, run.id, after=_held(world), paused=run.breaker.why)


def _held(world: World) -> Held | None:
    try:
        balance = world.client.balance()
    except ApiError:
        return None
    return Held(balance.text, balance.units)
