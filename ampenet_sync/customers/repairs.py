"""Rows a person repaired in an exported quarantine, put in the place of the originals. It judges none of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from operator import attrgetter
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ampenet_sync.customers.rowid import row_ids
from ampenet_sync.errors import SourceError
from ampenet_sync.files.private import held, write_private
from ampenet_sync.sources import Batch

FILE = "repairs.parquet"
LOCK = ".repairs.lock"
_HOW = {"compression": "zstd", "write_page_checksum": True}
_TEXTS = pa.list_(pa.string())
_REPAIRED = "mended"  # the column's name in users' files, which stay readable
_SCHEMA = pa.schema(
    [
        ("row_id", pa.string()),
        ("columns", _TEXTS),
        ("original", _TEXTS),
        (_REPAIRED, _TEXTS),
        ("written", pa.string()),
        ("reason", pa.string()),
        ("source_file", pa.string()),
        ("source_line", pa.int64()),
        ("imported", pa.string()),
    ]
)


@dataclass(frozen=True)
class Repair:
    """One row as it stands in the source, and as it is to be read from now on; cells in the order of `columns`.

    `reason` is why it was quarantined, `imported` the moment it was given back (ISO 8601 in UTC). A row whose cells
    can't be told apart has only `written`; its `original` cells are "".
    """

    row_id: str
    columns: tuple[str, ...]
    original: tuple[str, ...]
    repaired: tuple[str, ...]
    written: str
    reason: str
    source_file: str
    source_line: int
    imported: str

    @cached_property
    def repaired_id(self) -> str:
        """The name of the repaired row, should it be quarantined again."""
        cells = [pa.array([cell], pa.string()) for cell in self.repaired]
        return row_ids(pa.table(cells, names=list(self.columns)), [""])[0]


class Repairs:
    """All repairs by `row_id`. `places`: file and line of the rows each replaced so far; none if it lost its row."""

    def __init__(self, repairs: Iterable[Repair]) -> None:
        self.by_id = {repair.row_id: repair for repair in repairs}
        self.places: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        grouped: dict[tuple[str, ...], list[Repair]] = defaultdict(list)
        for repair in self.by_id.values():
            grouped[repair.columns].append(repair)
        self._traits = {columns: _traits(group) for columns, group in grouped.items()}

    def __iter__(self) -> Iterator[Repair]:
        return iter(self.by_id.values())

    def __len__(self) -> int:
        return len(self.by_id)

    def repair(self, batch: Batch) -> tuple[Batch, int]:
        """The batch with repaired rows in the place of the originals, sound now, and how many they are.

        Rows of other columns, or that differ in one letter from what was repaired, are left alone.
        """
        traits = self._traits.get(tuple(batch.table.column_names))
        if traits is None:
            return batch, 0
        at = traits.candidates(batch)
        texts = [""] * len(at) if batch.written is None else batch.written.take(at).to_pylist()
        names = row_ids(batch.table.take(at), texts)
        by_row = {
            index: self.by_id[name] for index, name in zip(at.to_pylist(), names, strict=True) if name in self.by_id
        }
        if not by_row:
            return batch, 0
        for index, repair in by_row.items():
            self.places[repair.row_id].append((batch.file, batch.lines[index].as_py()))
        return _put(batch, by_row), len(by_row)


def load_repairs(folder: Path) -> Repairs | None:
    """The repairs kept in `folder`; None where there are none. Raises SourceError `bad_repairs` for a damaged file."""
    path = folder / FILE
    try:
        table = pq.ParquetFile(path, page_checksum_verification=True).read()
        if not table.schema.equals(_SCHEMA):
            raise pa.ArrowInvalid("other columns")
    except FileNotFoundError:
        return None
    except (OSError, pa.ArrowInvalid):
        hint = f"remove it ({path}), then import the repaired files again: ampenet-sync quarantine import FILE"
        raise SourceError(f"{FILE} can't be read: it is damaged", code="bad_repairs", hint=hint) from None
    return Repairs(_repair(row) for row in table.to_pylist())


def repairs_in(*folders: Path) -> Repairs | None:
    """The repairs kept in any of these folders; of two for one row the later folder's holds."""
    kept = [repairs for folder in folders if (repairs := load_repairs(folder))]
    return Repairs(repair for repairs in kept for repair in repairs) if kept else None


def save_repairs(folder: Path, repairs: Iterable[Repair]) -> None:
    """Keep exactly these repairs, in a file only its owner may read; none of them leaves no file."""
    rows = [_stored(repair) for repair in sorted(repairs, key=attrgetter("source_file", "source_line", "row_id"))]
    if not rows:
        (folder / FILE).unlink(missing_ok=True)
        return
    table = pa.Table.from_pylist(rows, schema=_SCHEMA)
    write_private(folder / FILE, lambda beside: pq.write_table(table, beside, **_HOW))


@contextmanager
def changing_repairs(folder: Path) -> Iterator[dict[str, Repair]]:
    """The repairs kept in `folder` by row id, to be changed within the block and kept after it.

    No other process changes them meanwhile, so the block must be short.
    """
    with held(folder / LOCK):
        kept = {repair.row_id: repair for repair in load_repairs(folder) or ()}
        yield kept
        save_repairs(folder, kept.values())


@dataclass(frozen=True)
class _Traits:
    """What tells most rows at a glance that they were not repaired: the values of one column, or the row as written."""

    column: str
    values: pa.Array
    written: pa.Array

    def candidates(self, batch: Batch) -> pa.Array:
        """The indices of the few rows worth a closer look."""
        perhaps = pc.is_in(batch.table[self.column], self.values)
        if batch.faults is not None:
            broken = pc.not_equal(batch.faults, "")
            perhaps = pc.if_else(broken, pc.is_in(batch.written, self.written), perhaps)
        return pc.indices_nonzero(perhaps)


def _traits(repairs: list[Repair]) -> _Traits:
    """By the column whose values differ most among the repaired rows: usually the key."""
    columns = repairs[0].columns
    whole = [repair.original for repair in repairs if not repair.written]
    best = max(range(len(columns)), key=lambda at: (len({cells[at] for cells in whole} - {""}), -at))
    values = pa.array(sorted({cells[best] for cells in whole}), pa.string())
    return _Traits(columns[best], values, pa.array(sorted({r.written for r in repairs if r.written}), pa.string()))


def _put(batch: Batch, by_row: dict[int, Repair]) -> Batch:
    """The batch with these rows' cells replaced and their faults cleared."""
    order = sorted(by_row)
    mask = pa.array([index in by_row for index in range(batch.table.num_rows)], pa.bool_())
    cells = zip(*(by_row[index].repaired for index in order), strict=True)
    columns = [
        pc.replace_with_mask(column.combine_chunks(), mask, pa.array(new, pa.string()))
        for column, new in zip(batch.table.columns, cells, strict=True)
    ]
    faults, written = (None if text is None else pc.if_else(mask, "", text) for text in (batch.faults, batch.written))
    return replace(batch, table=pa.table(columns, names=batch.table.column_names), faults=faults, written=written)


def _stored(repair: Repair) -> dict[str, object]:
    row = asdict(repair)
    return {_REPAIRED: row.pop("repaired"), **row}


def _repair(row: dict[str, object]) -> Repair:
    lists = {name: tuple(value) for name, value in row.items() if isinstance(value, list)}
    rest = {**row, **lists}
    return Repair(repaired=rest.pop(_REPAIRED), **rest)  # type: ignore[arg-type]  # the schema was checked
