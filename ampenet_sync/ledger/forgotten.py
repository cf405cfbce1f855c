"""People who were forgotten: a keyed hash for each phone and customer key, which tells nobody who they were.

The key is a file of its own in the data folder (0600). Whoever has only the ledger can't try numbers against it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from ampenet_sync.config.folders import make_private_folder
from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger import tables as t
from ampenet_sync.ledger.database import Ledger

KEY_FILE = "forgotten.key"


@dataclass(frozen=True)
class Forgotten:
    """Everybody who was forgotten, for comparisons over whole tables."""

    hashes: frozenset[str] = frozenset()
    _secret: bytes = field(default=b"", repr=False)

    def __bool__(self) -> bool:
        return bool(self.hashes)

    def covers(self, phone: str, customer_key: str) -> bool:
        """Whether the phone or the customer was forgotten; "" is nobody."""
        return any(name in self.hashes for name in _hashes(self._secret, [phone], [customer_key]))


def all_forgotten(ledger: Ledger) -> Forgotten:
    """Raises LedgerError `forgotten_key` where the key is not the one they were forgotten with."""
    with ledger.read() as db:
        hashes = frozenset(db.scalars(select(t.forgotten.c.hash)))
        return Forgotten(hashes, _secret_of(db, ledger)) if hashes else Forgotten()


def is_forgotten(db: Connection, ledger: Ledger, *, phone: str, customer_key: str) -> bool:
    """The same for one, within a transaction."""
    if db.scalar(_SOMEBODY) is None:
        return False
    hashes = _hashes(_secret_of(db, ledger), [phone], [customer_key])
    return db.scalar(select(t.forgotten.c.hash).where(t.forgotten.c.hash.in_(hashes)).limit(1)) is not None


def forgotten_since(ledger: Ledger, *, phones: Iterable[str], keys: Iterable[str]) -> float | None:
    """When the first of these phones and keys was forgotten; None where none was."""
    with ledger.read() as db:
        if db.scalar(_SOMEBODY) is None:
            return None
        hashes = _hashes(_secret_of(db, ledger), phones, keys)
        first = db.scalar(select(func.min(t.forgotten.c.at)).where(t.forgotten.c.hash.in_(hashes)))
        return None if first is None else float(first)


def forget_for_ever(ledger: Ledger, *, phones: Iterable[str], keys: Iterable[str]) -> None:
    """From the commit on nobody of these is made a contact or texted. The key is made where there is none yet."""
    with ledger.write() as db:
        secret = _secret_of(db, ledger) if db.scalar(_SOMEBODY) is not None else _make_secret(ledger)
        rows = [
            {"hash": name, "secret": _id_of(secret), "at": ledger.clock()} for name in _hashes(secret, phones, keys)
        ]
        db.execute(_ADD, rows)


def secret_ids(db: Connection) -> frozenset[str]:
    """Which keys people were forgotten with; empty where nobody was."""
    return frozenset(db.scalars(select(t.forgotten.c.secret).distinct()))


def key_beside(backup: Path) -> Path:
    """The file that holds the key of a backup's forgotten people."""
    return backup.with_name(f"{backup.name}.{KEY_FILE}")


def key_of(file: Path, ids: frozenset[str]) -> str | None:
    """What is in the file, where it is the key of these people."""
    secret = _read(file)
    return secret.hex() if secret is not None and ids == {_id_of(secret)} else None


def bring_key(backup: Path, secrets: Path, ids: frozenset[str]) -> bool:
    """Whether the data folder has the key of these people now: its own, or that beside the backup.

    Raises LedgerError `forgotten_key` where another key is there, which may be all that knows somebody else again.
    """
    here = secrets / KEY_FILE
    if key_of(here, ids):
        return True
    if here.exists():
        message = f"{here} is not the key of the people who were forgotten in this backup"
        hint = "move it away, and keep it; then restore again: the right one is taken from beside the backup"
        raise LedgerError(message, code="forgotten_key", hint=hint)
    key = key_of(key_beside(backup), ids)
    if key is None:
        return False
    make_private_folder(secrets)
    _write(os.open(here, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), key)
    return True


def _secret_of(db: Connection, ledger: Ledger) -> bytes:
    secret = _read_secret(ledger)
    if secret is None or secret_ids(db) != {_id_of(secret)}:
        place = ledger.secrets / KEY_FILE if ledger.secrets else Path(KEY_FILE)
        raise LedgerError(
            f"people were forgotten in this ledger, and {place} is not the key that knows them again",
            code="forgotten_key",
            hint="bring that file back from the data folder in which they were forgotten, or from its backup: without "
            "it they would be texted again",
        )
    return secret


def _read_secret(ledger: Ledger) -> bytes | None:
    return None if ledger.secrets is None else _read(ledger.secrets / KEY_FILE)


def _read(file: Path) -> bytes | None:
    try:
        return bytes.fromhex(file.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None


def _make_secret(ledger: Ledger) -> bytes:
    """One that is there already, of somebody who was stopped before the first hash, is taken."""
    if ledger.secrets is None:
        raise ValueError("a ledger that forgets is opened with its data folder")
    make_private_folder(ledger.secrets)
    written = ledger.machine.uuid4().hex + ledger.machine.uuid4().hex
    try:
        handle = os.open(ledger.secrets / KEY_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        there = _read_secret(ledger)
        if there:
            return there
        handle = os.open(ledger.secrets / KEY_FILE, os.O_WRONLY | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
    _write(handle, written)
    return bytes.fromhex(written)


def _write(handle: int, text: str) -> None:
    """Onto the disk, before a hash that was made with it can be."""
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _hashes(secret: bytes, phones: Iterable[str], keys: Iterable[str]) -> list[str]:
    named = [f"phone {phone}" for phone in phones if phone] + [f"key {key}" for key in keys if key]
    return [hmac.digest(secret, name.encode(), hashlib.sha256).hex() for name in named]


def _id_of(secret: bytes) -> str:
    return hashlib.sha256(b"id of " + secret).hexdigest()[:16]


_SOMEBODY = select(t.forgotten.c.hash).limit(1)
_ADD = text("INSERT INTO forgotten (hash, secret, at) VALUES (:hash, :secret, :at) ON CONFLICT (hash) DO NOTHING")
