"""Texts that were damaged before they came here: which columns go into texts, and how many of their cells show it."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config import Customers
from ampenet_sync.config.words import DAMAGE


def text_columns(customers: Customers) -> dict[str, str]:
    """Column of the source → the variable it becomes: names, and fields that are text."""
    named = {"first_name": customers.first_name, "last_name": customers.last_name}
    texts = {tag: column for tag, column in customers.fields.items() if customers.types.get(column, "text") == "text"}
    return {column: variable for variable, column in {**named, **texts}.items() if column}


def damaged(texts: pa.ChunkedArray | pa.Array) -> int:
    """How many of them show signs of damage (see `config.words.DAMAGE`)."""
    return pc.sum(pc.match_substring_regex(texts, pattern=DAMAGE)).as_py() or 0
