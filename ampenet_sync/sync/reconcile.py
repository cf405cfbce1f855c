"""Judge changes whose answer was lost, from what stands in the group now. It makes no calls itself.

What shows the change applied settles it at once. What doesn't show it proves nothing until the platform has had its
time to act: a request accepted a moment before the line broke may still be carried out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from ampenet_sync.api import Contact
from ampenet_sync.ledger import Ledger, changes, leases
from ampenet_sync.runs import Patience
from ampenet_sync.sync.listing import Listing
from ampenet_sync.sync.plan import Doubts


@dataclass(frozen=True)
class Settled:
    """What became of the doubts: how many were applied, how many were not, and those still open."""

    applied: int
    not_applied: int
    waiting: tuple[changes.Claim, ...]
    until: float = 0.0  # when the last of those can be judged
    judged: frozenset[int] = frozenset()  # the claims that were looked at

    @property
    def doubts(self) -> Doubts:
        """Phones and contacts of what is open."""
        return self.doubts_since(())

    def doubts_since(self, before: Sequence[changes.Claim]) -> Doubts:
        """The same, and of what was open `before` the group was read: who had an answer meanwhile knows more than the
        reading shows."""
        claims = [*self.waiting, *(claim for claim in before if claim.id not in self.judged)]
        phones = frozenset(claim.intent.phone for claim in claims)
        return Doubts(phones, frozenset(claim.intent.uid for claim in claims if claim.intent.uid))


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
    """`listing` shows each contact the claims speak of; `ours` are the uids of it that are linked already.

    The caller (`run`) holds the group's lease and waits for no answer itself.
    """
    applied, not_applied, waiting, until = 0, 0, list[changes.Claim](), 0.0
    gone = leases.gone_runs(ledger, {claim.run for claim in claims}) | {run}
    there = seen_of(claims, listing)
    for claim in claims:
        settled_at = patience.settled_at(claim.send_before, owner_gone=claim.run in gone)
        uid = there.evidence(claim.intent, ours)
        if uid is not None:
            owned = there.owned(claim.intent, uid)
            changes.finish(ledger, destination, claim, uid=uid, owned=owned)
            applied += 1
        elif listing.begun_at >= settled_at:  # an effect later than that may have missed the pages already read
            changes.leave(ledger, claim, "planned", code=changes.NOT_APPLIED)
            not_applied += 1
        else:
            waiting.append(claim)
            until = max(until, settled_at)
    return Settled(applied, not_applied, tuple(waiting), until, frozenset(claim.id for claim in claims))


def own_late_creates(
    ledger: Ledger, destination: int, given_up: Sequence[changes.Claim], listing: Listing, *, ours: frozenset[str]
) -> None:
    """A create that was given up and stands there after all, later than any patience: still ours, so link it."""
    there = seen_of(given_up, listing)
    for claim in given_up:
        uid = there.evidence(claim.intent, ours)
        if uid is not None and there.owned(claim.intent, uid):
            changes.finish(ledger, destination, claim, uid=uid)


@dataclass(frozen=True)
class Seen:
    """The contacts of a listing that some claims speak of, by uid."""

    contacts: Mapping[str, Contact]

    def evidence(self, intent: changes.Intent, ours: frozenset[str]) -> str | None:
        """The uid of the contact that shows the change applied (of a delete: of the one that is gone), or None."""
        match intent.change:
            case "create":
                there = (c.uid for c in self.contacts.values() if c.phone == intent.phone and c.uid not in ours)
                return next(there, None)
            case "update":
                contact = self.contacts.get(intent.uid or "")
                return contact.uid if contact and shows(contact, intent.phone, intent.fields) else None
            case "delete":
                return intent.uid if intent.uid and intent.uid not in self.contacts else None
            case "ask":
                return None  # it changed nothing, so nothing shows it; what is late may still undo a later change
        assert_never(intent.change)

    def owned(self, intent: changes.Intent, uid: str) -> bool:
        """A contact made in the same moment by somebody else, with other names, is not ours to delete later."""
        return intent.owned and (intent.change != "create" or shows(self.contacts[uid], intent.phone, intent.fields))


def seen_of(claims: Sequence[changes.Claim], listing: Listing) -> Seen:
    """What a listing shows of the contacts and phones of the claims."""
    if not claims:
        return Seen({})
    uids = {claim.intent.uid for claim in claims if claim.intent.uid}
    contacts = listing.find(uids=uids, phones={claim.intent.phone for claim in claims})
    return Seen({contact.uid: contact for contact in contacts})


def shows(contact: Contact, phone: str, fields: Mapping[str, str]) -> bool:
    """Whether a listed contact has this phone and these fields, as far as the listing shows them."""
    there = {"first_name": contact.first_name, "last_name": contact.last_name, **dict(contact.fields)}
    return contact.phone == phone and all(there[name] == fields.get(name, there[name]) for name in there)
