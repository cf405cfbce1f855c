"""pandera's validation of customers against checks written by hand in Arrow that look for the same faults."""

from __future__ import annotations

import sys

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from measure import compare, show

from ampenet_sync.customers.aside import texts_wide
from ampenet_sync.customers.contract import checked
from ampenet_sync.schemas import Customers

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
BATCH = 65_536
SOURCE = ("source.id", "source.phone", "source.first", "source.last", "source.city", "source.tier")


def main() -> None:
    whole = _table()
    batches = [whole.slice(start, BATCH) for start in range(0, ROWS, BATCH)]
    _pandera(batches[:1])  # the model is built once in a process
    ours, peer = compare(lambda: _pandera(batches), lambda: _by_hand(batches), rounds=5)
    show(f"Validation of {ROWS:,} customers in {len(batches)} batches", ours, peer, peer_name="Arrow by hand")


def _table() -> pa.Table:
    numbers = pa.array(range(ROWS)).cast(pa.string())
    texts = {
        "customer_key": pc.binary_join_element_wise("C", numbers, ""),
        "phone": pc.binary_join_element_wise("25571", pc.utf8_lpad(numbers, 7, "0"), ""),
        "first_name": pa.array([f"Asha {row % 900}" for row in range(ROWS)]),
        "last_name": pa.repeat("Mushi", ROWS),
        "consent": pa.repeat(True, ROWS),
        "source_file": pa.repeat("customers.csv", ROWS),
        "source_line": pa.array(range(2, ROWS + 2)),
    }
    return texts_wide(pa.table({**texts, **dict.fromkeys(SOURCE, texts["first_name"])}))


def _pandera(batches: list[pa.Table]) -> None:
    for batch in batches:
        checked(batch.to_pandas(), Customers, whole=False)


def _by_hand(batches: list[pa.Table]) -> None:
    for batch in batches:
        frame: pd.DataFrame = batch.to_pandas()
        table = pa.table({name: pa.array(frame[name]) for name in frame.columns})
        assert pa.types.is_boolean(table["consent"].type) and table["consent"].null_count == 0
        assert pa.types.is_int64(table["source_line"].type) and pc.min(table["source_line"]).as_py() >= 1
        texts = [name for name in table.column_names if name not in ("consent", "source_line")]
        assert all(pa.types.is_large_string(table[name].type) and not table[name].null_count for name in texts)
        assert pc.min(pc.utf8_length(table["customer_key"])).as_py() >= 1
        assert pc.all(pc.match_substring_regex(table["phone"], r"^[1-9]\d{6,14}$")).as_py()
        for name in ("first_name", "last_name"):
            assert pc.max(pc.utf8_length(table[name])).as_py() <= 255


if __name__ == "__main__":
    main()
