"""The ledger's tables: what they hold and what may never stand in them twice. No queries.

A change here needs a step in `migrations`. Times are epoch seconds (UTC) of the ledger's clock. Every row but a
suppression or of somebody forgotten belongs to one destination: who asked never to be texted asked so for all of them.
What is known of a source is the same for all of them, too.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

metadata = MetaData()

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", String, nullable=False))

destinations = Table(
    "destinations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("host", String, nullable=False),
    Column("account", String, nullable=False),
    UniqueConstraint("host", "account"),
)


def destination_column() -> Column[int]:
    return Column("destination", Integer, ForeignKey("destinations.id"), nullable=False)


runs = Table(
    "runs",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("host", String, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started_at", Float, nullable=False),
    Column("ended_at", Float),  # from here on it sends nothing any more; a killed run has none
    Column("subject", String, nullable=False),  # the segment or the campaign; of runs before version 5 ""
    Column("plan", String, nullable=False),  # the digest of the last plan it carried out, "" where it did none
    Index("runs_by_time", "started_at"),
)

# Who works on a group or a campaign right now. A live holder keeps others out; a dead one is replaced.
leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("run", String, ForeignKey("runs.id"), nullable=False),
    Column("since", Float, nullable=False),
    Column("until", Float, nullable=False),
)

# The group a segment is kept in, pinned by uid once it was seen.
groups = Table(
    "groups",
    metadata,
    destination_column(),
    Column("segment", String, nullable=False),
    Column("uid", String, nullable=False),
    Column("name", String, nullable=False),
    UniqueConstraint("destination", "segment"),
    UniqueConstraint("destination", "uid"),
)

# When the last complete reading of a group began whose contacts are all linked that match a customer.
listings = Table(
    "listings",
    metadata,
    destination_column(),
    Column("group_uid", String, nullable=False),
    Column("read_at", Float, nullable=False),
    UniqueConstraint("destination", "group_uid"),
)

# Links: customer key ↔ uid ↔ phone, and the values we last wrote or saw. state: live | gone (somebody removed it there,
# as we saw when we asked for it) | deleted (by us).
# `fields` is JSON: managed field → text, such as {"first_name":"Asha","CITY":"Dodoma"}; here and in changes.
contacts = Table(
    "contacts",
    metadata,
    Column("id", Integer, primary_key=True),
    destination_column(),
    Column("group_uid", String, nullable=False),
    Column("uid", String, nullable=False),
    Column("customer_key", String, nullable=False),
    Column("phone", String, nullable=False),
    Column("fields", String, nullable=False),
    Column("owned", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("written_at", Float, nullable=False),
    UniqueConstraint("destination", "group_uid", "uid"),
    Index("contacts_by_key", "customer_key"),
    Index("contacts_by_phone", "phone"),
)

# state: open | applied | overtaken (another plan of the segment was begun after it); superseded in ledgers of an
# earlier version, where it means open
plans = Table(
    "plans",
    metadata,
    destination_column(),
    Column("digest", String, nullable=False),
    Column("segment", String, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("state", String, nullable=False),
    Column("read_at", Float),  # when the reading of the group began that it was made from; none: the ledger
    UniqueConstraint("destination", "digest"),
)

# One change of a plan that was begun. state: planned (given back) | claimed | done | refused | in_doubt
# `phone` and `fields` are what it leads to (of a delete: what it removes); `before` is JSON of phone and fields as they
# were last seen, none for a create.
changes = Table(
    "changes",
    metadata,
    Column("id", Integer, primary_key=True),
    destination_column(),
    Column("plan", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("group_uid", String, nullable=False),
    Column("change", String, nullable=False),
    Column("uid", String),
    Column("customer_key", String, nullable=False),
    Column("phone", String, nullable=False),
    Column("fields", String, nullable=False),
    Column("before", String),
    Column("owned", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("run", String, ForeignKey("runs.id"), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("send_before", Float, nullable=False),
    Column("claimed_at", Float, nullable=False),
    Column("finished_at", Float),
    Column("code", String),
    UniqueConstraint("destination", "plan", "position"),
    Index("changes_by_key", "customer_key"),
    Index("changes_by_phone", "phone"),
    Index("changes_by_run", "run"),
)

_OPEN = text("state IN ('claimed', 'in_doubt')")
_OPEN_WITH_UID = text("state IN ('claimed', 'in_doubt') AND uid IS NOT NULL")
Index(
    "one_open_claim_for_a_phone",
    changes.c.destination,
    changes.c.group_uid,
    changes.c.phone,
    unique=True,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
Index(
    "one_open_claim_for_a_contact",
    changes.c.destination,
    changes.c.group_uid,
    changes.c.uid,
    unique=True,
    sqlite_where=_OPEN_WITH_UID,
    postgresql_where=_OPEN_WITH_UID,
)

# A segment in which a run was undone: no other plan changes its group until somebody releases it.
holds = Table(
    "holds",
    metadata,
    destination_column(),
    Column("segment", String, nullable=False),
    Column("run", String, nullable=False),  # the run that was undone
    Column("since", Float, nullable=False),
    UniqueConstraint("destination", "segment"),
)

# A phone, a customer key or both that may never be created or messaged, and who said so, "" where nobody knows.
suppressions = Table(
    "suppressions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("phone", String, nullable=False),
    Column("customer_key", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("added_by", String, nullable=False),
    Column("created_at", Float, nullable=False),
    UniqueConstraint("phone", "customer_key"),
    Index("suppressions_by_key", "customer_key"),
)

# Who was forgotten: a keyed hash of a phone or of a customer key. `secret` tells which key, without telling the key.
forgotten = Table(
    "forgotten",
    metadata,
    Column("hash", String, primary_key=True),
    Column("secret", String, nullable=False),
    Column("at", Float, nullable=False),
)

# How many customers the source held when a plan from it was last begun: what "shrunken" is measured against.
sources = Table(
    "sources",
    metadata,
    Column("name", String, primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("seen_at", Float, nullable=False),
    Column("open_end", Boolean),  # whether its last line lacked the line break; of before version 3 nobody knows
)

# What a source was like at each reading a plan was made from. Counts only: no row here says anything of one person.
intakes = Table(
    "intakes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("digest", String, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("usable", Integer, nullable=False),
    Column("reasons", String, nullable=False),  # JSON: reason → rows
    Column("countries", String, nullable=False),  # JSON: ISO code → customers
    Column("consenting", Integer, nullable=False),
    Column("shared", Integer, nullable=False),  # customers whose phone another customer has too
    Column("repaired", Integer, nullable=False),
    Index("intakes_by_source", "source", "id"),
)

audiences = Table(
    "audiences",
    metadata,
    destination_column(),
    Column("digest", String, nullable=False),
    Column("campaign", String, nullable=False),
    Column("edition", String, nullable=False),
    Column("created_at", Float, nullable=False),
    UniqueConstraint("destination", "digest"),
)

# An edition that was begun: which audience, and where GET /sms ended before its first message.
editions = Table(
    "editions",
    metadata,
    destination_column(),
    Column("campaign", String, nullable=False),
    Column("edition", String, nullable=False),
    Column("audience", String, nullable=False),
    Column("baseline_uid", String, nullable=False),
    Column("started_at", Float, nullable=False),
    UniqueConstraint("destination", "campaign", "edition"),
)

# One message to one number. state: planned (given back) | claimed | sent | refused | in_doubt | expired
messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    destination_column(),
    Column("campaign", String, nullable=False),
    Column("edition", String, nullable=False),
    Column("phone", String, nullable=False),
    Column("customer_key", String, nullable=False),
    Column("audience", String, nullable=False),
    Column("text", String, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("run", String, ForeignKey("runs.id"), nullable=False),
    Column("send_before", Float, nullable=False),
    Column("claimed_at", Float, nullable=False),
    Column("finished_at", Float),
    Column("uid", String),
    Column("code", String),
    UniqueConstraint("destination", "campaign", "edition", "phone"),
    Index("messages_by_uid", "destination", "uid"),
    Index("messages_by_key", "customer_key"),
    Index("messages_by_phone", "phone"),
)

# What the shared throttle counts with. On SQLite these stand in a file of their own.
throttling = MetaData()

# One token's slots in sum. `key` is a digest, the token stands nowhere.
throttles = Table(
    "throttles",
    throttling,
    Column("key", String, primary_key=True),
    Column("busy", Integer, nullable=False),  # calls in throttle_slots
    Column("taken", BigInteger, nullable=False),  # calls ever put there and not given back
    Column("learned", Integer, nullable=False),  # a lower limit the platform named, believed for a while
    Column("learned_until", Float, nullable=False),
    Column("quiet_until", Float, nullable=False),  # the platform wants nothing from anybody
    Column("campaigns_until", Float, nullable=False),  # after that no campaign waits, without looking
    Column("used_at", Float, nullable=False),
)

# One permitted call each, or `calls` of somebody who uses the token beside us. Free again at `free_at`.
throttle_slots = Table(
    "throttle_slots",
    throttling,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", String, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("lead", BigInteger, nullable=False),  # busy minus taken as it was then: tells who else uses the token
    Column("free_at", Float, nullable=False),
    Index("throttle_slots_by_time", "key", "free_at"),
)

# A campaign that waits for a slot; a dead one's mark runs out.
throttle_waits = Table(
    "throttle_waits",
    throttling,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", String, nullable=False),
    Column("until", Float, nullable=False),
)
