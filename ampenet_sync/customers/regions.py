"""Each row's country as people write it, and its phone as it is read there."""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.customers.settings import IntakeSettings
from ampenet_sync.phones import Phones, carries_code, country_of, normalise

# What may be wrong with a number only because it was read with another country than its own.
_OF_ITS_COUNTRY: Final = ("too_short", "too_long", "invalid", "country_not_allowed", "not_mobile")


def regions(table: pa.Table, column: str | None, default: str) -> tuple[pa.ChunkedArray | str, pa.ChunkedArray]:
    """Each row's region, the default where it is blank, and where it is no country (read as the default)."""
    if column is None:
        return default, pa.chunked_array([pa.repeat(False, table.num_rows)])
    written = pc.fill_null(table[column], "")
    distinct = pc.unique(written)
    codes = [country_of(text) if text.strip() else default for text in distinct.to_pylist()]
    code = pc.take(pa.array(codes, pa.string()), pc.index_in(written, distinct))
    bad = pc.equal(code, "")
    return pc.if_else(bad, default, code), bad


def unplaced(table: pa.Table, phone: str, bad: pa.ChunkedArray) -> pa.ChunkedArray:
    """Where a country is unknown and the number needs one: one that begins with its own code needs none."""
    return pc.and_not(bad, carries_code(table[phone])) if pc.any(bad).as_py() else bad


def read_phones(settings: IntakeSettings, table: pa.Table) -> tuple[Phones, pa.ChunkedArray]:
    """The phones of rows with the source's columns, and where their unknown country is a fault.

    Such a row has no phone: what the default region makes of the number, or has against it, says nothing.
    """
    mapped = settings.customers
    places, bad = regions(table, mapped.region, settings.region)
    read = normalise(table[mapped.phone], places, countries=settings.countries, mobile=mapped.phones == "mobile")
    bad = unplaced(table, mapped.phone, bad)
    if not pc.any(bad).as_py():
        return read, bad
    # Where the phone is the key, its reason stands before that of a missing key.
    about_country = pa.array([*_OF_ITS_COUNTRY, *([] if mapped.key else [""])], pa.string())
    replaced = pc.and_(bad, pc.is_in(read.reason, about_country))
    phone, reason = pc.if_else(bad, "", read.phone), pc.if_else(replaced, "bad_region", read.reason)
    return Phones(phone.combine_chunks(), reason.combine_chunks()), bad
