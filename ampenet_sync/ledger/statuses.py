"""When an answer last showed whether a contact opted out there: the evidence behind "opted out", and how old it is.

That somebody opted out is a suppression. A row here says only that the platform was heard, and when.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import select, text

from ampenet_sync.ledger.database import Ledger
from ampenet_sync.ledger.links import ASKED_AT_ONCE, Link
from ampenet_sync.ledger.statustable import note_status_in
from ampenet_sync.ledger.tables import contacts


@dataclass(frozen=True)
class Evidence:
    """Of how many contacts an answer showed the status, and of how many none did so far.

    `known_as_of` is when the longest unheard of those `seen` was last heard (epoch seconds): everybody's status is at
    least as new. None where nobody's was seen. Contacts that may not be texted anyway are not among them.
    """

    seen: int = 0
    never: int = 0
    known_as_of: float | None = None

    def plus(self, other: Evidence) -> Evidence:
        """Both together."""
        times = [at for at in (self.known_as_of, other.known_as_of) if at is not None]
        return Evidence(self.seen + other.seen, self.never + other.never, min(times, default=None))


NOTHING_HEARD = Evidence()


def note_status(ledger: Ledger, destination: int, group_uid: str, uid: str) -> None:
    """An answer showed the contact's status just now."""
    at = ledger.clock()
    ledger.together(lambda db: note_status_in(db, destination, group_uid, uid, at=at))


def evidence_of(ledger: Ledger, destination: int, group_uid: str) -> Evidence:
    """What is known of the contacts of a group that are linked and not suppressed."""
    with ledger.read() as db:
        row = db.execute(_SUM, {"d": destination, "g": group_uid}).one()
    return Evidence(row.seen or 0, row.linked - (row.seen or 0), row.oldest)


def evidence_of_phones(ledger: Ledger, destination: int, phones: Iterable[str]) -> Evidence:
    """The same of people, by their phones in whatever group: of several contacts the newest answer counts."""
    heard = dict.fromkeys(phones, 0.0)
    with ledger.read() as db:
        for row in db.execution_options(yield_per=10_000).execute(_BY_PHONE, {"d": destination}):
            if row.phone in heard:
                heard[row.phone] = row.seen_at
    times = [at for at in heard.values() if at]
    return Evidence(len(times), len(heard) - len(times), min(times, default=None))


def asks_of(plan: str) -> str:
    """What stands for a plan in the claims of its asks: they are counted apart from its changes."""
    return f"{plan} asks"


def ids_to_ask(ledger: Ledger, destination: int, group_uid: str, *, since: float) -> array[int]:
    """Ids of the links of all who weren't heard `since`: first those who never were, then the longest unheard."""
    with ledger.read() as db:
        return array("q", db.scalars(_TO_ASK, {"d": destination, "g": group_uid, "since": since}))


def links_at(ledger: Ledger, ids: Iterable[int]) -> Iterator[tuple[int, Link]]:
    """Id and link, in the order of the ids, read some at a time; those that are gone meanwhile are left out."""
    waiting = iter(ids)
    while some := list(islice(waiting, ASKED_AT_ONCE)):
        with ledger.read() as db:
            rows = {row.id: row for row in db.execute(select(contacts).where(contacts.c.id.in_(some)))}
        yield from ((id, _link(rows[id])) for id in some if id in rows)


def _link(row: Any) -> Link:
    return Link(row.uid, row.customer_key, row.phone, json.loads(row.fields), bool(row.owned))


# Whoever may not be texted anyway need not be asked.
_LINKED = """
    FROM contacts c
    LEFT JOIN statuses s ON s.destination = c.destination AND s.group_uid = c.group_uid AND s.uid = c.uid
    WHERE c.destination = :d AND c.group_uid = :g AND c.state = 'live'
        AND NOT EXISTS (SELECT 1 FROM suppressions p WHERE p.phone = c.phone AND p.phone <> '')
        AND NOT EXISTS (SELECT 1 FROM suppressions k WHERE k.customer_key = c.customer_key AND k.customer_key <> '')
"""
_SUM = text(f"SELECT count(*) AS linked, count(s.seen_at) AS seen, min(s.seen_at) AS oldest {_LINKED}")
_TO_ASK = text(
    f"SELECT c.id {_LINKED} AND (s.seen_at IS NULL OR s.seen_at < :since) ORDER BY coalesce(s.seen_at, 0), c.id"
)
_BY_PHONE = text(
    """
    SELECT c.phone, max(s.seen_at) AS seen_at FROM contacts c
    JOIN statuses s ON s.destination = c.destination AND s.group_uid = c.group_uid AND s.uid = c.uid
    WHERE c.destination = :d AND c.state = 'live' GROUP BY c.phone
    """
)
