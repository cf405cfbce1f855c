"""What stands in the pretend platform's tables: contacts, groups, messages. Plain values; `changes` alters them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Status = Literal["subscribe", "unsubscribe"]
Origin = Literal["token", "welcome", "stranger", "inbound"]

PHONE_DECORATION = str.maketrans("", "", "+()- ")


def digits(phone: str) -> str:
    """A phone without what people put between its digits."""
    return phone.translate(PHONE_DECORATION)


@dataclass(slots=True)
class Contact:
    """One phone in one group; `phone` is digits, but on 3.1 whatever was sent. `fields` are custom ones, by tag."""

    uid: str
    id: int
    phone: str
    first_name: str | None
    last_name: str | None
    status: Status
    created_at: float
    updated_at: float
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Group:
    """A contact group with its contacts by uid, in the order they were made, and what the web page sets on it.

    `by_phone` holds the uids of each number, several where 3.1 let twins in; `writes` counts the changes of contacts.
    """

    uid: str
    id: int
    name: str
    welcome: str | None = None
    unsubscribe: str | None = None
    keyword: str | None = None
    tags: tuple[str, ...] = ()
    contacts: dict[str, Contact] = field(default_factory=dict)
    by_phone: dict[str, dict[str, None]] = field(default_factory=dict)
    writes: int = 0

    def contacts_with(self, phone: str) -> list[Contact]:
        """All contacts of this number, however it is decorated, the oldest first."""
        return [self.contacts[uid] for uid in self.by_phone.get(digits(phone), ())]

    def contact_with(self, phone: str) -> Contact | None:
        return next(iter(self.contacts_with(phone)), None)


@dataclass(slots=True)
class Message:
    """One text as the platform's report shows it; `parts` is its length as billed.

    `origin` is who caused it: a call with the token, a group's welcome text, another customer of the platform, or a
    person who wrote to us. `listed` is False where the report never got its row.
    """

    uid: str
    to: str
    sender: str
    text: str
    status: str
    parts: int
    at: float
    origin: Origin
    listed: bool


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A message that is paid for and leaves at `due`."""

    number: int
    due: float
    to: str
    sender: str
    text: str
    parts: int
