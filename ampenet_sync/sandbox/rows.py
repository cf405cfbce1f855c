"""What a contact, a group, a message and a page of them look like on the wire. They are only read here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from ampenet_sync.sandbox.entries import Contact, Group, Message, digits
from ampenet_sync.sandbox.rules import Dialect, Rules

Row = dict[str, Any]

PER_PAGE = 25
ACCOUNT_ID = 1
# Behind a proxy the platform names a host that is not the client's, so its links lead nowhere; here too.
LINK_HOST = "http://127.0.0.1/api/v3"
LINKS_SHOWN_WHOLE, LINKS_EACH_SIDE = 13, 3


def contact_row(contact: Contact, group: Group, dialect: Dialect) -> Row:
    """The full row that answers store and update; on 3.9 it is short, but shows the status to a search too."""
    if dialect.custom_fields:
        shown = contact_item(contact, dialect)
        names = {"FIRST_NAME": shown.pop("first_name"), "LAST_NAME": shown.pop("last_name")}
        custom = {tag: contact.fields.get(tag) for tag in group.tags}
        return {**shown, "status": contact.status, "custom_fields": names | custom}
    return {
        "id": contact.id,
        "customer_id": ACCOUNT_ID,
        "group_id": group.id,
        "status": contact.status,
        "created_at": _moment(contact.created_at),
        "updated_at": _moment(contact.updated_at),
        **contact_item(contact, dialect),
    }


def contact_item(contact: Contact, dialect: Dialect) -> Row:
    """The four fields a search and the listing show; the status is not among them."""
    return {
        "uid": contact.uid,
        "phone": _as_number(contact.phone) if dialect.phone_is_number else contact.phone,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
    }


def group_item(group: Group) -> Row:
    return {"uid": group.uid, "name": group.name}


def message_item(message: Message, rules: Rules) -> Row:
    return {
        "uid": message.uid,
        "to": message.to,
        "from": message.sender,
        "message": message.text,
        "customer_status" if rules.switches.customer_status else "status": message.status,
        "cost": str(message.parts),
    }


def sent_item(message: Message, rules: Rules) -> Row:
    """What answers a send: the item, and on later builds its count of parts."""
    item = message_item(message, rules)
    return {**item, "sms_count": message.parts} if rules.dialect.counts_parts else item


def page(items: Sequence[Row], *, number: int, total: int, path: str) -> Row:
    """A paginator with its 13 keys around the items of one page."""
    last = max(1, -(-total // PER_PAGE))
    first_item = (number - 1) * PER_PAGE + 1 if items else None
    return {
        "current_page": number,
        "data": list(items),
        "first_page_url": _link(path, 1),
        "from": first_item,
        "last_page": last,
        "last_page_url": _link(path, last),
        "links": _links(path, number, last),
        "next_page_url": _link(path, number + 1) if number < last else None,
        "path": LINK_HOST + path,
        "per_page": PER_PAGE,
        "prev_page_url": _link(path, number - 1) if number > 1 else None,
        "to": first_item + len(items) - 1 if first_item else None,
        "total": total,
    }


def _as_number(phone: str) -> int:
    """A number column takes what digits it can; a row of 3.1 may hold none."""
    number = digits(phone)
    return int(number) if number.isascii() and number.isdigit() else 0


def _link(path: str, number: int) -> str:
    return f"{LINK_HOST}{path}?page={number}"


def _links(path: str, number: int, last: int) -> list[Row]:
    before = _link(path, number - 1) if number > 1 else None
    after = _link(path, number + 1) if number < last else None
    return [
        {"url": before, "label": "&laquo; Previous", "active": False},
        *(_numbered_link(path, shown, number) for shown in _numbers_shown(number, last)),
        {"url": after, "label": "Next &raquo;", "active": False},
    ]


def _numbered_link(path: str, shown: int | None, number: int) -> Row:
    if shown is None:
        return {"url": None, "label": "...", "active": False}
    return {"url": _link(path, shown), "label": str(shown), "active": shown == number}


def _numbers_shown(number: int, last: int) -> list[int | None]:
    """All page numbers of a short list; of a long one the ends and the neighbours, None for what is left out."""
    if last <= LINKS_SHOWN_WHOLE:
        return list(range(1, last + 1))
    near = range(number - LINKS_EACH_SIDE, number + LINKS_EACH_SIDE + 1)
    chosen = sorted({1, 2, last - 1, last, *(shown for shown in near if 1 <= shown <= last)})
    shown: list[int | None] = []
    for before, this in zip([0, *chosen], chosen, strict=False):
        shown += [None, this] if this - before > 1 else [this]
    return shown


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
