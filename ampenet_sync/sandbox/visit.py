"""One accepted request on its way through the world: who asks what, when, under which rules. It decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ampenet_sync.sandbox.entries import Message
from ampenet_sync.sandbox.gsm import billed_parts
from ampenet_sync.sandbox.rules import Rules
from ampenet_sync.sandbox.world import World

Reply = tuple[str | None, Any]
"""`message` and `data` of a success."""

TAKEN_BY_THE_GATEWAY = "Delivered"
STRANGER_TO, STRANGER_SENDER, STRANGER_TEXT = "255700000000", "OTHERS", "This row belongs to another customer."


@dataclass(frozen=True, slots=True)
class Gateway:
    """What becomes of messages beyond the platform. `refuses`: the answer is an error although the report has the row;
    `lists`: the report gets the row; `half`: of several messages only the first half leaves."""

    status: str = TAKEN_BY_THE_GATEWAY
    refuses: int | None = None
    lists: bool = True
    half: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """The world, the rules, the fields of the request and the moment it is carried out."""

    world: World
    rules: Rules
    fields: Mapping[str, Any]
    now: float
    gateway: Gateway = field(default_factory=Gateway)

    def send(self, phone: str, sender: str, text: str, *, unicode: bool = False) -> Message:
        """Hand one message to the pretend gateway and bill its parts, unless it refuses."""
        parts = billed_parts(text, unicode=unicode)
        values: dict[str, Any] = {"to": phone, "sender": sender, "text": text, "parts": parts, "of": None}
        if not self.gateway.lists:
            values["listed"] = False
        if self.gateway.refuses:
            values["units"] = 0
        sent = _leave(self.world, self.now, status=self.gateway.status, **values)
        self._stranger()
        return sent

    def welcome(self, phone: str, sender: str, text: str) -> None:
        """A group greets a new contact; nobody asked for it with the token."""
        values: dict[str, Any] = {"to": phone, "sender": sender, "text": text, "parts": billed_parts(text), "of": None}
        _leave(self.world, self.now, status=TAKEN_BY_THE_GATEWAY, origin="welcome", **values)

    def _stranger(self) -> None:
        if self.rules.switches.strangers:
            stranger_message(self.world, self.now, phone=STRANGER_TO, sender=STRANGER_SENDER, text=STRANGER_TEXT)


def send_scheduled(world: World, now: float) -> None:
    """Record the messages that were scheduled up to now, the earliest first, as of the moment they were due."""
    due = sorted((entry for entry in world.scheduled.values() if entry.due <= now), key=lambda entry: entry.due)
    for entry in due:
        values: dict[str, Any] = {"to": entry.to, "sender": entry.sender, "text": entry.text, "parts": entry.parts}
        _leave(world, entry.due, status=TAKEN_BY_THE_GATEWAY, of=entry.number, **values)


def stranger_message(world: World, now: float, *, phone: str, sender: str, text: str) -> str:
    """Another customer of the platform sends a text; its uid."""
    values = {"to": phone, "from": sender, "message": text, "status": TAKEN_BY_THE_GATEWAY, "parts": billed_parts(text)}
    effect = world.record("stranger_message", now, by="outside", uid=world.next_uid(now), **values)
    return str(effect["uid"])


def _leave(
    world: World, at: float, *, to: str, sender: str, text: str, status: str, parts: int, of: int | None, **more: Any
) -> Message:
    values: dict[str, Any] = {"to": to, "from": sender, "message": text, "status": status, "parts": parts}
    effect = world.record("message_sent", at, uid=world.next_uid(at), scheduled=of, **values, **more)
    return world.message_by_uid[effect["uid"]]
