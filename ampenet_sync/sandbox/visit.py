"""One accepted request on its way through the world: who asks what, when, under which rules. It decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ampenet_sync.sandbox.gsm import billed_parts
from ampenet_sync.sandbox.rules import Rules
from ampenet_sync.sandbox.world import Message, World

Reply = tuple[str | None, Any]
"""`message` and `data` of a success."""

TAKEN_BY_THE_GATEWAY = "Delivered"


@dataclass(frozen=True, slots=True)
class Visit:
    """The world, the rules, the fields of the request and the moment it is carried out."""

    world: World
    rules: Rules
    fields: Mapping[str, Any]
    now: float

    def send(self, phone: str, sender: str, text: str, *, unicode: bool = False) -> Message:
        """Hand one message to the pretend gateway and bill its parts."""
        return send(self.world, self.now, phone=phone, sender=sender, text=text, unicode=unicode)


def send(world: World, now: float, *, phone: str, sender: str, text: str, unicode: bool = False) -> Message:
    """Record a message that leaves now."""
    return _leave(world, now, to=phone, sender=sender, text=text, parts=billed_parts(text, unicode=unicode), of=None)


def send_scheduled(world: World, now: float) -> None:
    """Record the messages that were scheduled up to now, the earliest first, as of the moment they were due."""
    due = sorted((entry for entry in world.scheduled.values() if entry.due <= now), key=lambda entry: entry.due)
    for entry in due:
        _leave(world, entry.due, to=entry.to, sender=entry.sender, text=entry.text, parts=entry.parts, of=entry.number)


def _leave(world: World, at: float, *, to: str, sender: str, text: str, parts: int, of: int | None) -> Message:
    values: dict[str, Any] = {"to": to, "from": sender, "message": text, "status": TAKEN_BY_THE_GATEWAY, "parts": parts}
    effect = world.record("message_sent", at, uid=world.next_uid(at), scheduled=of, **values)
    return world.message_by_uid[effect["uid"]]
