"""What the page shows, as JSON: groups, contacts, phones and requests, numbers masked unless asked for. Only read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from ampenet_sync.sandbox import routes
from ampenet_sync.sandbox.answers import Answer
from ampenet_sync.sandbox.entries import Contact, Group, Message
from ampenet_sync.sandbox.serving import Seen, Serving
from ampenet_sync.sandbox.switches import Switches
from ampenet_sync.sandbox.world import World

Shown = dict[str, Any]

MOST_CONTACTS, MOST_PHONES, MOST_TEXTS, MOST_REQUESTS = 100, 60, 60, 60
NUMBER = re.compile(r"\+?\d(?:[ ()-]?\d){6,}")
NUMBER_IN_PATH = re.compile(r"(?<=/)(?:\+|%2B)?\d{7,}(?=/|$)")


def state(serving: Serving, asked: Mapping[str, str]) -> Answer:
    """All there is to show; 204 where nothing changed since the version that was `seen`.

    `group` is the uid of the group whose contacts are shown, `phone` the place (from 0) of the phone in the order in
    which phones had their first text; `numbers=shown` unmasks."""
    masked = asked.get("numbers") != "shown"
    with serving.looking() as (world, now):
        seen = list(serving.seen)
        version = f"{len(world.effects)}-{seen[-1].number if seen else 0}-{len(seen)}-{serving.turns}"
        if asked.get("seen") == version:
            return Answer(204, b"")
        shown = {
            "version": version,
            "now": now,
            **_account(serving, world),
            **_groups(world, asked.get("group", ""), masked=masked),
            **_phones(world, asked.get("phone", ""), masked=masked),
            "requests": [_request(entry, masked=masked) for entry in reversed(seen[-MOST_REQUESTS:])],
        }
    return Answer(200, routes.as_json(shown), headers=(("Cache-Control", "no-store"),))


def mask(phone: str) -> str:
    """2557•••678; of shorter numbers less, about half of the digits."""
    shown = 4 if len(phone) >= 12 else 2
    return f"{phone[:shown]}•••{phone[-3:]}" if len(phone) >= 10 else "•••"


def _account(serving: Serving, world: World) -> Shown:
    switches, usual = asdict(serving.rules.switches), Switches()
    turned = {field.name for field in fields(Switches)} - {"dialect"}
    turned = {name for name in turned if switches[name] != getattr(usual, name)}
    return {
        "dialect": switches["dialect"],
        "switches": {name: switches[name] for name in sorted(turned)},
        "balance": world.balance,
        "calls": len(serving.requests),
    }


def _groups(world: World, chosen: str, *, masked: bool) -> Shown:
    """Every group with its count, and the newest contacts of the chosen one (without a choice: the first by name)."""
    groups = sorted(world.groups.values(), key=lambda group: group.name)
    group = world.groups.get(chosen) or next(iter(groups), None)
    listed = [{"uid": group.uid, "name": group.name, "contacts": len(group.contacts)} for group in groups]
    return {"groups": listed, "group": _contacts(group, masked=masked) if group else None}


def _contacts(group: Group, *, masked: bool) -> Shown:
    newest = list(group.contacts.values())[: -MOST_CONTACTS - 1 : -1]
    rows = [_contact(contact, masked=masked) for contact in newest]
    return {"uid": group.uid, "name": group.name, "total": len(group.contacts), "contacts": rows}


def _contact(contact: Contact, *, masked: bool) -> Shown:
    return {
        "uid": contact.uid,
        "phone": mask(contact.phone) if masked else contact.phone,
        "name": " ".join(filter(None, (contact.first_name, contact.last_name))),
        "subscribed": contact.status == "subscribe",
    }


def _phones(world: World, chosen: str, *, masked: bool) -> Shown:
    """The phones that got or sent a text, the latest first, and the thread of the chosen one (without a choice: the
    latest)."""
    threads: dict[str, list[Message]] = {}
    for message in world.message_by_uid.values():
        if message.origin != "stranger":
            threads.setdefault(_phone_of(message), []).append(message)
    places = {phone: place for place, phone in enumerate(threads)}
    latest = sorted(threads, key=lambda phone: (threads[phone][-1].at, places[phone]), reverse=True)
    by_place = dict(enumerate(threads))
    phone = by_place.get(int(chosen)) if chosen.isascii() and chosen.isdigit() else next(iter(latest), None)
    rows = [_phone(places[phone], phone, threads[phone], masked=masked) for phone in latest[:MOST_PHONES]]
    thread = _thread(world, places[phone], phone, threads[phone], masked=masked) if phone else None
    return {"texts": len(world.messages), "phones": {"total": len(threads), "rows": rows}, "thread": thread}


def _phone(place: int, phone: str, texts: list[Message], *, masked: bool) -> Shown:
    shown = mask(phone) if masked else phone
    return {"place": place, "phone": shown, "texts": len(texts), "last": texts[-1].text[:80]}


def _thread(world: World, place: int, phone: str, texts: list[Message], *, masked: bool) -> Shown:
    rows = [_text(message) for message in texts[-MOST_TEXTS:]]
    name = next((_name(contact) for group in world.groups.values() for contact in group.contacts_with(phone)), "")
    return {"place": place, "phone": mask(phone) if masked else phone, "name": name, "texts": rows}


def _text(message: Message) -> Shown:
    return {
        "uid": message.uid,
        "from": message.sender if message.origin != "inbound" else "",
        "text": message.text,
        "status": message.status,
        "parts": message.parts,
        "at": message.at,
        "own": message.origin == "inbound",
    }


def _request(seen: Seen, *, masked: bool) -> Shown:
    message, path = seen.message, seen.path
    if masked:
        message, path = NUMBER.sub("•••", message), NUMBER_IN_PATH.sub("•••", path)
    return {**asdict(seen), "message": message, "path": path, "seconds": round(seen.seconds, 3)}


def _phone_of(message: Message) -> str:
    return message.sender if message.origin == "inbound" else message.to


def _name(contact: Contact) -> str:
    return " ".join(filter(None, (contact.first_name, contact.last_name)))
