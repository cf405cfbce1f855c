"""The rows of a plan as values: what stands, what should stand, and the change between. No logic beside naming."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Values(NamedTuple):
    """The managed fields of one contact, normalised: digits for the phone, trimmed NFC text for the names."""

    phone: str
    first_name: str
    last_name: str


class Change(StrEnum):
    """Kinds of plan rows, in the order in which they are carried out. LINK and SKIP make no call."""

    UPDATE = "update"
    CREATE = "create"
    DELETE = "delete"
    LINK = "link"  # the contact matches already; only the ledger learns whose it is
    SKIP = "skip"  # left alone, and why


ORDER = tuple(Change)
CALLS = (Change.UPDATE, Change.CREATE, Change.DELETE)


class Reason(StrEnum):
    """Why a row stands in the plan."""

    NEW = "new"
    DIFFERS = "differs"
    CHANGED_THERE = "changed_there"  # drift: somebody edited the contact since we wrote it; ours wins
    LEFT_SEGMENT = "left_segment"
    FOREIGN = "foreign"  # not ours, deleted only under `deletes: all`
    MATCHES = "matches"
    REMOVED_THERE = "removed_there"  # drift: somebody removed it; never made again by itself
    HELD = "held"  # the customer's row can't be judged, so he keeps the contact he has
    SUPPRESSED = "suppressed"
    OPTED_OUT = "opted_out"  # the source says so
    IN_DOUBT = "in_doubt"  # an earlier request's outcome is not known yet


DRIFT = (Reason.CHANGED_THERE, Reason.REMOVED_THERE)


@dataclass(frozen=True)
class Row:
    """One line of a plan. `before` is None for a create, `after` for a delete or a skip.

    `source` is where the customer stands, as `file:line`; "" where the source has nobody of this key.
    """

    change: Change
    reason: Reason
    uid: str | None
    customer_key: str
    before: Values | None
    after: Values | None
    owned: bool
    source: str = ""

    @property
    def values(self) -> Values:
        """What the change leads to; of a delete or a skip, what stands now."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a plan row has values before or after")
        return found

    def sort_key(self) -> tuple[int, str, str, str]:
        return (ORDER.index(self.change), self.values.phone, self.uid or "", self.customer_key)
