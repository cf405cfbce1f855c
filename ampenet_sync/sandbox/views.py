"""What the world looks like now, as sorted plain values for whoever checks it. Nothing of this goes over the wire."""

from __future__ import annotations

from typing import Any

from ampenet_sync.sandbox.entries import Message
from ampenet_sync.sandbox.world import World

View = dict[str, Any]

CONTACT_KEYS = ("uid", "phone", "first_name", "last_name", "status")


def groups(world: World) -> list[View]:
    return [
        {
            "uid": group.uid,
            "name": group.name,
            "contacts": len(group.contacts),
            "welcome": group.welcome,
            "unsubscribe": group.unsubscribe,
            "keyword": group.keyword,
        }
        for group in sorted(world.groups.values(), key=lambda group: group.name)
    ]


def contacts(world: World, group: str) -> list[View]:
    home = world.group(group)
    ordered = sorted(home.contacts.values(), key=lambda contact: (contact.phone, contact.uid))
    shown = [{key: getattr(contact, key) for key in CONTACT_KEYS} for contact in ordered]
    if home.tags:
        for view, contact in zip(shown, ordered, strict=True):
            view["fields"] = dict(sorted(contact.fields.items()))
    return shown


def messages(world: World) -> list[View]:
    return [_text(message) for message in world.messages]


def received(world: World) -> list[View]:
    return [_text(message) for message in world.report if message.origin == "inbound"]


def _text(message: Message) -> View:
    return {
        "uid": message.uid,
        "to": message.to,
        "from": message.sender,
        "message": message.text,
        "status": message.status,
        "parts": message.parts,
    }


def effects(world: World, *, after: int = 0) -> list[View]:
    """The effects in order, from the one behind number `after` on."""
    return [dict(effect) for effect in world.effects[max(0, after) :]]
