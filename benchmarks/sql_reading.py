"""A million customers from PostgreSQL as batches of text, against pandas: CPU, memory, and the same with SQLite.

python benchmarks/sql_reading.py [ROWS]
"""

from __future__ import annotations

import functools
import os
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import sqlalchemy as sa
from measure import compare, show

from ampenet_sync.config import Source
from ampenet_sync.sources import open_batches, sql  # noqa: F401 - imported before anything is measured

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
POSTGRES = os.environ.get("AMPENET_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/test")
PEOPLE = {
    "postgresql": "select i as id, '0712' || lpad(mod(i, 1000000)::text, 6, '0') as phone, 'Asha ' || i as first,"
    " 'Juma' as last, now() - i * interval '1 second' as joined, mod(i, 977)::numeric(12, 2) as points"
    " from generate_series(1, {rows}) as i",
    "sqlite": "with recursive n(i) as (select 1 union all select i + 1 from n where i < {rows})"
    " select i as id, printf('0712%06d', i % 1000000) as phone, 'Asha ' || i as first, 'Juma' as last,"
    " '2026-11-22' as joined, i % 977 as points from n",
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, url in (("PostgreSQL", POSTGRES), ("SQLite", f"sqlite:///{Path(folder) / 'c.db'}")):
            try:
                with _table(url) as table:
                    ours, peer = compare(functools.partial(_ours, url, table), functools.partial(_peer, url, table))
            except sa.exc.OperationalError:
                print(f"\n{name} does not answer")
                continue
            title = f"{ROWS:,} rows of six columns from {name}"
            show(title, ours, peer, peer_name="pandas.read_sql, chunks of 10,000")
    print("  aim: memory that doesn't grow with the rows")


@contextmanager
def _table(url: str) -> Iterator[str]:
    name = f"bench_{uuid.uuid4().hex[:8]}"
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    people = PEOPLE[engine.dialect.name].format(rows=ROWS)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"create table {name} as {people}")
    try:
        yield name
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"drop table {name}")


def _ours(url: str, table: str) -> None:
    source = Source.model_validate({"sql": {"url": url, "table": table}})
    rows = sum(batch.table.num_rows for batch in open_batches(source, folder=Path(), environ={}))
    assert rows == ROWS


def _peer(url: str, table: str) -> None:
    """What one would write: a server-side cursor, and every column as text."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect().execution_options(stream_results=True) as connection:
        chunks = pd.read_sql(f"select * from {table}", connection, chunksize=10_000)
        assert sum(len(chunk.astype("string")) for chunk in chunks) == ROWS


if __name__ == "__main__":
    main()
