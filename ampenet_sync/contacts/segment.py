"""Customers → the members of one segment. DuckDB judges the rows by `where`; it reaches no file and no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config import Config
from ampenet_sync.config.headings import heading
from ampenet_sync.contacts.desired import CONTACT_COLUMNS
from ampenet_sync.contacts.membership import membership
from ampenet_sync.customers.aside import SOURCE
from ampenet_sync.customers.cells import content
from ampenet_sync.customers.intake import Intake, frame
from ampenet_sync.customers.needed import check_fits
from ampenet_sync.customers.settings import settings_of
from ampenet_sync.customers.typed import read_typed
from ampenet_sync.customers.winners import rule_of
from ampenet_sync.customers.written import nearest, place
from ampenet_sync.errors import ConfigError, sayable
from ampenet_sync.sources import numbered_twins
from ampenet_sync.where.cost import Fault
from ampenet_sync.where.read import RUN_DATE, closed_connection
from ampenet_sync.where.run import Judge

if TYPE_CHECKING:
    from ampenet_sync.customers.keys import Numbers


@dataclass(frozen=True)
class Chosen:
    """The members of a segment, in the order of the source, with the columns that were asked for.

    `unknown` counts the keys that the segment's `members` named and no row of the source has. `constant`: `where` names
    no column, so it says the same of every customer.
    """

    members: pd.DataFrame
    unknown: int = 0
    constant: bool = False

    def __len__(self) -> int:
        return len(self.members)


@dataclass(frozen=True)
class ChosenRows:
    """Which customers are members: their row numbers in the intake, from 0 and ascending; None for all of them.

    `unknown` and `constant` are as in `Chosen`.
    """

    intake: Intake
    numbers: Numbers | None
    unknown: int = 0
    constant: bool = False

    def __len__(self) -> int:
        return self.intake.usable if self.numbers is None else len(self.numbers)

    def read(self, columns: Sequence[str]) -> pa.Table:
        """These columns of the members."""
        if self.numbers is None:
            return pa.concat_tables(list(self.intake.pieces(columns)))
        pieces, start = [], 0
        for piece in self.intake.pieces(columns):
            begin, end = np.searchsorted(self.numbers, (start, start + piece.num_rows))
            pieces.append(piece.take(pa.array(self.numbers[begin:end] - start)))
            start += piece.num_rows
        return pa.concat_tables(pieces)


def contact_columns(config: Config) -> list[str]:
    """The customers' columns from which contacts are made."""
    rule = rule_of(settings_of(config))
    return [*CONTACT_COLUMNS, *([rule.column] if rule.column else [])]


def select_members(
    intake: Intake,
    config: Config,
    *,
    segment: str,
    run_date: date,
    columns: Sequence[str] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Chosen:
    """The customers for whom the segment's `where` is true, or whose keys its `members` name; all without either.

    Read are only the columns needed: `columns` (None: `contact_columns`) and those `where` names. There a column is
    the source's own: text, or as typed in customers.types (blank is NULL there, and a null word is NULL in both);
    `run_date` is a DATE. Raises ConfigError `bad_where` for anything but an expression about one row, SourceError
    `other_reading` (see `check_fits`), and whatever `membership` raises.
    """
    rows = choose_rows(intake, config, segment=segment, run_date=run_date, environ=environ)
    members = frame(rows.read(list(columns or contact_columns(config))))
    return Chosen(members, rows.unknown, rows.constant)


def choose_rows(
    intake: Intake, config: Config, *, segment: str, run_date: date, environ: Mapping[str, str] | None = None
) -> ChosenRows:
    """The same, but only which rows they are."""
    check_fits(settings_of(config), intake)
    settings = config.segments[segment]
    if settings.members is not None:
        named = membership(intake, config, settings.members.sql, segment=segment, environ=environ)
        return ChosenRows(intake, np.flatnonzero(named.mask), named.unknown)
    if settings.where is None:
        return ChosenRows(intake, None)
    return _filtered(intake, config, settings.where, segment=segment, run_date=run_date)


def _filtered(intake: Intake, config: Config, where: str, *, segment: str, run_date: date) -> ChosenRows:
    there = [name.removeprefix(SOURCE) for name in intake.column_names() if name.startswith(SOURCE)]
    connection = closed_connection(config.time_zone)
    try:
        judge = Judge(where, connection)
        chosen = _columns(judge.names, there)
        needed = [f"{SOURCE}{name}" for name in chosen.values() if name != RUN_DATE]
        kept, start = [np.empty(0, np.int64)], 0
        for piece in intake.pieces(list(dict.fromkeys(needed or ["customer_key"]))):
            kept.append(start + judge.kept(_table(piece, chosen, config, run_date)))
            start += piece.num_rows
    except Fault as fault:
        raise _bad_where(config, segment, fault, there) from None
    finally:
        connection.close()
    return ChosenRows(intake, np.concatenate(kept), constant=not needed)


def _columns(named: set[str], there: list[str]) -> dict[str, str]:
    """Each column the expression names, and the source's column of that name (letter case may differ)."""
    chosen = {name: _source_column(name, there) for name in sorted(named)}
    if len({name.lower() for name in chosen.values()}) != len(set(chosen.values())):
        raise Fault("two of its columns differ in upper and lower case only; rename one of them in the source")
    return chosen


def _source_column(written: str, there: list[str]) -> str:
    name = heading(written)
    if name in there:
        if name.lower() == RUN_DATE:
            raise Fault(f"{RUN_DATE} is the day of the run, but the source has a column of that name; rename it there")
        return name
    alike = [column for column in there if column.lower() == name.lower()]
    if name.lower() == RUN_DATE and not alike:
        return RUN_DATE
    if twins := numbered_twins(name, there):
        named = " or ".join(map(_quoted, twins))
        raise Fault(f"the column '{sayable(name)}' stands {len(twins)} times in the source: write {named}")
    if len(alike) != 1:
        raise Fault(f"there is no column '{sayable(name)}' (text is written in single quotes)", unknown=name)
    return alike[0]


def _table(customers: pa.Table, chosen: dict[str, str], config: Config, run_date: date) -> pa.Table:
    """The columns the expression needs, typed, and the number of each row under a name no column has."""
    columns: dict[str, pa.ChunkedArray | pa.Array] = {}
    for name, column in _as_named(chosen).items():
        if column == RUN_DATE:
            columns[name] = pa.repeat(pa.scalar(run_date, pa.date32()), customers.num_rows)
        else:
            columns[name] = _values(customers[f"{SOURCE}{column}"].cast(pa.string()), column, config)
    return pa.table({**columns, _row_name(columns): np.arange(customers.num_rows, dtype=np.int64)})


def _as_named(chosen: dict[str, str]) -> dict[str, str]:
    """Each column under the name the expression has for it; DuckDB finds it whatever its letter case."""
    names = {name.lower(): name for name in reversed(chosen)}
    return {name: chosen[name] for name in sorted(names.values())}


def _quoted(column: str) -> str:
    return '"' + sayable(column).replace('"', '""') + '"'


def _values(written: pa.ChunkedArray, column: str, config: Config) -> pa.ChunkedArray:
    """Null also where a text says nothing although something is written: what says NULL is NULL."""
    text = content(written, config.customers.null_words)
    kind = config.customers.types.get(column, "text")
    if kind == "text":
        nothing = pc.and_(pc.equal(text, ""), pc.not_equal(written, ""))
        return pc.if_else(nothing, pa.scalar(None, text.type), text)
    return read_typed(text, kind, zone=config.time_zone).values


def _row_name(columns: dict[str, pa.ChunkedArray | pa.Array]) -> str:
    return "_" * (max((len(column) for column in columns), default=0) + 1)


def _bad_where(config: Config, segment: str, fault: Fault, there: list[str]) -> ConfigError:
    message = f"{place(config.path, 'segments', segment, 'where')}: {fault.message}"
    return ConfigError(message, code="bad_where", hint=fault.hint or nearest(fault.unknown, [*there, RUN_DATE]))
