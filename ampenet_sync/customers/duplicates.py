"""Rows of one key → the one that counts; the others leave the customers for quarantine. The rest is only copied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ampenet_sync.customers.aside import quarantine_rows
from ampenet_sync.customers.winners import Rule, winners
from ampenet_sync.files.growing import Growing
from ampenet_sync.phones import HINTS, Hint

if TYPE_CHECKING:
    from ampenet_sync.customers.keys import Flags, Numbers

_PLACE = ["customer_key", "source_file", "source_line"]
_WINNER = Hint(" The one that counts is {0}.", " Inayohesabiwa ni {0}.")
_WINNER_ASIDE = Hint(
    " The one that counts is {0}, and it is quarantined too: repair that one.",
    " Inayohesabiwa ni {0}, nayo pia imewekwa kando: rekebisha hiyo.",
)


@dataclass(frozen=True)
class Losers:
    """The numbers, ascending, of good rows whose key another row has, and what a clerk is told of each."""

    rows: Numbers
    hint: pa.Array
    hint_sw: pa.Array


def find_losers(customers: Growing, quarantine: Growing, suspects: Numbers, *, good: Flags, rule: Rule) -> Losers:
    """Compare the keys of the suspect rows of the two closed files. `good` is true for each row that is a customer.

    A row that is quarantined for another reason competes too: if it is the one that counts, its key has no customer,
    rather than one with the values of a row that doesn't count.
    """
    rows = _suspect_rows(customers, quarantine, suspects, good, rule).sort_by("row")
    claims = np.asarray(rows["customer_key"].combine_chunks().dictionary_encode().indices, dtype=np.int64)
    chosen = winners(claims, rule, values=rows[rule.column].cast(pa.string()) if rule.column else None)
    numbers = np.asarray(rows["row"], dtype=np.int64)
    lost = good[numbers] & (chosen[claims] != np.arange(len(claims)))
    winner = chosen[claims[lost]]
    hints = _hints(rows.take(pa.array(winner)), good[numbers[winner]])
    return Losers(numbers[lost], *hints)


def move_losers(
    customers: Growing, losers: Losers, good: Flags, *, to: tuple[Growing, Growing], leaving: Callable[[pa.Table], None]
) -> None:
    """Copy the closed customers' file into the first new one without the losers; they are added to the second.

    `leaving` is told of them, as the rows of customers that they were.
    """
    kept, aside = to
    numbers, start = np.flatnonzero(good), 0
    reading = pq.ParquetFile(customers.path)
    kept.write(reading.schema_arrow.empty_table())
    for group in range(reading.num_row_groups):
        table = reading.read_row_group(group)
        here = numbers[start : start + table.num_rows]
        start += table.num_rows
        mask = np.isin(here, losers.rows, assume_unique=True)
        kept.write(table.filter(pa.array(~mask)) if mask.any() else table)
        if mask.any():
            at = slice(*np.searchsorted(losers.rows, [here[0], here[-1] + 1]))
            hints = {"hint": losers.hint[at], "hint_sw": losers.hint_sw[at]}
            lost = table.filter(pa.array(mask))
            leaving(lost)
            aside.write(quarantine_rows(lost, "duplicate_key", **hints))


def copy_all(old: Growing, new: Growing) -> None:
    """The closed file's rows, a row group at a time."""
    reading = pq.ParquetFile(old.path)
    new.write(reading.schema_arrow.empty_table())
    for group in range(reading.num_row_groups):
        new.write(reading.read_row_group(group))


def _suspect_rows(customers: Growing, quarantine: Growing, suspects: Numbers, good: Flags, rule: Rule) -> pa.Table:
    """Key, place and the rule's column of the suspect rows of both files, with their number in the source."""
    columns = [*_PLACE, rule.column] if rule.column else _PLACE
    tables = []
    for file, numbers in ((customers, np.flatnonzero(good)), (quarantine, np.flatnonzero(~good))):
        start, reading = 0, pq.ParquetFile(file.path)
        for group in range(reading.num_row_groups):
            here = numbers[start : start + reading.metadata.row_group(group).num_rows]
            start += len(here)
            mask = np.isin(here, suspects, assume_unique=True)
            if mask.any():
                table = reading.read_row_group(group, columns=columns).select(columns).filter(pa.array(mask))
                tables.append(table.append_column("row", pa.array(here[mask])))
    return pa.concat_tables(tables)


def _hints(winners: pa.Table, good: Flags) -> tuple[pa.Array, pa.Array]:
    """`… The one that counts is customers.csv:17.` in both languages."""
    line = winners["source_line"].cast(pa.large_string())
    place = pc.binary_join_element_wise(winners["source_file"], line, pa.scalar(":", pa.large_string()))
    hints = []
    for language, lead in enumerate(HINTS["duplicate_key"]):
        usual, aside = ((lead + tail[language]).split("{0}") for tail in (_WINNER, _WINNER_ASIDE))
        texts = [_around(place, *parts) for parts in (usual, aside)]
        hints.append(pc.if_else(pa.array(good), *texts).combine_chunks())
    return hints[0], hints[1]


def _around(middle: pa.ChunkedArray, before: str, after: str) -> pa.ChunkedArray:
    parts = [pa.scalar(text, pa.large_string()) for text in (before, after, "")]
    return pc.binary_join_element_wise(parts[0], middle, parts[1], parts[2])
