"""The phones that an edition has reached, as an Arrow column: none of them is ever an object in Python.

SQLite joins some thousands of them into one text, in the order of the index by which they are asked for; PostgreSQL
copies them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.csv
from sqlalchemy import Connection, text

from ampenet_sync.ledger.database import Ledger
from ampenet_sync.ledger.linktable import copied
from ampenet_sync.ledger.messages import Edition

IN_ONE_TEXT = 50_000  # phones, of SQLite: some 650 kB
SCHEMA = pa.schema([("phone", pa.string())])

_SQLITE = text(
    """
    SELECT CAST(group_concat(phone, char(10)) AS BLOB) AS phones, max(phone) AS last
    FROM (
        SELECT phone FROM messages
        WHERE destination = :destination AND campaign = :campaign AND edition = :edition AND phone > :last
            AND state <> 'planned'
        ORDER BY phone LIMIT :count
    )
    """
)
_POSTGRESQL = (
    "COPY (SELECT phone FROM messages WHERE destination = {} AND campaign = {} AND edition = {} "
    "AND state <> 'planned') TO STDOUT (FORMAT csv)"
)


def messaged_phones(ledger: Ledger, edition: Edition) -> pa.ChunkedArray:
    """Everybody who was claimed in this edition, whatever became of it; each phone once."""
    of = (edition.destination, edition.campaign, edition.name)
    with ledger.read() as db:
        postgresql = db.dialect.name == "postgresql"
        pieces = copied(db, _POSTGRESQL, *of) if postgresql else _from_sqlite(db, edition)
        tables = [_parsed(piece) for piece in pieces]
    return pa.concat_tables([SCHEMA.empty_table(), *tables])["phone"]


def _from_sqlite(db: Connection, edition: Edition) -> Iterator[bytes]:
    of = {"destination": edition.destination, "campaign": edition.campaign, "edition": edition.name}
    last: str | None = ""
    while last is not None:
        phones, last = db.execute(_SQLITE, {**of, "last": last, "count": IN_ONE_TEXT}).one()
        if phones:
            yield phones


def _parsed(lines: bytes) -> pa.Table:
    return pyarrow.csv.read_csv(
        io.BytesIO(lines),
        read_options=pyarrow.csv.ReadOptions(column_names=SCHEMA.names, block_size=len(lines) + 1, use_threads=False),
        convert_options=pyarrow.csv.ConvertOptions(column_types=SCHEMA, strings_can_be_null=False),
    )
