"""Customers who share a phone, as sentences for a person. A key that is the phone itself is masked. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ampenet_sync.contacts import Collision, Collisions, is_number
from ampenet_sync.phones import mask

EXAMPLES = 3


def shown_key(key: str, phone: str) -> str:
    """Keys are the customers' own ids, not phones, unless the source has no ids."""
    return mask(key) if is_number(key, phone) else key


def collision_lines(collisions: Collisions, *, segment: str) -> Iterator[str]:
    """How many phones are shared, and a few of them."""
    if not collisions.phones:
        return
    phones = f"{collisions.phones:,} phone{' has' if collisions.phones == 1 else 's have'} several customers"
    yield f"{segment}: {phones}; {collisions.losers:,} of them without a contact of their own (shared_phone)"
    for group in collisions.groups[:EXAMPLES]:
        yield f"  {mask(group.phone)} is {shown_key(group.winner_key, group.phone)}'s, not {_losers(group)}"


def _losers(group: Collision) -> str:
    named = ", ".join(f"{shown_key(key, group.phone)}'s" for key in group.keys[:EXAMPLES])
    more = group.others - min(len(group.keys), EXAMPLES)
    return f"{named} or that of {more:,} more" if more else named
