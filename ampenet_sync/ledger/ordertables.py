"""Tables of what people ordered about campaigns: approvals for a later time, pauses, cancellations. No queries.

The step that brings older ledgers to them stands here too, in words of its own.
"""

from __future__ import annotations

from sqlalchemy import Column, Connection, Float, Index, Integer, String, Table, text

from ampenet_sync.ledger.tables import destination_column, metadata

# A person's yes to one audience at one time. Of several for an edition the newest counts.
approvals = Table(
    "approvals",
    metadata,
    Column("id", Integer, primary_key=True),
    destination_column(),
    Column("campaign", String, nullable=False),
    Column("edition", String, nullable=False),
    Column("audience", String, nullable=False),
    Column("approved_by", String, nullable=False),
    Column("approved_at", Float, nullable=False),
    Column("send_at", Float, nullable=False),
    Column("due_at", Float),  # when it may be started by itself; none once it was, the end of quiet hours after those
    Index("approvals_by_campaign", "destination", "campaign", "edition"),
)

# what: pause | resume (of the campaign, whatever its edition, which is "" there) | cancel (of one edition)
orders = Table(
    "orders",
    metadata,
    Column("id", Integer, primary_key=True),
    destination_column(),
    Column("campaign", String, nullable=False),
    Column("edition", String, nullable=False),
    Column("what", String, nullable=False),
    Column("ordered_by", String, nullable=False),
    Column("at", Float, nullable=False),
    Index("orders_by_campaign", "destination", "campaign"),
)


def remember_orders(db: Connection) -> None:
    """From here on a campaign can be approved for later, paused and cancelled."""
    serial = "SERIAL" if db.dialect.name == "postgresql" else "INTEGER NOT NULL"
    common = f"(id {serial} PRIMARY KEY, destination INTEGER NOT NULL REFERENCES destinations (id), "
    for statement in (
        f"CREATE TABLE approvals {common} campaign VARCHAR NOT NULL, edition VARCHAR NOT NULL, "
        "audience VARCHAR NOT NULL, approved_by VARCHAR NOT NULL, approved_at FLOAT NOT NULL, send_at FLOAT NOT NULL, "
        "due_at FLOAT)",
        "CREATE INDEX approvals_by_campaign ON approvals (destination, campaign, edition)",
        f"CREATE TABLE orders {common} campaign VARCHAR NOT NULL, edition VARCHAR NOT NULL, what VARCHAR NOT NULL, "
        "ordered_by VARCHAR NOT NULL, at FLOAT NOT NULL)",
        "CREATE INDEX orders_by_campaign ON orders (destination, campaign)",
    ):
        db.execute(text(statement))
