"""What the world looks like now, as sorted plain values for whoever checks it. Nothing of this goes over the wire."""

from __future__ import annotations

from typing import Any

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
    found = sorted(world.group(group).contacts.values(), key=lambda contact: contact.phone)
    return [{key: getattr(contact, key) for key in CONTACT_KEYS} for contact in found]


def messages(world: World) -> list[View]:
    return [
        {
            "uid": message.uid,
            "to": message.to,
            "from": message.sender,
            "message": message.text,
            "status": message.status,
            "parts": message.parts,
        }
        for message in world.messages
    ]
