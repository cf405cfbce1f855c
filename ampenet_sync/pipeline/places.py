"""Where in the source the customers of a plan's rows stand, also those whose rows are set aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.contacts import Intake
from ampenet_sync.sync.rows import Row

COLUMNS = ["customer_key", "source_file", "source_line"]


def with_places(rows: Sequence[Row], intake: Intake) -> list[Row]:
    """The same rows, each with `file:line` of its customer; "" where the source has nobody of this key."""
    wanted = {row.customer_key for row in rows} - {""}
    places = dict(_places(intake, wanted)) if wanted else {}
    return [replace(row, source=places.get(row.customer_key, "")) for row in rows]


def _places(intake: Intake, wanted: set[str]) -> Iterator[tuple[str, str]]:
    """Rows set aside come first, so that a key which stands there and among the customers has its customer's line."""
    aside = intake.read_quarantine(COLUMNS)
    yield from _named(aside[aside["customer_key"].isin(wanted)].iloc[::-1])
    keys = pa.array(sorted(wanted), pa.large_string())
    for piece in intake.pieces(COLUMNS):
        column = pc.cast(piece["customer_key"], pa.large_string())
        yield from _named(piece.filter(pc.is_in(column, keys)).to_pandas())


def _named(rows: pd.DataFrame) -> Iterator[tuple[str, str]]:
    for key, file, line in zip(*(rows[name] for name in COLUMNS), strict=True):
        yield key, f"{file}:{line}"
