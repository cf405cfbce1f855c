"""The steps of the ledger's schema that concern campaigns after the send. Their numbers follow from their places in
`migrations.STEPS` alone."""

from __future__ import annotations

from sqlalchemy import Connection, text


def remember_deliveries(db: Connection) -> None:
    """From here on what the platform said became of a message is kept. Of messages before, nothing was read yet."""
    for statement in (
        "CREATE TABLE deliveries (message INTEGER NOT NULL PRIMARY KEY, status VARCHAR NOT NULL, parts INTEGER, "
        "read_at FLOAT NOT NULL, reading INTEGER NOT NULL, FOREIGN KEY(message) REFERENCES messages (id))",
        "CREATE TABLE delivery_readings (destination INTEGER NOT NULL, campaign VARCHAR NOT NULL, "
        "edition VARCHAR NOT NULL, number INTEGER NOT NULL, began_at FLOAT NOT NULL, ended_at FLOAT, "
        "everything BOOLEAN NOT NULL, "
        "UNIQUE (destination, campaign, edition), FOREIGN KEY(destination) REFERENCES destinations (id))",
    ):
        db.execute(text(statement))


def remember_sends(db: Connection) -> None:
    """From here on a run that sends notes the segment, the sender and what the account held before and after."""
    for statement in (
        "CREATE TABLE sends ("
        "run VARCHAR NOT NULL PRIMARY KEY, "
        "destination INTEGER NOT NULL, "
        "campaign VARCHAR NOT NULL, "
        "edition VARCHAR NOT NULL, "
        "segment VARCHAR NOT NULL, "
        "sender_id VARCHAR NOT NULL, "
        "kind VARCHAR NOT NULL, "
        "started_at FLOAT NOT NULL, "
        "balance_before VARCHAR, units_before FLOAT, "
        "ended_at FLOAT, "
        "balance_after VARCHAR, units_after FLOAT, "
        "paused VARCHAR, "
        "FOREIGN KEY(run) REFERENCES runs (id), "
        "FOREIGN KEY(destination) REFERENCES destinations (id))",
        "CREATE INDEX sends_by_edition ON sends (destination, campaign, edition)",
        "CREATE INDEX messages_by_time ON messages (destination, claimed_at)",
    ):
        db.execute(text(statement))
