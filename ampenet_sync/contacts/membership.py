"""A segment's `members`: the keys that a query names → the customers who have them. `where` is not read here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config import Config, Source, SqlSource
from ampenet_sync.customers.cells import content
from ampenet_sync.customers.intake import Intake
from ampenet_sync.customers.tidy import tidy
from ampenet_sync.customers.written import place
from ampenet_sync.errors import ConfigError, SourceError
from ampenet_sync.sources import Reading, open_batches, source_name

if TYPE_CHECKING:
    from ampenet_sync.customers.keys import Flags


@dataclass(frozen=True)
class Membership:
    """`mask` is true for each customer, in the order of the source, whose key was named; `unknown` counts keys that
    no row of the source has, not even one in quarantine."""

    mask: Flags
    unknown: int


def membership(
    intake: Intake, config: Config, sql: SqlSource, *, segment: str, environ: Mapping[str, str] | None = None
) -> Membership:
    """Ask the database for the keys and find their customers.

    Raises ConfigError `bad_members` where customers have no keys or the query has not one column, SourceError where it
    can't be read, gives no rows (`empty_source`), or no key of it is any row's (`unknown_members`).
    """
    where = place(config.path, "segments", segment, "members")
    if config.customers.key is None:
        hint = "name the column of the source that holds the customers' keys under customers.key"
        raise ConfigError(f"{where}: the customers have no keys", code="bad_members", hint=hint)
    with _naming_segment(where):
        keys = _keys(config, Source(sql=sql), where, environ)
    there = pa.concat_tables(list(intake.pieces(["customer_key"])))["customer_key"]
    mask = pc.is_in(there, keys)
    known = len(there.filter(mask)) + _only_aside(intake, keys, there.filter(mask))
    if not known:
        hint = f"its column must hold what the source's column {config.customers.key} holds"
        message = f"{where}: none of its {len(keys):,} keys is in {intake.identity.name}"
        raise SourceError(message, code="unknown_members", hint=hint)
    return Membership(np.asarray(mask, dtype=bool), len(keys) - known)


def _keys(config: Config, source: Source, where: str, environ: Mapping[str, str] | None) -> pa.Array:
    """The different keys, tidied as customers' keys are; blank ones are nobody's."""
    chunks, reading = [pa.array([], pa.string())], Reading("sql", source_name(source))
    words = config.customers.null_words
    for batch in open_batches(source, folder=config.folder, environ=environ):
        if batch.table.num_columns != 1:
            message = f"{where}: the query has {batch.table.num_columns} columns"
            raise ConfigError(message, code="bad_members", hint="select the customers' keys alone")
        reading.add(batch)
        chunks.append(pc.unique(tidy(content(batch.table.column(0), words))))
    reading.identity()  # no rows are never taken for an empty segment
    keys = pc.unique(pa.chunked_array(chunks))
    return keys.filter(pc.not_equal(keys, "")).cast(pa.large_string())


def _only_aside(intake: Intake, keys: pa.Array, usable: pa.ChunkedArray) -> int:
    """How many of the keys stand in quarantine alone."""
    aside = pc.unique(pa.array(intake.read_quarantine(["customer_key"])["customer_key"], pa.large_string()))
    aside = aside.filter(pc.is_in(aside, keys))
    return len(aside) - int(pc.sum(pc.is_in(aside, usable.combine_chunks())).as_py() or 0)


@contextmanager
def _naming_segment(where: str) -> Iterator[None]:
    """Errors of the source name the segment, not customers.source."""
    try:
        yield
    except SourceError as error:
        hint = error.hint.replace("customers.source.sql", where.rpartition(": ")[2])
        raise SourceError(f"{where}: {error.message}", code=error.code, hint=hint) from None
