"""From each schema version of the ledger to the next, once and under the write lock. New ledgers begin at the last.

A step is written in words of its own, not with `tables`: those go on changing, and what a step does must not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import URL

from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger import campaignsteps
from ampenet_sync.ledger.engines import begun, shown
from ampenet_sync.ledger.ordertables import remember_orders
from ampenet_sync.ledger.statustable import remember_statuses

Step = Callable[[Connection], None]


def migrate(engine: Engine, steps: Sequence[Step]) -> None:
    """Bring an older ledger to the version the steps lead to, in one transaction: wholly or not at all."""
    with begun(engine, "write") as db:
        version = version_in(db, engine.url)  # again: whoever had the lock before may have done it
        for step in steps[version - 1 :]:
            step(db)
        db.execute(
            text("UPDATE meta SET value = :version WHERE key = 'schema_version'"),
            {"version": str(max(version, len(steps) + 1))},
        )


def version_in(db: Connection, where: URL) -> int:
    """The schema version, from 1 to the newest. Raises LedgerError `ledger_schema` for any other."""
    version = db.scalar(text("SELECT value FROM meta WHERE key = 'schema_version'"))
    if str(version) in map(str, range(1, SCHEMA_VERSION + 1)):
        return int(version)
    message = f"the ledger at {shown(where)} has schema {version}, this version reads up to {SCHEMA_VERSION}"
    raise LedgerError(message, code="ledger_schema", hint="use the version of ampenet-sync that wrote it")


def _share_the_throttle(db: Connection) -> None:
    """From here on all processes of a token count their calls together; older code, which counts alone, is kept out.

    The slots have tables here on PostgreSQL. On SQLite they are in a file beside the ledger.
    """
    if db.dialect.name != "postgresql":
        return
    for statement in (
        "CREATE TABLE throttles (key VARCHAR NOT NULL PRIMARY KEY, busy INTEGER NOT NULL, taken BIGINT NOT NULL, "
        "learned INTEGER NOT NULL, learned_until FLOAT NOT NULL, quiet_until FLOAT NOT NULL, "
        "campaigns_until FLOAT NOT NULL, used_at FLOAT NOT NULL)",
        "CREATE TABLE throttle_slots (id BIGINT NOT NULL PRIMARY KEY, key VARCHAR NOT NULL, calls INTEGER NOT NULL, "
        "lead BIGINT NOT NULL, free_at FLOAT NOT NULL)",
        "CREATE INDEX throttle_slots_by_time ON throttle_slots (key, free_at)",
        "CREATE TABLE throttle_waits (id BIGINT NOT NULL PRIMARY KEY, key VARCHAR NOT NULL, until FLOAT NOT NULL)",
    ):
        db.execute(text(statement))


def _remember_readings(db: Connection) -> None:
    """From here on a source's end and its quality are remembered. Of an end accepted before, nothing is known."""
    serial = "SERIAL" if db.dialect.name == "postgresql" else "INTEGER NOT NULL"
    for statement in (
        "ALTER TABLE sources ADD COLUMN open_end BOOLEAN",
        f"CREATE TABLE intakes (id {serial} PRIMARY KEY, source VARCHAR NOT NULL, at FLOAT NOT NULL, "
        "digest VARCHAR NOT NULL, rows INTEGER NOT NULL, usable INTEGER NOT NULL, reasons VARCHAR NOT NULL, "
        "countries VARCHAR NOT NULL, consenting INTEGER NOT NULL, shared INTEGER NOT NULL, repaired INTEGER NOT NULL)",
        "CREATE INDEX intakes_by_source ON intakes (source, id)",
    ):
        db.execute(text(statement))


def _fields_as_data(db: Connection) -> None:
    """From here on managed fields are one column of JSON, a change keeps what stood before it, and whoever asks for a
    phone or a key need not read everything. A message whose outcome nobody knows is in doubt, as a change is."""
    json_of = "json_build_object" if db.dialect.name == "postgresql" else "json_object"
    for table in ("contacts", "changes"):
        for statement in (
            f"ALTER TABLE {table} ADD COLUMN fields VARCHAR NOT NULL DEFAULT '{{}}'",
            f"UPDATE {table} SET fields = CAST({json_of}('first_name', first_name, 'last_name', last_name) AS VARCHAR)",  # noqa: S608
            f"ALTER TABLE {table} DROP COLUMN first_name",
            f"ALTER TABLE {table} DROP COLUMN last_name",
        ):
            db.execute(text(statement))
    for statement in (
        "ALTER TABLE changes ADD COLUMN before VARCHAR",
        "UPDATE messages SET state = 'in_doubt' WHERE state = 'unknown'",
        "DROP INDEX contacts_by_key",
        "CREATE INDEX suppressions_by_key ON suppressions (customer_key)",
        *(
            f"CREATE INDEX {table}_by_{short} ON {table} ({column})"
            for table in ("contacts", "changes", "messages")
            for short, column in (("key", "customer_key"), ("phone", "phone"))
        ),
    ):
        db.execute(text(statement))


def _undo_and_explain(db: Connection) -> None:
    """From here on a run says what it worked on, a segment can be held, and a suppression knows who made it."""
    for statement in (
        "ALTER TABLE runs ADD COLUMN subject VARCHAR NOT NULL DEFAULT ''",
        "ALTER TABLE runs ADD COLUMN plan VARCHAR NOT NULL DEFAULT ''",
        "ALTER TABLE suppressions ADD COLUMN added_by VARCHAR NOT NULL DEFAULT ''",
        "CREATE INDEX runs_by_time ON runs (started_at)",
        "CREATE INDEX changes_by_run ON changes (run)",
        "CREATE TABLE holds (destination INTEGER NOT NULL, segment VARCHAR NOT NULL, run VARCHAR NOT NULL, "
        "since FLOAT NOT NULL, UNIQUE (destination, segment), FOREIGN KEY(destination) REFERENCES destinations (id))",
    ):
        db.execute(text(statement))


def _forget_people(db: Connection) -> None:
    """From here on a ledger knows again whom it was told to forget, and not who they were."""
    db.execute(
        text("CREATE TABLE forgotten (hash VARCHAR NOT NULL PRIMARY KEY, secret VARCHAR NOT NULL, at FLOAT NOT NULL)")
    )


def _remember_listings(db: Connection) -> None:
    """From here on it is known when a group was last read whole. Of what was read before, nothing is known."""
    for statement in (
        "ALTER TABLE plans ADD COLUMN read_at FLOAT",
        "CREATE TABLE listings (destination INTEGER NOT NULL, group_uid VARCHAR NOT NULL, read_at FLOAT NOT NULL, "
        "UNIQUE (destination, group_uid), FOREIGN KEY(destination) REFERENCES destinations (id))",
    ):
        db.execute(text(statement))


# The first leads from 1 to 2.
STEPS: tuple[Step, ...] = (
    _share_the_throttle,
    _remember_readings,
    _fields_as_data,
    _undo_and_explain,
    _forget_people,
    _remember_listings,
    remember_statuses,
    remember_orders,
    campaignsteps.remember_deliveries,
    campaignsteps.remember_sends,
)
SCHEMA_VERSION = len(STEPS) + 1
