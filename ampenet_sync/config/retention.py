"""`retention` in ampenet.yaml: how long what names people is kept. What isn't written there is kept for ever."""

from __future__ import annotations

from pydantic import Field

from ampenet_sync.config.source import Model
from ampenet_sync.config.values import Kept, KeptField


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

    def of(self, what: str) -> Kept | None:
        """How long `plans`, `outcomes` or `quarantine` are kept; None: for ever."""
        kept: Kept | None = getattr(self, what)
        return kept
