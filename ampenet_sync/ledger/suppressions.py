"""Phones and customers that are never to be created or texted. Kept for all destinations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, func, or_, select, text

from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger
from ampenet_sync.ledger.forgotten import all_forgotten, is_forgotten


@dataclass(frozen=True)
class Suppressed:
    """All suppressed phones and customer keys, for comparisons over whole tables."""

    phones: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()

    def covers(self, phone: str, customer_key: str) -> bool:
        return phone in self.phones or customer_key in self.keys


@dataclass(frozen=True)
class Suppression:
    """A phone, a customer key or both ("" for neither) that may never be created or texted; why, by whom, since when.

    `at` is in epoch seconds; `by` is "" where nobody knows.
    """

    phone: str
    key: str
    reason: str
    by: str
    at: float


def suppress(ledger: Ledger, *, phone: str = "", customer_key: str = "", reason: str, by: str = "") -> bool:
    """Never text this phone, nor this customer under a new number. True where that is news."""
    if not phone and not customer_key:
        raise ValueError("a suppression needs a phone or a customer key")
    with ledger.write() as db:
        if is_forgotten(db, ledger, phone=phone, customer_key=customer_key):
            return False  # that is known without their number, which isn't written again
        return suppress_in(db, phone=phone, customer_key=customer_key, reason=reason, by=by, at=ledger.clock())


def suppress_in(db: Connection, *, phone: str, customer_key: str, reason: str, at: float, by: str = "") -> bool:
    """The same inside a transaction that is open already."""
    row = {"phone": phone, "customer_key": customer_key, "reason": reason, "added_by": by, "created_at": at}
    return bool(db.execute(_ADD, row).rowcount)


def suppress_phones(ledger: Ledger, phones: Iterable[str], *, reason: str, by: str) -> int:
    """Never text any of these phones: all of them or, after an error, none. Returns how many of them are news."""
    known = all_forgotten(ledger)
    with ledger.write() as db:
        alike = {"customer_key": "", "reason": reason, "added_by": by, "created_at": ledger.clock()}
        before = db.scalar(_COUNT) or 0
        if rows := [{"phone": phone, **alike} for phone in phones if not known.covers(phone, "")]:
            db.execute(_ADD, rows)
        return int(db.scalar(_COUNT) or 0) - before


def is_suppressed(db: Connection, *, phone: str, customer_key: str) -> bool:
    return db.execute(_ANY, {"phone": phone, "key": customer_key}).first() is not None


def all_suppressed(ledger: Ledger) -> Suppressed:
    with ledger.read() as db:
        rows = db.execute(select(_S.phone, _S.customer_key)).all()
    return Suppressed(frozenset(r.phone for r in rows) - {""}, frozenset(r.customer_key for r in rows) - {""})


def suppressions_of(ledger: Ledger, *, phones: Collection[str] = (), keys: Collection[str] = ()) -> list[Suppression]:
    """Those that bind one of the phones or of the customer keys, oldest first."""
    binds = or_(_S.phone.in_(set(phones) - {""}), _S.customer_key.in_(set(keys) - {""}))
    return list(_each(ledger, select(t.suppressions).where(binds)))


def each_suppression(ledger: Ledger) -> Iterator[Suppression]:
    """All of them, oldest first."""
    yield from _each(ledger, select(t.suppressions))


def count(ledger: Ledger) -> int:
    with ledger.read() as db:
        return int(db.scalar(_COUNT) or 0)


def _each(ledger: Ledger, query: Select[Any]) -> Iterator[Suppression]:
    with ledger.read() as db:
        for row in db.execute(query.order_by(_S.id)):
            yield Suppression(row.phone, row.customer_key, row.reason, row.added_by, row.created_at)


_S = t.suppressions.c
_COUNT = select(func.count()).select_from(t.suppressions)
_ADD = text(
    "INSERT INTO suppressions (phone, customer_key, reason, added_by, created_at) "
    "VALUES (:phone, :customer_key, :reason, :added_by, :created_at) ON CONFLICT (phone, customer_key) DO NOTHING"
)
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
