"""The table of when an answer last showed a contact's status, and the step of the schema that makes it."""

from __future__ import annotations

from sqlalchemy import Column, Connection, Float, ForeignKey, Integer, String, Table, UniqueConstraint, text

from ampenet_sync.ledger.tables import metadata

# A contact of a group whose status an answer showed; `seen_at` is when, last.
statuses = Table(
    "statuses",
    metadata,
    Column("destination", Integer, ForeignKey("destinations.id"), nullable=False),
    Column("group_uid", String, nullable=False),
    Column("uid", String, nullable=False),
    Column("seen_at", Float, nullable=False),
    UniqueConstraint("destination", "group_uid", "uid"),
)


def remember_statuses(db: Connection) -> None:
    """The step of the schema: from here on it is known when somebody was last asked. Of earlier answers, nothing is."""
    db.execute(
        text(
            "CREATE TABLE statuses (destination INTEGER NOT NULL, group_uid VARCHAR NOT NULL, uid VARCHAR NOT NULL, "
            "seen_at FLOAT NOT NULL, UNIQUE (destination, group_uid, uid), "
            "FOREIGN KEY(destination) REFERENCES destinations (id))"
        )
    )


def note_status_in(db: Connection, destination: int, group_uid: str, uid: str, *, at: float) -> None:
    """An answer showed the contact's status."""
    db.execute(_NOTE, {"d": destination, "g": group_uid, "u": uid, "at": at})


_NOTE = text(
    "INSERT INTO statuses (destination, group_uid, uid, seen_at) VALUES (:d, :g, :u, :at) "
    "ON CONFLICT (destination, group_uid, uid) DO UPDATE SET seen_at = excluded.seen_at"
)
