"""A phone is the same phone whether a cell's guards come off before it is read or while it is."""

from __future__ import annotations

import pyarrow as pa
import pytest

from ampenet_sync.customers.cells import content
from ampenet_sync.phones import normalise
from tests.customers.shop import Shop, read_customers

GUARDED = ['="0712345678"', ' ="0712345678" ', "'0712345678", '="+255712345678"', '\'="0712345678"', "=0712345678"]


@pytest.mark.parametrize(
    "written", [*GUARDED, '"0712345678"', '="254712***678"', '="-712345678"', "'", '=""', '="2.5E+11"']
)
def test_both_ways_say_the_same(written: str) -> None:
    column = pa.chunked_array([[written]])
    before, while_read = normalise(content(column, ()), "TZ"), normalise(column, "TZ")
    assert (before.phone.to_pylist(), before.reason.to_pylist()) == (
        *(while_read.phone.to_pylist(), while_read.reason.to_pylist()),
    )


@pytest.mark.parametrize("written", GUARDED)
def test_a_guarded_cell_of_a_file_is_a_phone(shop: Shop, written: str) -> None:
    cell = '"' + written.replace('"', '""') + '"'
    assert list(read_customers(shop(f"1,{cell},,,,,,,,,")).customers["phone"]) == ["255712345678"]
