"""The documented calls on contacts and groups. Each looks, refuses or records an effect, and shows the row."""

from __future__ import annotations

from itertools import islice

from ampenet_sync.sandbox import inputs, refusals, rows
from ampenet_sync.sandbox.visit import Reply, Visit
from ampenet_sync.sandbox.world import Contact, Group

WELCOME_SENDER = "AMPENET"


def store_contact(visit: Visit, group_uid: str) -> Reply:
    group = _group(visit, group_uid)
    phone = inputs.phone(inputs.required(visit.fields, "phone"))
    if group.contact_with(phone):
        raise refusals.already_subscribed(group.name)
    effect = visit.world.record(
        "contact_created",
        visit.now,
        uid=visit.world.next_uid(visit.now),
        id=visit.world.next_id(),
        group=group.uid,
        phone=phone,
        first_name=inputs.name(visit.fields, "first_name"),
        last_name=inputs.name(visit.fields, "last_name"),
        status="subscribe",
    )
    if group.welcome:
        visit.send(phone, WELCOME_SENDER, group.welcome)
    contact = group.contacts[effect["uid"]]
    return "Contact successfully added", rows.contact_row(contact, group, visit.rules.dialect)


def search_contact(visit: Visit, group_uid: str, uid: str) -> Reply:
    group, contact, home = _contact(visit, group_uid, uid)
    if home is not group:
        return None, None
    return None, rows.contact_item(contact, visit.rules.dialect)


def update_contact(visit: Visit, group_uid: str, uid: str) -> Reply:
    group, contact, home = _contact(visit, group_uid, uid)
    phone = inputs.phone(inputs.required(visit.fields, "phone"))
    if home is not group:
        raise refusals.contact_elsewhere_update()
    if group.contact_with(phone) not in (None, contact):
        raise refusals.already_subscribed(group.name)
    visit.world.record(
        "contact_updated",
        visit.now,
        uid=uid,
        group=group.uid,
        phone=phone,
        first_name=inputs.name(visit.fields, "first_name"),
        last_name=inputs.name(visit.fields, "last_name"),
    )
    return "Contact successfully updated", rows.contact_row(contact, group, visit.rules.dialect)


def delete_contact(visit: Visit, group_uid: str, uid: str) -> Reply:
    group, contact, home = _contact(visit, group_uid, uid)
    if home is not group:
        raise refusals.contact_elsewhere_delete()
    visit.world.record("contact_deleted", visit.now, uid=uid, group=group.uid, phone=contact.phone)
    return "Contact successfully deleted", None


def all_contacts(visit: Visit, group_uid: str) -> Reply:
    group = _group(visit, group_uid)
    number = inputs.page_number(visit.fields)
    start = (number - 1) * rows.PER_PAGE
    shown = islice(group.contacts.values(), start, start + rows.PER_PAGE)
    items = [rows.contact_item(contact, visit.rules.dialect) for contact in shown]
    return None, rows.page(items, number=number, total=len(group.contacts), path=f"/contacts/{group.uid}/all")


def create_group(visit: Visit) -> Reply:
    name = _group_name(visit)
    if visit.world.group_named(name):
        raise refusals.group_name_taken(name)
    uid = visit.world.next_uid(visit.now)
    visit.world.record("group_created", visit.now, uid=uid, id=visit.world.next_id(), name=name)
    return "Group successfully added", rows.group_item(visit.world.groups[uid])


def show_group(visit: Visit, group_uid: str) -> Reply:
    return None, rows.group_item(_group(visit, group_uid))


def rename_group(visit: Visit, group_uid: str) -> Reply:
    group, name = _group(visit, group_uid), _group_name(visit)
    if visit.world.group_named(name) not in (None, group):
        raise refusals.group_name_taken(name)
    visit.world.record("group_renamed", visit.now, uid=group.uid, name=name)
    return "Group successfully updated", rows.group_item(group)


def delete_group(visit: Visit, group_uid: str) -> Reply:
    group = _group(visit, group_uid)
    visit.world.record("group_deleted", visit.now, uid=group.uid, name=group.name, contacts=len(group.contacts))
    return "Group successfully deleted", None


def all_groups(visit: Visit) -> Reply:
    number = inputs.page_number(visit.fields)
    start = (number - 1) * rows.PER_PAGE
    items = [rows.group_item(group) for group in islice(visit.world.groups.values(), start, start + rows.PER_PAGE)]
    return None, rows.page(items, number=number, total=len(visit.world.groups), path="/contacts")


def _group(visit: Visit, uid: str) -> Group:
    group = visit.world.groups.get(uid)
    if group is None:
        raise refusals.no_such_row("ContactGroups", uid)
    return group


def _contact(visit: Visit, group_uid: str, uid: str) -> tuple[Group, Contact, Group]:
    """The group of the path, the contact, and the group the contact is really in."""
    group = _group(visit, group_uid)
    home = visit.world.group_of.get(uid)
    if home is None:
        raise refusals.no_such_row("Contacts", uid)
    return group, home.contacts[uid], home


def _group_name(visit: Visit) -> str:
    name = inputs.required(visit.fields, "name")
    if len(name) > inputs.LONGEST_NAME:
        raise refusals.data_too_long("name")
    return name
