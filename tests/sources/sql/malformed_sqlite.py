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


def sqlite_file(*, rows: int = 5_000) -> bytes:
    """A sound file with so many customers."""
    many = f"with recursive n(i) as (select 0 union all select i + 1 from n where i < {rows - 1}) select i from n"
    values = f"select i, printf('0712%06d', i), 'Asha Juma of Dodoma' from ({many}) where {rows} > 0"
    create = "create table customers (id integer primary key, phone text, name text)"
    return database(create, f"insert into customers {values}")


def malformed_sqlite() -> dict[str, bytes]:
    """Each must end in one clear SourceError when table customers is read."""
    many = "insert into customers with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000)"
    good = database("create table customers (id text, phone text)", many + " select 'k' || i, '0712' || i from n")
    return {
        "empty.db": b"",
        "text.db": b"id,phone\n1,2\n",
        "noise.db": random.Random(3).randbytes(20_000),
        "half.db": good[: len(good) // 2],
        "last_page_gone.db": good[:-4096],
        "page_of_zeros.db": good[:40_960] + bytes(4096) + good[45_056:],
        "header_of_zeros.db": b"SQLite format 3\0" + bytes(84),
        "header_only.db": good[:100],
        "page_of_noise.db": good[:8192] + random.Random(4).randbytes(4096 * 10) + good[8192 + 40_960 :],
        "other_table.db": database("create table clients (id text)"),
        "no_rows.db": database("create table customers (id text)"),
        "photo.db": database("create table customers (id text, photo blob)", "insert into customers values (1, x'ff')"),
    }
