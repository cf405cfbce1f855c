"""Phones and customers that are never to be created or texted. Kept for all destinations."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, func, insert, or_, select

from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger


@dataclass(frozen=True)
class Suppressed:
    """All suppressed phones and customer keys, for comparisons over whole tables."""

    phones: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()

    def covers(self, phone: str, customer_key: str) -> bool:
        return phone in self.phones or customer_key in self.keys


def suppress(ledger: Ledger, *, phone: str = "", customer_key: str = "", reason: str) -> bool:
    """Never text this phone, nor this customer under a new number. True where that is news."""
    if not phone and not customer_key:
        raise ValueError("a suppression needs a phone or a customer key")
    with ledger.write() as db:
        return suppress_in(db, phone=phone, customer_key=customer_key, reason=reason, at=ledger.clock())


def suppress_in(db: Connection, *, phone: str, customer_key: str, reason: str, at: float) -> bool:
    """The same inside a transaction that is open already."""
    same = (t.suppressions.c.phone == phone, t.suppressions.c.customer_key == customer_key)
    if db.scalar(select(t.suppressions.c.id).where(*same)) is not None:
        return False
    row = {"phone": phone, "customer_key": customer_key, "reason": reason, "created_at": at}
    db.execute(insert(t.suppressions).values(row))
    return True


def is_suppressed(db: Connection, *, phone: str, customer_key: str) -> bool:
    return db.execute(_ANY, {"phone": phone, "key": customer_key}).first() is not None


def all_suppressed(ledger: Ledger) -> Suppressed:
    with ledger.read() as db:
        rows = db.execute(select(t.suppressions.c.phone, t.suppressions.c.customer_key)).all()
    return Suppressed(frozenset(r.phone for r in rows) - {""}, frozenset(r.customer_key for r in rows) - {""})


def count(ledger: Ledger) -> int:
    with ledger.read() as db:
        return int(db.scalar(select(func.count()).select_from(t.suppressions)) or 0)


_S = t.suppressions.c
_ANY = (
    select(_S.id)
    .where(
        or_(
            and_(_S.phone == bindparam("phone"), _S.phone != ""),
            and_(_S.customer_key == bindparam("key"), _S.customer_key != ""),
        )
    )
    .limit(1)
)
