"""The rows of a plan as values: what stands, what should stand, and the change between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

SHOWN = ("first_name", "last_name")  # the fields beside the phone that the listing of a group shows on every dialect


@dataclass(frozen=True)
class Values:
    """One contact's phone (digits) and managed fields by name, normalised: trimmed NFC text."""

    phone: str
    fields: Mapping[str, str] = field(default_factory=dict)

    def flat(self) -> dict[str, str]:
        """The phone among the fields."""
        return {"phone": self.phone, **self.fields}


class Change(StrEnum):
    """Kinds of plan rows, in the order in which they are carried out. LINK and SKIP make no call."""

    UPDATE = "update"
    CREATE = "create"
    DELETE = "delete"
    LINK = "link"  # the contact matches already; only the ledger learns whose it is
    SKIP = "skip"  # left alone, and why


CALLS = (Change.UPDATE, Change.CREATE, Change.DELETE)


class Reason(StrEnum):
    """Why a row stands in the plan."""

    NEW = "new"
    DIFFERS = "differs"
    CHANGED_THERE = "changed_there"  # drift: somebody edited the contact since we wrote it; ours wins
    LEFT_SEGMENT = "left_segment"
    FOREIGN = "foreign"  # not ours, deleted only under `deletes: all`
    MATCHES = "matches"
    KEPT_THERE = "kept_there"  # drift: somebody edited the contact, and the segment keeps what they wrote
    REMOVED_THERE = "removed_there"  # drift: somebody removed it; never made again by itself
    MADE_AGAIN = "made_again"  # drift: somebody removed it, and the segment has it made again
    HELD = "held"  # the customer's row can't be judged, so they keep the contact they have
    SUPPRESSED = "suppressed"
    OPTED_OUT = "opted_out"  # the source says so
    IN_DOUBT = "in_doubt"  # an earlier request's outcome is not known yet
    UNLISTED = "unlisted"  # from the ledger alone nobody can tell that the phone is not there already
    MADE_BY_RUN = "made_by_run"  # this and the next four: of a plan that undoes a run
    CHANGED_BY_RUN = "changed_by_run"
    REMOVED_BY_RUN = "removed_by_run"
    CHANGED_SINCE = "changed_since"  # somebody changed or removed the contact after the run; left alone
    NOT_EMPTIED = "not_emptied"  # all that is left to undo is a field that was blank, and the platform empties none


CHANGED_ELSEWHERE = (Reason.CHANGED_THERE, Reason.KEPT_THERE)
REMOVED_ELSEWHERE = (Reason.REMOVED_THERE, Reason.MADE_AGAIN)
DRIFT = (*CHANGED_ELSEWHERE, *REMOVED_ELSEWHERE)

# What is done for which reason.
CHANGE_OF = {
    Reason.NEW: Change.CREATE,
    Reason.DIFFERS: Change.UPDATE,
    Reason.CHANGED_THERE: Change.UPDATE,
    Reason.LEFT_SEGMENT: Change.DELETE,
    Reason.FOREIGN: Change.DELETE,
    Reason.MATCHES: Change.LINK,
    Reason.KEPT_THERE: Change.SKIP,
    Reason.REMOVED_THERE: Change.SKIP,
    Reason.MADE_AGAIN: Change.CREATE,
    Reason.HELD: Change.SKIP,
    Reason.SUPPRESSED: Change.SKIP,
    Reason.OPTED_OUT: Change.SKIP,
    Reason.IN_DOUBT: Change.SKIP,
    Reason.UNLISTED: Change.SKIP,
    Reason.MADE_BY_RUN: Change.DELETE,
    Reason.CHANGED_BY_RUN: Change.UPDATE,
    Reason.REMOVED_BY_RUN: Change.CREATE,
    Reason.CHANGED_SINCE: Change.SKIP,
    Reason.NOT_EMPTIED: Change.SKIP,
}


@dataclass(frozen=True)
class Row:
    """One line of a plan. `before` is None for a create, `after` for a delete and most skips.

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
        values = self.after or self.before
        if values is None:
            raise ValueError("a plan row has values before or after")
        return values
