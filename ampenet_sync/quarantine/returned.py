"""An exported quarantine that somebody repaired → what was repaired where. Whether it is usable is judged later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config.headings import heading, shown_heading
from ampenet_sync.customers.aside import SOURCE
from ampenet_sync.customers.repairs import Repair, Repairs
from ampenet_sync.errors import SourceError
from ampenet_sync.files.pages import Unreadable, open_parquet
from ampenet_sync.quarantine.export import (
    ROW_ID,
    Format,
    check_returned,
    check_returned_cells,
    leading_names,
    source_columns,
)
from ampenet_sync.quarantine.spoilt import check_spoilt
from ampenet_sync.sources.missingfiles import near_path
from ampenet_sync.sources.parquet.rows import bounded_rows
from ampenet_sync.sources.texts import to_text

_AT_ONCE = 10_000  # rows


@dataclass(frozen=True)
class Repaired:
    """A repaired row: its row in the given file (the heading is row 1), and the repair that is in it."""

    row: int
    repair: Repair


@dataclass(frozen=True)
class Compared:
    """What stands in a given file; blank rows don't count. `unknown` rows have no original in the quarantine now."""

    rows: int
    repaired: tuple[Repaired, ...]
    untouched: int
    unknown: tuple[int, ...]


def read_repaired(path: Path, columns: Sequence[str]) -> pa.Table:
    """Column row_id and the source's `columns` of a file that `export_quarantine` wrote, all text, its rows in order.

    The format is told by the content. Raises SourceError where the file as a whole can't be used: `missing_file`,
    `no_row_id`, `other_columns`, and those of the format.
    """
    ours = leading_names(columns)
    known = {*columns, *ours.values()}
    given = _read(path, heading=ours[ROW_ID])
    names = [name if name in known or heading(name) not in known else heading(name) for name in given.column_names]
    table = _without_empty(given.rename_columns(names), columns)
    _check_columns(table.column_names, columns, list(ours.values()), name=path.name)
    picked = table.select([ours[ROW_ID], *columns])
    return picked.rename_columns([ROW_ID, *(f"{SOURCE}{column}" for column in columns)])


def compare(
    given: pa.Table,
    quarantine: pd.DataFrame,
    earlier: Repairs | None,
    *,
    phone: str,
    key: str | None = None,
    form: Format,
    name: str,
    imported: str,
) -> Compared:
    """Hold each row of `read_repaired` against its original in the quarantine, or in an earlier repair.

    Raises SourceError `duplicate_row_id` where one row was repaired in two ways, and `spoilt_by_spreadsheet` and
    `changed_key`, for which it needs the `form` of the file and the columns of phones and keys.
    """
    columns = tuple(source_columns(given.column_names))
    originals = _originals(quarantine, earlier, set(given[ROW_ID].to_pylist()), columns)
    known, unknown = list[tuple[int, _Original, tuple[str, ...]]](), list[int]()
    for row, (row_id, *written) in _filled(given):
        if original := originals.get(row_id):
            known.append((row, original, _given(original.shown, written)))
        else:
            unknown.append(row)
    pairs = ((original.shown, cells) for _, original, cells in known)
    check_spoilt(pairs, columns, phone=phone, key=key, form=form, name=name)
    repaired: dict[str, Repaired] = {}
    for row, original, cells in known:
        if cells != original.shown:
            new = Repaired(row, replace(original.repair, repaired=cells, imported=imported))
            _check_one_way(repaired.setdefault(new.repair.row_id, new), new, name=name)
    untouched = sum(cells == original.shown for _, original, cells in known)
    return Compared(len(known) + len(unknown), tuple(repaired.values()), untouched, tuple(unknown))


def _given(shown: tuple[str, ...], cells: Sequence[str]) -> tuple[str, ...]:
    """The cells as they were meant: programs write line breaks in another way, and nobody sees it."""
    pairs = zip(shown, cells, strict=True)
    return tuple(before if _one_break(before) == _one_break(after) else after for before, after in pairs)


def _one_break(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _check_one_way(before: Repaired, after: Repaired, *, name: str) -> None:
    """Rows that stand twice in the source letter by letter have one name: they are repaired alike or not at all."""
    if before.repair.repaired != after.repair.repaired:
        message = f"{name}: rows {before.row} and {after.row} are the same row of the source, repaired in two ways"
        raise SourceError(message, code="duplicate_row_id", hint="keep one of the two")


@dataclass(frozen=True)
class _Original:
    """The cells as they were exported, and their repair, still without its `repaired`."""

    shown: tuple[str, ...]
    repair: Repair


def _originals(
    quarantine: pd.DataFrame, earlier: Repairs | None, names: set[str], columns: tuple[str, ...]
) -> dict[str, _Original]:
    """The rows of these names. One that was repaired and quarantined again leads back to the source's own row."""
    repairs = [repair for repair in earlier or () if repair.columns == columns]
    originals = {repair.row_id: _Original(repair.original, repair) for repair in repairs if repair.row_id in names}
    again = {repair.repaired_id: repair for repair in repairs}
    for row in quarantine[quarantine[ROW_ID].isin(names)].to_dict("records"):
        cells = tuple(row[f"{SOURCE}{column}"] for column in columns)
        new = Repair(
            row_id=row[ROW_ID],
            columns=columns,
            original=cells,
            repaired=(),
            written=row["written"],
            reason=row["reason"],
            source_file=row["source_file"],
            source_line=row["source_line"],
            imported="",
        )
        originals[row[ROW_ID]] = _Original(cells, again.get(row[ROW_ID], new))
    return originals


def _filled(given: pa.Table) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each row that isn't blank, with its number in the file; few of them are in Python's memory at one time."""
    row = 1
    for batch in given.to_batches(max_chunksize=_AT_ONCE):
        for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            row += 1
            if any(cells):
                yield row, cells


def form_of(path: Path) -> Format:
    """The format of a file by its first bytes; what is neither workbook nor Parquet is taken for CSV."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        here = Path.cwd()
        hint = f"{near_path(str(path), here, path=here / path)}; check its path"
        raise SourceError(f"{path} can't be read: {error.strerror}", code="missing_file", hint=hint) from None
    if start == b"PAR1":
        return "parquet"
    zipped_or_old = (b"PK", b"\xd0\xcf\x11\xe0")  # .xlsx; .xls, and a workbook with a password
    return "xlsx" if start.startswith(zipped_or_old) else "csv"


def _read(path: Path, *, heading: str) -> pa.Table:
    match form_of(path):
        case "parquet":
            return _parquet(path, heading)
        case "xlsx":
            from ampenet_sync.quarantine.workbook import read_xlsx

            return read_xlsx(path, heading=heading)
        case "csv":
            from ampenet_sync.quarantine.csv import read_csv

            return read_csv(path, heading=heading)


def _parquet(path: Path, heading: str) -> pa.Table:
    try:
        with path.open("rb") as handle:
            names = open_parquet(handle).schema_arrow.names
            pieces = list(_texts(bounded_rows(handle, list(dict.fromkeys(names)), name=path.name), names, path.name))
    except (OSError, Unreadable, pa.ArrowException):
        hint = "write it once more"
        raise SourceError(f"{path.name} can't be read: no whole Parquet file", code="bad_parquet", hint=hint) from None
    if heading not in names:
        hint = "give back the exported file itself, with that column in it"
        raise SourceError(f"{path.name}: it has no column {heading}", code="no_row_id", hint=hint)
    return pa.concat_tables(pieces)


def _texts(rows: Iterator[pa.RecordBatch], names: list[str], name: str) -> Iterator[pa.Table]:
    """Every cell as text; whoever compares needs all of them at once."""
    yield pa.table([pa.array([], pa.string()) for _ in names], names=names)
    size = cells = 0
    for part in rows:
        part.validate(full=True)  # else text that is none passes
        columns = [to_text(pa.chunked_array([column]), name=at) for at, column in zip(names, part.columns, strict=True)]
        table = pa.table(columns, names=names)
        check_returned(size := size + table.nbytes, name=name)
        check_returned_cells(cells := cells + table.num_rows * len(names), name=name)
        yield table


def _without_empty(table: pa.Table, columns: Sequence[str]) -> pa.Table:
    """Spreadsheets leave columns behind that have neither a name nor a cell; the source may have one without a name."""
    nameless = [at for at, name in enumerate(table.column_names) if not name]
    own = nameless[: int("" in columns)]
    empty = {at for at in nameless if at not in own and pc.all(pc.equal(table[at], ""), min_count=0).as_py()}
    return table.select([at for at in range(table.num_columns) if at not in empty])


def _check_columns(there: list[str], columns: Sequence[str], ours: Sequence[str], *, name: str) -> None:
    """The source's columns must all be there, each once, and none that nobody knows."""
    twice = sorted({column for column in there if there.count(column) > 1})
    missing = [column for column in columns if column not in there]
    unknown = [column for column in there if column not in columns and column not in ours]
    faults = [
        f"{what}: {', '.join(shown_heading(column) or '(no name)' for column in names)}"
        for what, names in (("missing", missing), ("not in the source", unknown), ("twice", twice))
        if names
    ]
    if faults:
        hint = "give the columns their names back (only cells are repaired); if the source's changed, export anew"
        raise SourceError(
            f"{name}: other columns than the source ({'; '.join(faults)})", code="other_columns", hint=hint
        )
