"""`retention` in ampenet.yaml: how long what names people is kept. What isn't written there is kept for ever."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field

from ampenet_sync.config.source import Model
from ampenet_sync.config.values import Called


@dataclass(frozen=True)
class KeptFor:
    """How long something is kept: whole days, or months of the calendar."""

    days: int = 0
    months: int = 0

    def __str__(self) -> str:
        return f"{self.months}mo" if self.months else f"{self.days}d"

    def before(self, now: datetime) -> datetime:
        """What is older than this moment is kept no longer. Of a day that a month has not, the month's last."""
        years, month = divmod(now.year * 12 + now.month - 1 - self.months, 12)
        day = min(now.day, monthrange(years, month + 1)[1])
        return now.replace(year=years, month=month + 1, day=day) - timedelta(days=self.days)


def read_kept(text: object) -> KeptFor:
    """`90d` → ninety days, `24mo` → two years."""
    if isinstance(text, KeptFor):
        return text
    match = re.fullmatch(r"(\d{1,4})\s*(d|mo)", str(text).strip().lower())
    if not match or not int(match[1]):
        raise ValueError("write days such as 90d, or months such as 24mo")
    amount = int(match[1])
    return KeptFor(days=amount) if match[2] == "d" else KeptFor(months=amount)


KeptField = Annotated[KeptFor, BeforeValidator(read_kept), Called("days or months")]


class Retention(Model):
    """What is older is removed by the next run that changes or sends something, once a day, and by `ledger prune`."""

    may_be_none = ("plans", "outcomes", "quarantine")

    plans: KeptField | None = Field(
        None,
        description="Files of plans and of audiences, but for those with a request that has no outcome yet.",
        examples=["plans: 90d"],
    )
    outcomes: KeptField | None = Field(
        None,
        description="Whose changes and messages were, what stood there before and what was written. Counts, times, and "
        "which number got which campaign stay: they keep anybody from getting it twice.",
        examples=["outcomes: 24mo"],
    )
    quarantine: KeptField | None = Field(
        None,
        description="Rows as they were read from the source: customers, quarantined rows, and quarantine.xlsx.",
        examples=["quarantine: 14d"],
    )

    def __bool__(self) -> bool:
        return any(kept is not None for kept in (self.plans, self.outcomes, self.quarantine))

    def of(self, what: str) -> KeptFor | None:
        """How long `plans`, `outcomes` or `quarantine` are kept; None: for ever."""
        kept: KeptFor | None = getattr(self, what)
        return kept
