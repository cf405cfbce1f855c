"""What the ledger keeps of campaigns beside their messages: sends with their balances, and statuses that were
read back. No queries.

A change here needs a step in `campaignsteps`. No phone stands in any of these tables.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from ampenet_sync.ledger.tables import messages, metadata

# What the platform said became of a message, when it was last asked. `status` is its word, cut down; "" where it lists
# no such message. `parts` are those it billed, where it says so. `reading` is the number of the reading that asked.
deliveries = Table(
    "deliveries",
    metadata,
    Column("message", Integer, ForeignKey("messages.id"), primary_key=True),
    Column("status", String, nullable=False),
    Column("parts", Integer),
    Column("read_at", Float, nullable=False),
    Column("reading", Integer, nullable=False),
)

# The newest reading of an edition's statuses, so that one that stopped early is gone on with. `everything`: final
# statuses are asked for once more, too.
delivery_readings = Table(
    "delivery_readings",
    metadata,
    Column("destination", Integer, ForeignKey("destinations.id"), nullable=False),
    Column("campaign", String, nullable=False),
    Column("edition", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("began_at", Float, nullable=False),
    Column("ended_at", Float),
    Column("everything", Boolean, nullable=False),
    UniqueConstraint("destination", "campaign", "edition"),
)

# One run that sent an edition: to which segment, from whom, and what the account held before and after, where it was
# asked. `units` is empty where the balance is no number; `paused` says why it stopped early, "" where it didn't.
sends = Table(
    "sends",
    metadata,
    Column("run", String, ForeignKey("runs.id"), primary_key=True),
    Column("destination", Integer, ForeignKey("destinations.id"), nullable=False),
    Column("campaign", String, nullable=False),
    Column("edition", String, nullable=False),
    Column("segment", String, nullable=False),
    Column("sender_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("started_at", Float, nullable=False),
    Column("balance_before", String),
    Column("units_before", Float),
    Column("ended_at", Float),
    Column("balance_after", String),
    Column("units_after", Float),
    Column("paused", String),
    Index("sends_by_edition", "destination", "campaign", "edition"),
)

# What was sent within a month, or lately, is asked for at each claim.
Index("messages_by_time", messages.c.destination, messages.c.claimed_at)
