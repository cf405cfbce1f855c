"""An audience's texts on their way out: a table, of which only the next few are ever objects in Python."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.campaigns.audience import AudienceFile, stands_against
from ampenet_sync.contacts import Holders
from ampenet_sync.customers.cells import texts
from ampenet_sync.ledger import Suppressed
from ampenet_sync.ledger.messages import Draft

COLUMNS = ("phone", "customer_key", "text", "billed")  # in the order of a Draft
AT_ONCE = 1_000  # drafts that are made in one go


def drafts_of(audience: AudienceFile) -> pa.Table:
    """Columns phone, customer_key, text and billed of all who get a message; each phone once."""
    recipients = audience.recipients
    columns = {name: texts(recipients[name]) for name in COLUMNS[:-1]}
    return pa.table({**columns, "billed": pa.array(recipients["billed"], pa.int64())})


def drafts_in(table: pa.Table) -> Iterator[Draft]:
    for batch in table.to_batches(max_chunksize=AT_ONCE):
        yield from map(Draft, *(batch.column(name).to_pylist() for name in COLUMNS))


def pairs_in(table: pa.Table) -> Iterator[tuple[str, str]]:
    """(phone, text) of each."""
    for batch in table.to_batches(max_chunksize=AT_ONCE):
        yield from zip(batch.column("phone").to_pylist(), batch.column("text").to_pylist(), strict=True)


def left_of(table: pa.Table, messaged: pa.ChunkedArray) -> pa.Table:
    """Those whose phone is not among the messaged ones."""
    return table.filter(pc.invert(pc.is_in(table["phone"], messaged)))


def allowed_of(table: pa.Table, holders: Holders, *, suppressed: Suppressed, kind: str) -> pa.Table:
    """Those whom consent, opt-outs and suppressions let through as they are now; `kind` is the campaign's."""
    left = holders.opted_out()
    off = stands_against(table["phone"], holders.everybody(), suppressed=suppressed, opted_out=left, kind=kind)
    keys = pa.array(sorted(suppressed.keys | left.keys), pa.string())  # of customers who have another phone by now
    return table.filter(pc.invert(reduce(pc.or_, off.values(), pc.is_in(table["customer_key"], keys))))
