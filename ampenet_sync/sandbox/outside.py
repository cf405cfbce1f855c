"""What people do elsewhere: in the platform's web page, on their phones. None of it is a documented call."""

from __future__ import annotations

from typing import Any

from ampenet_sync.sandbox.entries import Contact, Group, Status
from ampenet_sync.sandbox.inputs import phone as possible_phone
from ampenet_sync.sandbox.refusals import Refusal
from ampenet_sync.sandbox.world import World

OUTSIDE = "outside"
RECEIVED = "Delivered"
OPENING_BALANCE = 10_000


def add_group(world: World, now: float, *, name: str) -> str:
    if world.group_named(name):
        raise ValueError(f"the sandbox has a group {name!r} already")
    uid = world.next_uid(now)
    world.record("group_created", now, by=OUTSIDE, uid=uid, id=world.next_id(), name=name)
    return uid


def rename_group(world: World, now: float, *, group: str, name: str) -> None:
    world.record("group_renamed", now, by=OUTSIDE, uid=world.group(group).uid, name=name)


def remove_group(world: World, now: float, *, group: str) -> None:
    gone = world.group(group)
    world.record("group_deleted", now, by=OUTSIDE, uid=gone.uid, name=gone.name, contacts=len(gone.contacts))


def set_group_texts(
    world: World,
    now: float,
    *,
    group: str,
    welcome: str | None = None,
    unsubscribe: str | None = None,
    keyword: str | None = None,
) -> None:
    texts = {"welcome": welcome, "unsubscribe": unsubscribe, "keyword": keyword}
    world.record("group_texts_set", now, by=OUTSIDE, uid=world.group(group).uid, **texts)


def set_group_fields(world: World, now: float, *, group: str, tags: list[str]) -> None:
    """The custom fields of a group on 3.9, by their tags."""
    world.record("group_fields_set", now, by=OUTSIDE, uid=world.group(group).uid, tags=[tag.upper() for tag in tags])


def add_contact(world: World, now: float, *, group: str, phone: str, first_name: str = "", last_name: str = "") -> str:
    home, digits = world.group(group), _possible(phone)
    if home.contact_with(digits):
        raise ValueError(f"the sandbox has this phone in group {home.name!r} already")
    names = {"first_name": first_name, "last_name": last_name}
    uid, number = world.next_uid(now), world.next_id()
    values = {"uid": uid, "id": number, "group": home.uid, "phone": digits, **names, "status": "subscribe"}
    world.record("contact_created", now, by=OUTSIDE, **values)
    return uid


def edit_contact(
    world: World,
    now: float,
    *,
    group: str,
    phone: str,
    new_phone: str | None = None,
    first_name: str | None = None,
    last_name: str | None = None,
) -> None:
    home, contact = _contact(world, group, phone)
    values = {
        "phone": contact.phone if new_phone is None else _possible(new_phone),
        "first_name": contact.first_name if first_name is None else first_name,
        "last_name": contact.last_name if last_name is None else last_name,
    }
    world.record("contact_updated", now, by=OUTSIDE, uid=contact.uid, group=home.uid, **values)


def remove_contact(world: World, now: float, *, group: str, phone: str) -> None:
    home, contact = _contact(world, group, phone)
    world.record("contact_deleted", now, by=OUTSIDE, uid=contact.uid, group=home.uid, phone=contact.phone)


def unsubscribe(world: World, now: float, *, phone: str) -> int:
    """A person opts out, in every group that has the phone; how many contacts changed."""
    wanted: Status = "unsubscribe"
    members = [(group, contact) for group in world.groups.values() for contact in group.contacts_with(phone)]
    changed = [(group, contact) for group, contact in members if contact.status != wanted]
    for group, contact in changed:
        values = {"uid": contact.uid, "group": group.uid, "phone": contact.phone, "status": wanted}
        world.record("contact_status_changed", now, by=OUTSIDE, **values)
    return len(changed)


def blacklist(world: World, now: float, *, phone: str) -> None:
    world.record("phone_blacklisted", now, by=OUTSIDE, phone=phone)


def set_balance(world: World, now: float, *, units: int | None) -> None:
    if units is not None and units < 0:
        raise ValueError("units must be 0 or more, or none at all for unlimited")
    world.record("balance_set", now, by=OUTSIDE, balance=units)


def receive(world: World, now: float, *, phone: str, text: str, to: str = "AMPENET") -> str:
    """A person writes back to one of our sender ids; the uid of the row in the report."""
    values: dict[str, Any] = {"to": to, "from": _possible(phone), "message": text, "status": RECEIVED, "parts": 1}
    uid = world.next_uid(now)
    world.record("message_received", now, by=OUTSIDE, uid=uid, **values)
    return uid


def set_message_status(world: World, now: float, *, uid: str, status: str) -> None:
    """The gateway reports later what became of a message."""
    if uid not in world.message_by_uid:
        raise LookupError("the sandbox has no message of this uid")
    world.record("message_status_changed", now, by=OUTSIDE, uid=uid, status=status)


def reset(world: World, now: float, *, balance: int | None = OPENING_BALANCE) -> None:
    """Everything is gone, as if the account were new; what happened stays in the effects."""
    world.record("world_reset", now, by=OUTSIDE, balance=balance)


def _contact(world: World, group: str, phone: str) -> tuple[Group, Contact]:
    home = world.group(group)
    contact = home.contact_with(phone)
    if contact is None:
        raise LookupError(f"the sandbox has no such phone in group {home.name!r}")
    return home, contact


def _possible(phone: str) -> str:
    try:
        return possible_phone(phone)
    except Refusal as refusal:
        raise ValueError(refusal.message) from None
