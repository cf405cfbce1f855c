"""What people do elsewhere: in the platform's web page, on their phones. None of it is a documented call."""

from __future__ import annotations

from ampenet_sync.sandbox.inputs import phone as possible_phone
from ampenet_sync.sandbox.world import Contact, Group, Status, World

OUTSIDE = "outside"


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
    world: World, now: float, *, group: str, welcome: str | None, unsubscribe: str | None, keyword: str | None
) -> None:
    texts = {"welcome": welcome, "unsubscribe": unsubscribe, "keyword": keyword}
    world.record("group_texts_set", now, by=OUTSIDE, uid=world.group(group).uid, **texts)


def add_contact(world: World, now: float, *, group: str, phone: str, first_name: str, last_name: str) -> str:
    home, digits = world.group(group), possible_phone(phone)
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
    new_phone: str | None,
    first_name: str | None,
    last_name: str | None,
) -> None:
    home, contact = _contact(world, group, phone)
    values = {
        "phone": contact.phone if new_phone is None else possible_phone(new_phone),
        "first_name": contact.first_name if first_name is None else first_name,
        "last_name": contact.last_name if last_name is None else last_name,
    }
    world.record("contact_updated", now, by=OUTSIDE, uid=contact.uid, group=home.uid, **values)


def remove_contact(world: World, now: float, *, group: str, phone: str) -> None:
    home, contact = _contact(world, group, phone)
    world.record("contact_deleted", now, by=OUTSIDE, uid=contact.uid, group=home.uid, phone=contact.phone)


def set_status(world: World, now: float, *, phone: str, status: Status) -> int:
    """The status of this phone in every group that has it; how many contacts changed."""
    homes = [group for group in world.groups.values() if group.contact_with(phone)]
    changed = [(group, group.contacts[group.by_phone[phone]]) for group in homes]
    changed = [(group, contact) for group, contact in changed if contact.status != status]
    for group, contact in changed:
        values = {"uid": contact.uid, "group": group.uid, "phone": phone, "status": status}
        world.record("contact_status_changed", now, by=OUTSIDE, **values)
    return len(changed)


def blacklist(world: World, now: float, *, phone: str) -> None:
    world.record("phone_blacklisted", now, by=OUTSIDE, phone=phone)


def set_balance(world: World, now: float, *, units: int | None) -> None:
    world.record("balance_set", now, by=OUTSIDE, balance=units)


def _contact(world: World, group: str, phone: str) -> tuple[Group, Contact]:
    home = world.group(group)
    contact = home.contact_with(phone)
    if contact is None:
        raise LookupError(f"the sandbox has no such phone in group {home.name!r}")
    return home, contact
