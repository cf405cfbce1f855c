"""Judge changes whose answer was lost, from what stands in the group now. It makes no calls itself.

What shows the change applied settles it at once. What doesn't show it proves nothing until the platform has had its
time to act: a request accepted a moment before the line broke may still be carried out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from ampenet_sync.api import Contact
from ampenet_sync.ledger import Ledger, changes, leases
from ampenet_sync.sync.listing import Listing
from ampenet_sync.sync.plan import Doubts
from ampenet_sync.sync.rows import Values


@dataclass(frozen=True)
class Patience:
    """How long things may take, in seconds: claim → first byte, first byte → answer, request → its late effect."""

    send_within: float = 5.0
    answer_within: float = 60.0
    settle: float = 120.0

    def settled_at(self, send_before: float, *, owner_gone: bool) -> float:
        """From when on an absent effect means: not applied. An owner that lives may still be waiting for its answer."""
        return send_before + self.settle + (0 if owner_gone else self.answer_within)


@dataclass(frozen=True)
class Settled:
    """What became of the doubts: how many were applied, how many were not, and those still open."""

    applied: int
    not_applied: int
    waiting: tuple[changes.Claim, ...]
    until: float = 0.0  # when the last of those can be judged

    @property
    def doubts(self) -> Doubts:
        phones = frozenset(claim.intent.phone for claim in self.waiting)
        return Doubts(phones, frozenset(claim.intent.uid for claim in self.waiting if claim.intent.uid))


def settle_doubts(
    ledger: Ledger,
    destination: int,
    claims: Sequence[changes.Claim],
    listing: Listing,
    *,
    run: str,
    ours: frozenset[str],
    patience: Patience,
) -> Settled:
    """`listing` shows each contact the claims speak of; `ours` are the uids that are linked already.

    The caller (`run`) holds the group's lease and waits for no answer itself.
    """
    applied, not_applied, waiting, until = 0, 0, list[changes.Claim](), 0.0
    gone = leases.gone_runs(ledger, {claim.run for claim in claims}) | {run}
    for claim in claims:
        settled_at = patience.settled_at(claim.send_before, owner_gone=claim.run in gone)
        contact = _evidence(claim.intent, listing, ours)
        if contact is not None:
            changes.finish(ledger, destination, claim, uid=contact.uid, owned=_owned(claim.intent, contact))
            applied += 1
        elif listing.begun_at >= settled_at:  # an effect later than that may have missed the pages already read
            changes.leave(ledger, claim, "planned", code=changes.NOT_APPLIED)
            not_applied += 1
        else:
            waiting.append(claim)
            until = max(until, settled_at)
    return Settled(applied, not_applied, tuple(waiting), until)


def own_late_creates(
    ledger: Ledger, destination: int, given_up: Sequence[changes.Claim], listing: Listing, *, ours: frozenset[str]
) -> None:
    """A create that was given up and stands there after all, later than any patience: still ours, so link it."""
    for claim in given_up:
        contact = _evidence(claim.intent, listing, ours)
        if contact is not None and _owned(claim.intent, contact):
            changes.finish(ledger, destination, claim, uid=contact.uid)


def _evidence(intent: changes.Intent, listing: Listing, ours: frozenset[str]) -> Contact | None:
    """The contact that shows the change applied (of a delete: the one that is gone), or None."""
    match intent.change:
        case "create":
            return next((c for c in listing.contacts if c.phone == intent.phone and c.uid not in ours), None)
        case "update":
            found = listing.by_uid.get(intent.uid or "")
            return found if found and _values(found) == _intended(intent) else None
        case "delete":
            gone = intent.uid is not None and intent.uid not in listing.by_uid
            return Contact(intent.uid or "", *_intended(intent), status=None) if gone else None
    assert_never(intent.change)


def _owned(intent: changes.Intent, contact: Contact) -> bool:
    """A contact made in the same moment by somebody else, with other names, is not ours to delete later."""
    return intent.owned and (intent.change != "create" or _values(contact) == _intended(intent))


def _values(contact: Contact) -> Values:
    return Values(contact.phone, contact.first_name, contact.last_name)


def _intended(intent: changes.Intent) -> Values:
    return Values(intent.phone, intent.first_name, intent.last_name)
