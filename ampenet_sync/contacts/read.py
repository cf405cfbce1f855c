"""The configured source → customers and quarantine: mapping, phones, names, types, keys. Segments come later."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config import Config, Consent
from ampenet_sync.contacts.intake import Intake
from ampenet_sync.contacts.rowid import row_ids
from ampenet_sync.contacts.tidy import tidy
from ampenet_sync.contacts.typed import NAMES, read_typed
from ampenet_sync.contacts.written import nearest, place
from ampenet_sync.errors import ConfigError
from ampenet_sync.phones import HINTS, is_region, normalise
from ampenet_sync.sources import Progress, Rows, read_rows

if TYPE_CHECKING:
    import pandera.pandas

MAX_NAME = 255

Faults = list[tuple[str, pa.ChunkedArray]]


def read_customers(
    config: Config, *, environ: Mapping[str, str] | None = None, progress: Progress | None = None
) -> Intake:
    """Read the whole source and put each row either among the customers or into quarantine, in the source's order.

    Raises SourceError where the source can't be read completely, ConfigError `missing_column` or `bad_region` where
    the configuration doesn't fit it. `progress` is called with the rows so far and of how many, if that is known.
    """
    _check_regions(config)
    if config.customers.source is None:
        message = f"{place(config, 'customers')}: source is missing"
        raise ConfigError(message, code="no_source", hint="write where the customers are, or hand them in")
    exact = frozenset(column for column in (config.customers.phone, config.customers.key) if column)
    rows = read_rows(config.customers.source, folder=config.folder, exact=exact, environ=environ, progress=progress)
    _check_columns(config, rows.table.column_names)
    table, reason, hint = _judge(config, rows)
    return _divide(rows, table, reason, hint)


def _check_regions(config: Config) -> None:
    for key, codes in (("region", (config.region,)), ("countries", config.countries)):
        for code in codes:
            if not is_region(code):
                message = f"{place(config, key)}: {code} is no country"
                raise ConfigError(message, code="bad_region", hint="write its two letters, such as TZ or KE")


def _check_columns(config: Config, there: list[str]) -> None:
    """Every column the configuration names must be in the source."""
    for key, column in config.customers.columns().items():
        if column not in there:
            where = place(config, "customers", *key.split(".", maxsplit=1))
            message = f"{where}: the source has no column '{column}'"
            raise ConfigError(message, code="missing_column", hint=nearest(column, there))


def _judge(config: Config, rows: Rows) -> tuple[pa.Table, pa.Array, pa.Array]:
    """The customers' own columns, and for each row its first reason and hint ("" for a good row)."""
    mapped, table = config.customers, rows.table
    regions, bad_region = _regions(table, mapped.region, config.region)
    phones = normalise(table[mapped.phone], regions, countries=config.countries)
    first, last = _name(table, mapped.first_name), _name(table, mapped.last_name)
    key = tidy(table[mapped.key]) if mapped.key else phones.phone
    reason, hint = _first_fault(
        phones.reason,
        [
            ("missing_key", pc.equal(key, "")),
            ("duplicate_key", _repeated(key)),
            ("name_too_long", pc.greater(pc.max_element_wise(pc.utf8_length(first), pc.utf8_length(last)), MAX_NAME)),
            ("bad_region", bad_region),
        ],
        _bad_types(config, table),
    )
    own = {"customer_key": key, "phone": phones.phone, "first_name": first, "last_name": last}
    return pa.table({**own, "consent": _consent(table, mapped.consent)}), reason, hint


def _regions(table: pa.Table, column: str | None, default: str) -> tuple[pa.ChunkedArray | str, pa.ChunkedArray]:
    """Each row's region, the default where it is blank, and where it is no country's code (read as the default)."""
    if column is None:
        return default, _everywhere(table, False)
    code = pc.utf8_upper(pc.utf8_trim_whitespace(table[column]))
    code = pc.if_else(pc.equal(code, ""), default, code)
    known = [one for one in pc.unique(code).to_pylist() if is_region(one)]
    bad = pc.invert(pc.is_in(code, pa.array(known, pa.string())))
    return pc.if_else(bad, default, code), bad


def _name(table: pa.Table, column: str | None) -> pa.ChunkedArray:
    return tidy(table[column]) if column else _everywhere(table, "")


def _consent(table: pa.Table, consent: Consent | None) -> pa.ChunkedArray:
    if consent is None or consent.column is None:
        return _everywhere(table, consent is not None)  # an attestation speaks for all
    said = pc.utf8_lower(pc.utf8_trim_whitespace(table[consent.column]))
    return pc.is_in(said, pa.array([word.strip().lower() for word in consent.yes], pa.string()))


def _everywhere(table: pa.Table, value: str | bool) -> pa.ChunkedArray:
    return pa.chunked_array([pa.repeat(value, table.num_rows)])


def _repeated(key: pa.ChunkedArray | pa.Array) -> pa.Array:
    """True from a key's second row on; blank keys are no keys."""
    keys = key.to_pandas()
    return pa.array(np.asarray(keys.duplicated() & (keys != ""), dtype=bool))


def _bad_types(config: Config, table: pa.Table) -> Faults:
    """For each typed column the sentence about it, and the rows it is true for."""
    found = []
    for column, kind in config.customers.types.items():
        if kind != "text":
            found.append((f"Column {column} does not hold {NAMES[kind]}.", read_typed(table[column], kind).bad))
    return found


def _first_fault(phone_reason: pa.Array, faults: Faults, bad_types: Faults) -> tuple[pa.Array, pa.Array]:
    """Each row's first reason in the order of `HINTS`, and its sentence."""
    typed = [("bad_type", mask) for _, mask in bad_types]
    reason = reduce(lambda so_far, fault: _fill(so_far, fault[1], fault[0]), [*faults, *typed], phone_reason)
    codes = pa.array(["", *HINTS], pa.string())
    hint = pa.array(["", *(hint.en for hint in HINTS.values())], pa.string()).take(pc.index_in(reason, codes))
    only_type = pc.equal(reason, "bad_type")
    special = reduce(lambda so_far, fault: _fill(so_far, fault[1], fault[0]), bad_types, _blank(len(reason)))
    return reason, pc.if_else(only_type, special, hint)


def _fill(so_far: pa.Array, mask: pa.ChunkedArray | pa.Array, value: str) -> pa.Array:
    """`value` where nothing was said so far and the mask is true."""
    mask = mask.combine_chunks() if isinstance(mask, pa.ChunkedArray) else mask
    return pc.if_else(pc.and_(pc.equal(so_far, ""), mask), value, so_far)


def _blank(length: int) -> pa.Array:
    return pa.repeat(pa.scalar("", pa.string()), length)


def _divide(rows: Rows, own: pa.Table, reason: pa.Array, hint: pa.Array) -> Intake:
    """Good rows and the rest, each checked against its schema: a violation there is our own fault."""
    import schemas  # pandera is slow to import

    source = {f"source.{name}": rows.table[name] for name in rows.table.column_names}
    place_of = {"source_file": rows.files, "source_line": rows.lines}
    good = pc.equal(reason, "")
    customers = pa.table({**{name: own[name] for name in own.column_names}, **place_of, **source})
    swahili = pa.array(["", *(hint.sw for hint in HINTS.values())]).take(pc.index_in(reason, pa.array(["", *HINTS])))
    quarantine = pa.table(
        {
            **place_of,
            "customer_key": own["customer_key"],
            "reason": reason,
            "hint": hint,
            "hint_sw": swahili,
            "row_id": pa.array(row_ids(rows.table, [""] * rows.table.num_rows), pa.string()),
            "written": _blank(rows.table.num_rows),
            **source,
        }
    )
    return Intake(
        checked(customers.filter(good).to_pandas(), schemas.Customers),
        checked(quarantine.filter(pc.invert(good)).to_pandas(), schemas.Quarantine),
        rows.identity,
        rows.table.num_rows,
    )


def checked(frame: pd.DataFrame, schema: type[pandera.pandas.DataFrameModel]) -> pd.DataFrame:
    """pandera's own message holds values of rows, so only what it checked is passed on."""
    from pandera.errors import SchemaErrors

    try:
        return schema.validate(frame, lazy=True)
    except SchemaErrors as error:
        broken = sorted({f"{case['column']}: {case['check']}" for case in error.failure_cases.to_dict("records")})
    raise AssertionError(
        f"rows passed as {schema.__name__} that are none ({'; '.join(broken)}): a fault in this program"
    )
