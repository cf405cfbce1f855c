"""Links between customers and contacts, with the values last written or seen. Who may change them: not here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, insert, select, update

from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger

COLUMNS = [t.contacts.c[name] for name in ("uid", "customer_key", "phone", "first_name", "last_name", "owned")]


@dataclass(frozen=True)
class Link:
    """One contact we know: its uid, whose it is, its values, and whether we may delete it (`owned`)."""

    uid: str
    customer_key: str
    phone: str
    first_name: str
    last_name: str
    owned: bool


def links_of(ledger: Ledger, destination: int, group_uid: str) -> list[Link]:
    """Every link of the group that we didn't delete ourselves, by uid."""
    query = select(*COLUMNS).where(_live(destination, group_uid)).order_by(t.contacts.c.uid)
    with ledger.read() as db:
        return [Link(*row) for row in db.execute(query)]


def link_of(ledger: Ledger, destination: int, group_uid: str, uid: str) -> Link | None:
    """The link of one contact, None where we know nothing of it."""
    same = and_(_live(destination, group_uid), t.contacts.c.uid == uid)
    with ledger.read() as db:
        row = db.execute(select(*COLUMNS).where(same)).one_or_none()
    return Link(*row) if row else None


def write_links(ledger: Ledger, destination: int, group_uid: str, links: Sequence[Link]) -> None:
    with ledger.write() as db:
        for link in links:
            write_link_in(db, destination, group_uid, link, at=ledger.clock())


def write_link_in(db: Connection, destination: int, group_uid: str, link: Link, *, at: float) -> None:
    """Store a link, replacing what the ledger held for the same contact."""
    values = {**link.__dict__, "state": "live", "written_at": at}
    same = and_(_group(destination, group_uid), t.contacts.c.uid == link.uid)
    if not db.execute(update(t.contacts).where(same).values(values)).rowcount:
        db.execute(insert(t.contacts).values(destination=destination, group_uid=group_uid, **values))


def drop_link_in(db: Connection, destination: int, group_uid: str, uid: str, *, at: float) -> None:
    """Remember that we deleted the contact ourselves."""
    same = and_(_group(destination, group_uid), t.contacts.c.uid == uid)
    db.execute(update(t.contacts).where(same).values(state="deleted", written_at=at))


def _live(destination: int, group_uid: str) -> ColumnElement[bool]:
    return and_(_group(destination, group_uid), t.contacts.c.state == "live")


def _group(destination: int, group_uid: str) -> ColumnElement[bool]:
    return and_(t.contacts.c.destination == destination, t.contacts.c.group_uid == group_uid)
