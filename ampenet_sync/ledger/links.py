"""Links between customers and contacts, with the values last written or seen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, and_, bindparam, func, select, text, update

from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger

IN_ONE_SET = 2_000  # links written in one transaction: some 20 ms, so that nobody waits long for the write lock
ASKED_AT_ONCE = 500  # uids in one query

_COLUMNS = [t.contacts.c[name] for name in ("uid", "customer_key", "phone", "fields", "owned", "state")]
_INTO = "INSERT INTO contacts (destination, group_uid, uid, customer_key, phone, fields, owned, state, written_at) "
_OVER = (
    "ON CONFLICT (destination, group_uid, uid) DO UPDATE SET customer_key = excluded.customer_key, "
    "phone = excluded.phone, fields = excluded.fields, owned = excluded.owned, state = 'live', "
    "written_at = excluded.written_at"
)
_STORE = text(
    f"{_INTO} VALUES (:destination, :group_uid, :uid, :customer_key, :phone, :fields, :owned, 'live', :at) {_OVER}"
)
# PostgreSQL takes a whole set as one value: half the client's work of a row by itself.
_STORE_SET = text(
    f"{_INTO} SELECT :destination, :group_uid, uid, customer_key, phone, fields, owned, 'live', :at "  # noqa: S608
    "FROM json_to_recordset(CAST(:rows AS json)) "
    f"AS r (uid text, customer_key text, phone text, fields text, owned boolean) {_OVER}"
)


@dataclass(frozen=True)
class Link:
    """One contact we know: its uid, whose it is, its phone and managed fields, whether we may delete it (`owned`).

    `gone`: somebody removed it there, as we saw when we asked for it.
    """

    uid: str
    customer_key: str
    phone: str
    fields: Mapping[str, str] = field(default_factory=dict)
    owned: bool = False
    gone: bool = False


def _nothing() -> None:
    """Nothing is to be renewed."""


def as_text(fields: Mapping[str, str]) -> str:
    """Managed fields as the ledger's tables hold them."""
    return json.dumps(dict(fields), ensure_ascii=False, separators=(",", ":"))


def link_of(ledger: Ledger, destination: int, group_uid: str, uid: str) -> Link | None:
    """The link of one contact, None where we know nothing of it."""
    with ledger.read() as db:
        row = db.execute(_BY_UID, {"d": destination, "g": group_uid, "u": uid}).one_or_none()
    return _link(row) if row else None


def count_links(ledger: Ledger, destination: int, group_uid: str) -> int:
    """How many links of the group there are that we didn't delete ourselves."""
    query = select(func.count()).select_from(t.contacts).where(live(destination, group_uid))
    with ledger.read() as db:
        return int(db.scalar(query) or 0)


def linked_among(ledger: Ledger, destination: int, group_uid: str, uids: Iterable[str]) -> frozenset[str]:
    """Those of the uids that are linked in the group."""
    linked, wanted = set[str](), iter(uids)
    with ledger.read() as db:
        while some := list(islice(wanted, ASKED_AT_ONCE)):
            query = select(t.contacts.c.uid).where(live(destination, group_uid), t.contacts.c.uid.in_(some))
            linked.update(db.scalars(query))
    return frozenset(linked)


def write_links(
    ledger: Ledger, destination: int, group_uid: str, links: Iterable[Link], *, renew: Callable[[], None] = _nothing
) -> None:
    """Store links in sets, a transaction each; `renew` is called before each."""
    waiting = iter(links)
    while some := list(islice(waiting, IN_ONE_SET)):
        renew()
        with ledger.write() as db:
            at = ledger.clock()
            _store(db, [_row(destination, group_uid, link, at) for link in some])


def _store(db: Connection, rows: list[dict[str, Any]]) -> None:
    """Links of one group; of two with the same uid the later counts."""
    if db.dialect.name != "postgresql":
        db.execute(_STORE, rows)
        return
    last = list({row["uid"]: row for row in rows}.values())
    alike = {name: last[0][name] for name in ("destination", "group_uid", "at")}
    db.execute(_STORE_SET, {**alike, "rows": json.dumps(last, ensure_ascii=False)})


def write_link_in(db: Connection, destination: int, group_uid: str, link: Link, *, at: float) -> None:
    """Store a link, replacing what the ledger held for the same contact."""
    db.execute(_STORE, _row(destination, group_uid, link, at))


def drop_link_in(db: Connection, destination: int, group_uid: str, uid: str, *, at: float) -> None:
    """Remember that we deleted the contact ourselves."""
    db.execute(_DROP, {"d": destination, "g": group_uid, "u": uid, "at": at})


def note_gone(ledger: Ledger, destination: int, group_uid: str, uid: str) -> None:
    """Remember that the contact was asked for and is not there any more, though we didn't delete it."""
    with ledger.write() as db:
        db.execute(_GONE, {"d": destination, "g": group_uid, "u": uid, "at": ledger.clock()})


def live(destination: object, group_uid: object) -> ColumnElement[bool]:
    """The group's links that we didn't delete ourselves."""
    return and_(_group(destination, group_uid), t.contacts.c.state != "deleted")


def _group(destination: object, group_uid: object) -> ColumnElement[bool]:
    return and_(t.contacts.c.destination == destination, t.contacts.c.group_uid == group_uid)


def _row(destination: int, group_uid: str, link: Link, at: float) -> dict[str, Any]:
    return {
        "destination": destination,
        "group_uid": group_uid,
        "uid": link.uid,
        "customer_key": link.customer_key,
        "phone": link.phone,
        "fields": as_text(link.fields),
        "owned": link.owned,
        "at": at,
    }


def _link(row: Any) -> Link:
    return Link(row.uid, row.customer_key, row.phone, json.loads(row.fields), row.owned, row.state == "gone")


_SAME: tuple[BindParameter[int], BindParameter[str]] = (bindparam("d"), bindparam("g"))
_BY_UID = select(*_COLUMNS).where(live(*_SAME), t.contacts.c.uid == bindparam("u"))
_DROP = (
    update(t.contacts)
    .where(_group(*_SAME), t.contacts.c.uid == bindparam("u"))
    .values(state="deleted", written_at=bindparam("at"))
)
_GONE = (
    update(t.contacts)
    .where(live(*_SAME), t.contacts.c.uid == bindparam("u"))
    .values(state="gone", written_at=bindparam("at"))
)
