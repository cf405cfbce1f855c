"""How each kind of effect changes the world. Nothing is decided here: an effect that was kept is carried out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ampenet_sync.sandbox.entries import Contact, Group, Message, Origin, Scheduled, digits

if TYPE_CHECKING:
    from ampenet_sync.sandbox.world import World

Effect = dict[str, Any]


def _group_created(world: World, effect: Effect) -> None:
    world.groups[effect["uid"]] = Group(uid=effect["uid"], id=effect["id"], name=effect["name"])


def _group_renamed(world: World, effect: Effect) -> None:
    group = world.groups[effect["uid"]]
    group.name = effect["name"]
    # The documented rename silently empties these; a person's rename in the web page does not.
    if effect["by"] == "api":
        group.welcome = group.unsubscribe = group.keyword = None


def _group_texts_set(world: World, effect: Effect) -> None:
    group = world.groups[effect["uid"]]
    group.welcome, group.unsubscribe, group.keyword = effect["welcome"], effect["unsubscribe"], effect["keyword"]


def _group_fields_set(world: World, effect: Effect) -> None:
    world.groups[effect["uid"]].tags = tuple(effect["tags"])


def _group_deleted(world: World, effect: Effect) -> None:
    for uid in world.groups.pop(effect["uid"]).contacts:
        del world.group_of[uid]


def _contact_created(world: World, effect: Effect) -> None:
    group, at = world.groups[effect["group"]], effect["at"]
    kept = {key: effect[key] for key in ("uid", "id", "phone", "first_name", "last_name", "status")}
    contact = Contact(**kept, created_at=at, updated_at=at, fields=dict(effect.get("fields", {})))
    group.contacts[contact.uid] = contact
    world.group_of[contact.uid] = group
    _enter(group, contact)


def _contact_updated(world: World, effect: Effect) -> None:
    group = world.groups[effect["group"]]
    contact = group.contacts[effect["uid"]]
    _strike(group, contact)
    contact.phone, contact.first_name, contact.last_name = effect["phone"], effect["first_name"], effect["last_name"]
    contact.fields |= effect.get("fields", {})
    contact.updated_at = effect["at"]
    _enter(group, contact)


def _contact_deleted(world: World, effect: Effect) -> None:
    group = world.group_of.pop(effect["uid"])
    _strike(group, group.contacts.pop(effect["uid"]))


def _contact_status_changed(world: World, effect: Effect) -> None:
    contact = world.groups[effect["group"]].contacts[effect["uid"]]
    contact.status, contact.updated_at = effect["status"], effect["at"]


def _enter(group: Group, contact: Contact) -> None:
    group.by_phone.setdefault(digits(contact.phone), {})[contact.uid] = None
    group.writes += 1


def _strike(group: Group, contact: Contact) -> None:
    number = digits(contact.phone)
    del group.by_phone[number][contact.uid]
    if not group.by_phone[number]:
        del group.by_phone[number]
    group.writes += 1


def _message_sent(world: World, effect: Effect) -> None:
    _report(world, effect, effect.get("origin", "token"))
    if effect["scheduled"] is None:
        _take_units(world, effect["units" if "units" in effect else "parts"])
    else:
        del world.scheduled[effect["scheduled"]]


def _message_received(world: World, effect: Effect) -> None:
    _report(world, effect, "inbound")


def _stranger_message(world: World, effect: Effect) -> None:
    _report(world, effect, "stranger")


def _report(world: World, effect: Effect, origin: Origin) -> None:
    """Enter a text in the books: `messages` is what we sent, `report` what the platform shows of it and of others."""
    message = Message(
        uid=effect["uid"],
        to=effect["to"],
        sender=effect["from"],
        text=effect["message"],
        status=effect["status"],
        parts=effect["parts"],
        at=effect["at"],
        origin=origin,
        listed=effect.get("listed", True),
    )
    world.message_by_uid[message.uid] = message
    if origin in ("token", "welcome"):
        world.messages.append(message)
    if message.listed:
        world.report.append(message)
        if origin == "token":
            world.token_report.append(message)


def _message_status_changed(world: World, effect: Effect) -> None:
    world.message_by_uid[effect["uid"]].status = effect["status"]


def _message_scheduled(world: World, effect: Effect) -> None:
    world.scheduled[effect["seq"]] = Scheduled(
        number=effect["seq"],
        due=effect["due"],
        to=effect["to"],
        sender=effect["from"],
        text=effect["message"],
        parts=effect["parts"],
    )
    _take_units(world, effect["parts"])


def _take_units(world: World, units: int) -> None:
    if world.balance is not None:
        world.balance -= units


def _balance_set(world: World, effect: Effect) -> None:
    world.balance = effect["balance"]


def _phone_blacklisted(world: World, effect: Effect) -> None:
    world.blacklist.add(effect["phone"])


def _world_reset(world: World, effect: Effect) -> None:
    world.clear()
    world.balance = effect["balance"]


CHANGES: dict[str, Callable[[World, Effect], None]] = {
    "group_created": _group_created,
    "group_renamed": _group_renamed,
    "group_texts_set": _group_texts_set,
    "group_fields_set": _group_fields_set,
    "group_deleted": _group_deleted,
    "contact_created": _contact_created,
    "contact_updated": _contact_updated,
    "contact_deleted": _contact_deleted,
    "contact_status_changed": _contact_status_changed,
    "message_sent": _message_sent,
    "message_received": _message_received,
    "stranger_message": _stranger_message,
    "message_status_changed": _message_status_changed,
    "message_scheduled": _message_scheduled,
    "balance_set": _balance_set,
    "phone_blacklisted": _phone_blacklisted,
    "world_reset": _world_reset,
}
