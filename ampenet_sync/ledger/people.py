"""One person in the ledger: their phones and keys, and every row that names one of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, or_, select

from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger


@dataclass(frozen=True)
class Person:
    """Somebody by the phones (digits) and the customer keys that are known of them."""

    phones: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()

    def __or__(self, other: Person) -> Person:
        return Person(self.phones | other.phones, self.keys | other.keys)


@dataclass(frozen=True)
class KnownContact:
    """A contact that the ledger links, `segment` "" where its group is no segment's any more. `ours` is whether a
    change of this ledger wrote it; else it was only seen in a listing."""

    destination: int
    segment: str
    group_uid: str
    group_name: str
    uid: str
    key: str
    phone: str
    fields: Mapping[str, str]
    owned: bool
    state: str
    at: float
    ours: bool


@dataclass(frozen=True)
class KnownChange:
    """A change that was begun. `before` and `after` hold the phone among the fields; None for nobody there."""

    id: int
    at: float
    change: str
    state: str
    code: str
    plan: str
    run: str
    group_uid: str
    uid: str
    key: str
    phone: str
    before: Mapping[str, str] | None
    after: Mapping[str, str] | None


@dataclass(frozen=True)
class KnownMessage:
    """A message that was begun, and what became of it."""

    id: int
    at: float
    campaign: str
    edition: str
    state: str
    code: str
    run: str
    key: str
    phone: str
    text: str
    parts: int


@dataclass(frozen=True)
class KnownPerson:
    """Everything the ledger holds of somebody but their suppressions; each list oldest first.

    `planned` is digest → when it was made, of all plans of the ledger.
    """

    contacts: list[KnownContact] = field(default_factory=list)
    changes: list[KnownChange] = field(default_factory=list)
    messages: list[KnownMessage] = field(default_factory=list)
    planned: Mapping[str, float] = field(default_factory=dict)


def with_keys(ledger: Ledger, phone: str) -> Person:
    """Whoever has or had this phone."""
    with ledger.read() as db:
        keys = {key for table in _WITH_BOTH for key in db.scalars(_keys(table, phone))}
    return Person(frozenset({phone}), frozenset(keys - {""}))


def with_phones(ledger: Ledger, key: str) -> Person:
    """The customer of this key with every phone they have or had."""
    with ledger.read() as db:
        phones = {
            phone
            for table in _WITH_BOTH
            for phone in db.scalars(select(table.c.phone).where(table.c.customer_key == key))
        }
    return Person(frozenset(phones - {""}), frozenset({key}))


def known_of(ledger: Ledger, someone: Person) -> KnownPerson:
    """Whatever stands under one of the phones or the keys, also in a before-image."""
    with ledger.read() as db:
        made = db.execute(select(t.plans.c.digest, t.plans.c.created_at))
        return KnownPerson(
            _contacts(db, someone), _changes(db, someone), _messages(db, someone), {row[0]: row[1] for row in made}
        )


def named_in(table: Table, someone: Person) -> ColumnElement[bool]:
    """The rows of `contacts`, `changes`, `messages` or `suppressions` that name them."""
    names: list[ColumnElement[bool]] = [table.c.phone.in_(someone.phones), table.c.customer_key.in_(someone.keys)]
    if table is t.changes:
        names += [table.c.before.contains(f'"phone":{json.dumps(phone)}', autoescape=True) for phone in someone.phones]
    return or_(*names)


def _keys(table: Table, phone: str) -> Select[Any]:
    return select(table.c.customer_key).where(named_in(table, Person(frozenset({phone}))))


def _contacts(db: Connection, someone: Person) -> list[KnownContact]:
    c, g = t.contacts.c, t.groups.c
    home = (g.destination == c.destination) & (g.uid == c.group_uid)
    query = select(t.contacts, g.segment, g.name).outerjoin_from(t.contacts, t.groups, home)
    rows = db.execute(query.where(named_in(t.contacts, someone)).order_by(c.written_at, c.id)).all()
    done = t.changes.c
    written = select(done.group_uid, done.uid).where(done.state == "done", named_in(t.changes, someone))
    ours = {tuple(row) for row in db.execute(written)}
    return [
        KnownContact(
            row.destination,
            row.segment or "",
            row.group_uid,
            row.name or "",
            row.uid,
            row.customer_key,
            row.phone,
            json.loads(row.fields),
            row.owned,
            row.state,
            row.written_at,
            ours=(row.group_uid, row.uid) in ours,
        )
        for row in rows
    ]


def _changes(db: Connection, someone: Person) -> list[KnownChange]:
    rows = db.execute(select(t.changes).where(named_in(t.changes, someone)).order_by(t.changes.c.id))
    changes = []
    for row in rows:
        leads_to = {"phone": row.phone, **json.loads(row.fields)}
        before = None if row.before is None else json.loads(row.before)
        gone = row.change == "delete"
        sides = (before or leads_to, None) if gone else (before, leads_to)
        at = row.claimed_at if row.finished_at is None else row.finished_at
        facts = (row.change, row.state, row.code or "", row.plan, row.run, row.group_uid, row.uid or "")
        changes.append(KnownChange(row.id, at, *facts, row.customer_key, row.phone, *sides))
    return changes


def _messages(db: Connection, someone: Person) -> list[KnownMessage]:
    rows = db.execute(select(t.messages).where(named_in(t.messages, someone)).order_by(t.messages.c.id))
    return [
        KnownMessage(
            row.id,
            row.claimed_at if row.finished_at is None else row.finished_at,
            row.campaign,
            row.edition,
            row.state,
            row.code or "",
            row.run,
            row.customer_key,
            row.phone,
            row.text,
            row.parts,
        )
        for row in rows
    ]


_WITH_BOTH = (t.contacts, t.changes, t.messages, t.suppressions)
