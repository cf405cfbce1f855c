"""The documented calls on contacts in each dialect. Each looks, refuses or records an effect, and shows the row."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any
from zlib import crc32

from ampenet_sync.sandbox import inputs, refusals, rows
from ampenet_sync.sandbox.entries import Contact, Group
from ampenet_sync.sandbox.lookup import contact_of_path, group_of_path
from ampenet_sync.sandbox.rules import Duplicates
from ampenet_sync.sandbox.visit import Reply, Visit

WELCOME_SENDER = "AMPENET"


def store_contact(visit: Visit, group_uid: str) -> Reply:
    group = group_of_path(visit.world, group_uid)
    written, phone = _phone(visit)
    if visit.rules.dialect.blacklist_on_create and phone in visit.world.blacklist:
        raise refusals.blacklisted_contact()
    known = group.contact_with(phone)
    match visit.rules.dialect.duplicates:
        case Duplicates.REFUSED if known:
            raise refusals.already_subscribed(group.name)
        case Duplicates.TAKEN if known and known.phone == written:
            raise refusals.already_taken(_key(visit, "phone"))
        case Duplicates.TAKEN if known:
            return _subscribe_again(visit, group, known)
        case _:
            return _make(visit, group, phone)


def search_contact(visit: Visit, group_uid: str, uid: str) -> Reply:
    group, contact, home = contact_of_path(visit.world, group_uid, uid)
    if home is not group:
        return None, None
    if visit.rules.dialect.custom_fields:
        return None, rows.contact_row(contact, group, visit.rules.dialect)
    return None, rows.contact_item(contact, visit.rules.dialect)


def update_contact(visit: Visit, group_uid: str, uid: str) -> Reply:
    group, contact, home = contact_of_path(visit.world, group_uid, uid)
    dialect = visit.rules.dialect
    _, phone = _phone(visit)
    if home is not group and dialect.update_checks_group:
        raise refusals.contact_elsewhere_update()
    others = [other for other in home.contacts_with(phone) if other is not contact]
    if others and dialect.duplicates is not Duplicates.TWIN:
        taken = refusals.already_taken(_key(visit, "phone"))
        raise taken if dialect.custom_fields else refusals.already_subscribed(home.name)
    values = _values(visit, home, contact)
    visit.world.record("contact_updated", visit.now, uid=uid, group=home.uid, phone=phone, **values)
    _look_afterwards(visit, phone)
    return "Contact successfully updated", rows.contact_row(contact, home, dialect)


def delete_contact(visit: Visit, group_uid: str, uid: str) -> Reply:
    group, contact, home = contact_of_path(visit.world, group_uid, uid)
    if home is not group:
        raise refusals.contact_elsewhere_delete()
    visit.world.record("contact_deleted", visit.now, uid=uid, group=group.uid, phone=contact.phone)
    return "Contact successfully deleted", None


def all_contacts(visit: Visit, group_uid: str) -> Reply:
    group = group_of_path(visit.world, group_uid)
    if not visit.rules.switches.lists_contacts:
        raise refusals.unknown_column("first_name")
    number = inputs.page_number(visit.fields)
    start = (number - 1) * rows.PER_PAGE
    shown = islice(_in_order(visit, group), start, start + rows.PER_PAGE)
    items = [rows.contact_item(contact, visit.rules.dialect) for contact in shown]
    return None, rows.page(items, number=number, total=len(group.contacts), path=f"/contacts/{group.uid}/all")


def _make(visit: Visit, group: Group, phone: str) -> Reply:
    values = _values(visit, group, None)
    uid, number = visit.world.next_uid(visit.now), visit.world.next_id()
    values |= {"uid": uid, "id": number, "group": group.uid, "phone": phone, "status": "subscribe"}
    visit.world.record("contact_created", visit.now, **values)
    _look_afterwards(visit, phone)
    text = group.welcome or visit.rules.switches.welcome
    if text:
        visit.welcome(phone, WELCOME_SENDER, text)
    return "Contact successfully added", rows.contact_row(group.contacts[uid], group, visit.rules.dialect)


def _subscribe_again(visit: Visit, group: Group, contact: Contact) -> Reply:
    """The slip of 3.9: the check compared the number as it was written, the store finds it by its digits."""
    values = {"uid": contact.uid, "group": group.uid, "phone": contact.phone}
    visit.world.record("contact_updated", visit.now, **values, **_values(visit, group, contact))
    if contact.status != "subscribe":
        visit.world.record("contact_status_changed", visit.now, **values, status="subscribe")
    return "Contact successfully added", rows.contact_row(contact, group, visit.rules.dialect)


def _phone(visit: Visit) -> tuple[str, str]:
    """As it was written, and as it is stored: digits, but on 3.1 the writing itself."""
    written = inputs.required(visit.fields, _key(visit, "phone"))
    if visit.rules.dialect.phone_verbatim:
        if len(written) > inputs.LONGEST_NAME:
            raise refusals.data_too_long("phone")
        return written, written
    return written, inputs.phone(written)


def _look_afterwards(visit: Visit, phone: str) -> None:
    """On 3.1 a number is parsed only when its row stands already: the error comes after the effect."""
    if visit.rules.dialect.phone_verbatim:
        inputs.phone(phone)


def _values(visit: Visit, group: Group, before: Contact | None) -> dict[str, Any]:
    """The names, and on 3.9 the group's custom fields, as an effect keeps them."""
    if not visit.rules.dialect.custom_fields:
        return {name: inputs.name(visit.fields, name) for name in ("first_name", "last_name")}
    names = {name: inputs.name_if_any(visit.fields, _key(visit, name)) for name in ("first_name", "last_name")}
    if before and not visit.rules.dialect.empty_clears:
        names = {name: value or getattr(before, name) for name, value in names.items()}
    sent = {tag: inputs.name_if_any(visit.fields, tag) for tag in group.tags}
    return {**names, "fields": {tag: value for tag, value in sent.items() if value}}


def _key(visit: Visit, name: str) -> str:
    return name.upper() if visit.rules.dialect.custom_fields else name


def _in_order(visit: Visit, group: Group) -> Iterable[Contact]:
    """As they were made; with drifting pages in an order that each write to the group deals anew."""
    switches = visit.rules.switches
    if not switches.page_drift:
        return group.contacts.values()
    deal = f"{switches.seed} {group.writes} "
    return sorted(group.contacts.values(), key=lambda contact: crc32((deal + contact.uid).encode()))
