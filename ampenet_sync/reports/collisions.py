"""Customers who share a phone, for a person and for a script; phones and telling keys are masked. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ampenet_sync.contacts import Collision, Collisions
from ampenet_sync.phones import shown_key, shown_phone

Object = dict[str, Any]

EXAMPLES = 3


def collision_lines(collisions: Collisions, *, segment: str, unmasked: bool = False) -> Iterator[str]:
    """How many phones are shared, and a few of them."""
    if not collisions.phones:
        return
    phones = f"{collisions.phones:,} phone{' has' if collisions.phones == 1 else 's have'} several customers"
    yield f"{segment}: {phones}; {collisions.losers:,} of them without a contact of their own (shared_phone)"
    for group in collisions.groups[:EXAMPLES]:
        winner = shown_key(group.winner_key, group.phone, unmasked=unmasked)
        yield f"  {shown_phone(group.phone, unmasked=unmasked)} is {winner}'s, not {_losers(group, unmasked=unmasked)}"


def _losers(group: Collision, *, unmasked: bool) -> str:
    named = ", ".join(f"{shown_key(key, group.phone, unmasked=unmasked)}'s" for key in group.keys[:EXAMPLES])
    more = group.others - min(len(group.keys), EXAMPLES)
    return f"{named} or that of {more:,} more" if more else named


def collisions_object(collisions: Collisions, *, unmasked: bool = False) -> list[Object]:
    """The first groups of customers who share a phone; `others` counts those without a contact of their own."""
    return [
        {
            "winner_key": shown_key(group.winner_key, group.phone, unmasked=unmasked),
            "keys": [shown_key(key, group.phone, unmasked=unmasked) for key in group.keys],
            "others": group.others,
            "phone": shown_phone(group.phone, unmasked=unmasked),
        }
        for group in collisions.groups
    ]
