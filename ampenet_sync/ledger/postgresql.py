"""The schema of PostgreSQL that a ledger lives in, so that it never meets a table of its database's other users.

It is `ampenet`, or what `?schema=` of the address names. Ledgers of earlier versions are in `public` and are moved.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection, Engine, event, inspect, text
from sqlalchemy.engine import URL

from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger import tables as t

SCHEMA, BEFORE = "ampenet", "public"
OPTION = "schema"
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def schema_of(where: URL) -> str | None:
    """None where the address itself sets the search path. Raises LedgerError `ledger_url` for a name that is none."""
    schema = where.query.get(OPTION)
    if schema is None:
        return None if "search_path" in str(where.query.get("options", "")) else SCHEMA
    if not isinstance(schema, str) or not _NAME.fullmatch(schema) or schema.startswith("pg_"):
        message = f"{OPTION} of the ledger's address is no plain name of a schema"
        raise LedgerError(message, code="ledger_url", hint="small letters, digits and _, such as ?schema=shop_ledger")
    return schema


def address(where: URL) -> URL:
    """The address as the driver knows it."""
    return where.difference_update_query([OPTION])


def live_in(engine: Engine, schema: str) -> None:
    """Let every connection look for tables in this schema alone."""

    def look_there(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f'SET search_path TO "{schema}"')
        connection.commit()

    event.listen(engine, "connect", look_there)


def move_in(db: Connection, schema: str, *, make: bool) -> None:
    """Move a ledger that an earlier version left in `public` into the schema; with `make`, make the schema for a new
    one. All in the caller's transaction, under the lock of whoever makes a ledger."""
    names = _left_before(db) if schema != BEFORE else []
    if names or make:
        db.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
    for name in names:
        db.execute(text(f'ALTER TABLE "{BEFORE}"."{name}" SET SCHEMA "{schema}"'))


def _left_before(db: Connection) -> list[str]:
    """The tables of a ledger in `public`; none where `meta` there is somebody else's."""
    there = set(inspect(db).get_table_names(BEFORE))
    if "meta" not in there or {"key", "value"} != {c["name"] for c in inspect(db).get_columns("meta", BEFORE)}:
        return []
    ours = db.scalar(text("SELECT count(*) FROM public.meta WHERE key IN ('ledger_id', 'schema_version')"))
    return sorted(there & {*t.metadata.tables, *t.throttling.tables}) if ours == 2 else []
