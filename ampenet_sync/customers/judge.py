"""Some rows of the source → their customers' columns, or the first reason why not. Which key counts comes later."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.customers.cells import contents
from ampenet_sync.customers.consent import consents
from ampenet_sync.customers.fields import field_texts
from ampenet_sync.customers.regions import read_phones
from ampenet_sync.customers.settings import IntakeSettings
from ampenet_sync.customers.tidy import tidy
from ampenet_sync.customers.typed import read_typed, type_hint
from ampenet_sync.phones import HINTS, Hint
from ampenet_sync.sources import Batch

MAX_NAME = MAX_FIELD = 255

Faults = list[tuple[str, pa.ChunkedArray]]


@dataclass(frozen=True)
class Judged:
    """`own` are the customers' columns; `reason` is "" for a good row, and so are both hints. All as long as the batch.

    A row whose cells can't be told apart or read has no key and no phone. `misfits` are typed columns that aren't
    needed → cells that are not of the type, of good rows and others; none where there are none.
    """

    own: pa.Table
    reason: pa.Array
    hint: pa.Array
    hint_sw: pa.Array
    misfits: dict[str, int]


def judge(settings: IntakeSettings, batch: Batch, *, needed: frozenset[str]) -> Judged:
    """Read each row's phone, names, fields and types; of several faults the first in the order of `HINTS` is named.

    `needed` are the typed columns in which a cell that doesn't fit is a fault (see `needed_columns`).
    """
    mapped = settings.customers
    read_so = {column for key, column in mapped.columns().items() if key not in ("consent", "opted_out")}
    table = contents(batch.table, read_so, mapped.null_words)  # those two keep the words that their lists may hold
    phones, bad_region = read_phones(settings, table)
    first, last = _name(table, mapped.first_name), _name(table, mapped.last_name)
    key = tidy(table[mapped.key]) if mapped.key else pa.chunked_array([phones.phone])
    fields = field_texts(table, mapped, zone=settings.time_zone)
    faults = [
        ("missing_key", pc.equal(key, "")),
        ("name_too_long", pc.or_(_longer(first, MAX_NAME), _longer(last, MAX_NAME))),
        *(("field_too_long", _longer(text, MAX_FIELD)) for text in fields.values()),
        ("bad_region", bad_region),
    ]
    bad_types = _bad_types(settings, table)
    misfits = {name: pc.sum(bad).as_py() or 0 for name, bad in bad_types.items() if name not in needed}
    faulty = [(type_hint(name, mapped.types[name]), bad) for name, bad in bad_types.items() if name in needed]
    row_fault = _blank(table.num_rows) if batch.faults is None else batch.faults
    reason = pc.if_else(pc.equal(row_fault, ""), phones.reason, row_fault)
    own = {"customer_key": key, "phone": phones.phone, "first_name": first, "last_name": last}
    own |= {"consent": consents(batch.table, mapped), **fields}
    reasons = _first_fault(reason, faults, faulty)
    return Judged(pa.table(own), *reasons, {name: count for name, count in misfits.items() if count})


def _name(table: pa.Table, column: str | None) -> pa.ChunkedArray:
    return tidy(table[column]) if column else _everywhere(table, "")


def _longer(text: pa.ChunkedArray, most: int) -> pa.ChunkedArray:
    return pc.greater(pc.utf8_length(text), most)


def _everywhere(table: pa.Table, value: str | bool) -> pa.ChunkedArray:
    return pa.chunked_array([pa.repeat(value, table.num_rows)])


def _bad_types(settings: IntakeSettings, table: pa.Table) -> dict[str, pa.ChunkedArray]:
    """For each typed column the rows whose cell is not of its type."""
    types, zone = settings.customers.types.items(), settings.time_zone
    return {name: read_typed(table[name], kind, zone=zone).bad for name, kind in types if kind != "text"}


def _first_fault(
    phone_reason: pa.Array, faults: Faults, bad_types: list[tuple[Hint, pa.ChunkedArray]]
) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Each row's first reason, and its sentence in English and in Swahili."""
    typed = [("bad_type", mask) for _, mask in bad_types]
    reason = reduce(lambda so_far, fault: _fill(so_far, fault[1], fault[0]), [*faults, *typed], phone_reason)
    only_type = pc.equal(reason, "bad_type")
    columns = [reason]
    for language in range(len(Hint._fields)):
        sentences = [(hint[language], mask) for hint, mask in bad_types]
        special = reduce(lambda so_far, fault: _fill(so_far, fault[1], fault[0]), sentences, _blank(len(reason)))
        columns.append(pc.if_else(only_type, special, _sentences(reason, language)))
    return columns[0], columns[1], columns[2]


def _sentences(reason: pa.Array, language: int) -> pa.Array:
    codes = pa.array(["", *HINTS], pa.string())
    return pa.array(["", *(hint[language] for hint in HINTS.values())], pa.string()).take(pc.index_in(reason, codes))


def _fill(so_far: pa.Array, mask: pa.ChunkedArray | pa.Array, value: str) -> pa.Array:
    filled = pc.if_else(pc.and_(pc.equal(so_far, ""), mask), value, so_far)
    return filled.combine_chunks() if isinstance(filled, pa.ChunkedArray) else filled


def _blank(rows: int) -> pa.Array:
    return pa.repeat("", rows)
