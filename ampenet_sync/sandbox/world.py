"""The state of the pretend platform and how each effect changes it. No HTTP, no clock, no files: only values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["subscribe", "unsubscribe"]
Effect = dict[str, Any]


@dataclass(slots=True)
class Contact:
    """One phone in one group; `phone` is digits."""

    uid: str
    id: int
    phone: str
    first_name: str | None
    last_name: str | None
    status: Status
    created_at: float
    updated_at: float


@dataclass(slots=True)
class Group:
    """A contact group with its contacts by uid, in the order they were made, and the texts set in the web page."""

    uid: str
    id: int
    name: str
    welcome: str | None = None
    unsubscribe: str | None = None
    keyword: str | None = None
    contacts: dict[str, Contact] = field(default_factory=dict)
    by_phone: dict[str, str] = field(default_factory=dict)

    def contact_with(self, phone: str) -> Contact | None:
        uid = self.by_phone.get(phone)
        return None if uid is None else self.contacts[uid]


@dataclass(frozen=True, slots=True)
class Message:
    """One text to one phone as the platform's report shows it; `parts` is what was billed."""

    uid: str
    to: str
    sender: str
    text: str
    status: str
    parts: int


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A message that is paid for and leaves at `due`."""

    number: int
    due: float
    to: str
    sender: str
    text: str
    parts: int


class World:
    """Groups, contacts, messages and the balance; changed only through `record`, rebuilt by `replay`.

    `keep` gets each effect before it is carried out, so what was kept is never behind what was answered.
    `balance` counts units; None is unlimited.
    """

    def __init__(self, *, balance: int | None, keep: Callable[[Effect], None] = lambda effect: None) -> None:
        self.balance = balance
        self.effects: list[Effect] = []
        self.groups: dict[str, Group] = {}
        self.group_of: dict[str, Group] = {}
        self.messages: list[Message] = []
        self.message_by_uid: dict[str, Message] = {}
        self.scheduled: dict[int, Scheduled] = {}
        self.blacklist: set[str] = set()
        self._keep = keep
        self._last_uid = 0
        self._last_id = 0

    def record(self, kind: str, at: float, *, by: str = "api", **values: Any) -> Effect:
        """Keep one effect, carry it out, return it."""
        effect = {"seq": len(self.effects) + 1, "kind": kind, "at": at, "by": by, **values}
        self._keep(effect)
        self._carry_out(effect)
        return effect

    def replay(self, effects: Iterable[Effect]) -> None:
        """Carry out effects that were kept before."""
        for effect in effects:
            self._carry_out(effect)

    def next_uid(self, at: float) -> str:
        """13 hex characters, 8 of seconds and 5 of microseconds, greater than each before."""
        seconds, micros = divmod(int(at * 1_000_000), 1_000_000)
        return format(max(self._last_uid + 1, seconds << 20 | micros), "013x")

    def next_id(self) -> int:
        """The number of the next row, of whatever kind."""
        return self._last_id + 1

    def group_named(self, name: str) -> Group | None:
        return next((group for group in self.groups.values() if group.name == name), None)

    def group(self, name_or_uid: str) -> Group:
        """The group of this uid or name; LookupError without one."""
        found = self.groups.get(name_or_uid) or self.group_named(name_or_uid)
        if found is None:
            raise LookupError(f"the sandbox has no group {name_or_uid!r}")
        return found

    def _carry_out(self, effect: Effect) -> None:
        CHANGES[effect["kind"]](self, effect)
        self._last_uid = max(self._last_uid, int(effect.get("uid", "0"), 16))
        self._last_id = max(self._last_id, effect.get("id", 0))
        self.effects.append(effect)


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


def _group_deleted(world: World, effect: Effect) -> None:
    for uid in world.groups.pop(effect["uid"]).contacts:
        del world.group_of[uid]


def _contact_created(world: World, effect: Effect) -> None:
    group, at = world.groups[effect["group"]], effect["at"]
    kept = {key: effect[key] for key in ("uid", "id", "phone", "first_name", "last_name", "status")}
    contact = Contact(**kept, created_at=at, updated_at=at)
    group.contacts[contact.uid] = contact
    group.by_phone[contact.phone] = contact.uid
    world.group_of[contact.uid] = group


def _contact_updated(world: World, effect: Effect) -> None:
    group = world.groups[effect["group"]]
    contact = group.contacts[effect["uid"]]
    del group.by_phone[contact.phone]
    contact.phone, contact.first_name, contact.last_name = effect["phone"], effect["first_name"], effect["last_name"]
    contact.updated_at = effect["at"]
    group.by_phone[contact.phone] = contact.uid


def _contact_deleted(world: World, effect: Effect) -> None:
    group = world.group_of.pop(effect["uid"])
    contact = group.contacts.pop(effect["uid"])
    del group.by_phone[contact.phone]


def _contact_status_changed(world: World, effect: Effect) -> None:
    contact = world.groups[effect["group"]].contacts[effect["uid"]]
    contact.status, contact.updated_at = effect["status"], effect["at"]


def _message_sent(world: World, effect: Effect) -> None:
    message = Message(
        uid=effect["uid"],
        to=effect["to"],
        sender=effect["from"],
        text=effect["message"],
        status=effect["status"],
        parts=effect["parts"],
    )
    world.messages.append(message)
    world.message_by_uid[message.uid] = message
    if effect["scheduled"] is None:
        _take_units(world, message.parts)
    else:
        del world.scheduled[effect["scheduled"]]


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


CHANGES: dict[str, Callable[[World, Effect], None]] = {
    "group_created": _group_created,
    "group_renamed": _group_renamed,
    "group_texts_set": _group_texts_set,
    "group_deleted": _group_deleted,
    "contact_created": _contact_created,
    "contact_updated": _contact_updated,
    "contact_deleted": _contact_deleted,
    "contact_status_changed": _contact_status_changed,
    "message_sent": _message_sent,
    "message_scheduled": _message_scheduled,
    "balance_set": _balance_set,
    "phone_blacklisted": _phone_blacklisted,
}
