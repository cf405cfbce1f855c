"""SQLite files that are broken, cut off or hold no text table, made in code: name → bytes."""

from __future__ import annotations

import random
import sqlite3


def database(*statements: str) -> bytes:
    connection = sqlite3.connect(":memory:")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    data = connection.serialize()
    connection.close()
    return data


def malformed_sqlite() -> dict[str, bytes]:
    """Each must end in one clear SourceError when table customers is read."""
    many = "insert into customers with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000)"
    good = database("create table customers (id text, phone text)", many + " select 'k' || i, '0712' || i from n")
    return {
        "empty.db": b"",
        "text.db": b"id,phone\n1,2\n",
        "noise.db": random.Random(3).randbytes(20_000),
        "half.db": good[: len(good) // 2],
        "header_only.db": good[:100],
        "page_of_noise.db": good[:8192] + random.Random(4).randbytes(4096 * 10) + good[8192 + 40_960 :],
        "other_table.db": database("create table clients (id text)"),
        "no_rows.db": database("create table customers (id text)"),
        "photo.db": database("create table customers (id text, photo blob)", "insert into customers values (1, x'ff')"),
    }
