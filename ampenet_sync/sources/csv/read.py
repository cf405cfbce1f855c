"""CSV files, also packed ones → batches with each cell as it is written: no types, no nulls, nothing repaired."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from ampenet_sync.config import Source
from ampenet_sync.config.bounds import RECORD_BYTES
from ampenet_sync.errors import SourceError
from ampenet_sync.sources.batch import BATCH_ROWS, Batch
from ampenet_sync.sources.csv.archives import Part, open_parts
from ampenet_sync.sources.csv.blocks import Block, BlocksOfText
from ampenet_sync.sources.csv.cells import RAGGED, Columns, Unparted, read_cells, swallows, written
from ampenet_sync.sources.csv.encoding import check_utf8
from ampenet_sync.sources.csv.escapes import Escapes
from ampenet_sync.sources.csv.format import SAMPLE_BYTES
from ampenet_sync.sources.csv.heading import Grammar, find_heading, needs_more
from ampenet_sync.sources.csv.records import Records, Signs, count_lines, find_records
from ampenet_sync.sources.files import files_changed, find_files, shown, unchanged
from ampenet_sync.sources.header import Wanted, check_same
from ampenet_sync.sources.packed import check_rows

BLOCK_BYTES = 4 << 20

CheckHeader = Callable[[str, list[str], int], None]


@dataclass(frozen=True)
class _Layout:
    """How the rows of one file are to be read, once its heading is known."""

    signs: Signs
    header: Columns


def csv_batches(
    source: Source,
    *,
    folder: Path,
    needed: frozenset[str] = frozenset(),
    phone: str = "",
    block_bytes: int = BLOCK_BYTES,
) -> Iterator[Batch]:
    """Every row of every file, with about one block in memory.

    The heading is the first row that names all `needed` columns; the column `phone` tells whether what stands above it
    is a customer. A record whose cells can't be told apart or read is a row with a fault. Raises SourceError with file
    and line where the whole file is doubtful: its encoding, its header, a quote that swallows rows, a file cut off or
    changed.
    """
    paths = find_files(source.csv or "", folder)
    sizes = [_size(path, folder) for path in paths]
    check, rows = _same_headers(), 0
    wanted = Wanted(needed, source.header_row, phone)
    for at, path in enumerate(paths):
        name = shown(path, folder)
        with unchanged(path, name=name) as size:
            modified, before = path.stat().st_mtime, rows
            for part in open_parts(path, name=name, chunk=block_bytes):
                for batch in _part_batches(part, source, wanted, check, block_bytes=block_bytes):
                    rows += batch.table.num_rows
                    check_rows(rows - before, sizes[at], name=name)
                    total = _estimate(rows, sum(sizes[:at]) + part.position(), sum(sizes))
                    for piece in _pieces(replace(batch, total=total, modified=modified)):
                        yield replace(piece, size=size)
                        size = 0
    if find_files(source.csv or "", folder) != paths:
        raise files_changed(source.csv or "")


def _part_batches(
    part: Part, source: Source, wanted: Wanted, check: CheckHeader, *, block_bytes: int
) -> Iterator[Batch]:
    """One batch for each block of one file, without what only its folder knows."""
    text = BlocksOfText(part, source, wanted, SAMPLE_BYTES if wanted.columns else min(SAMPLE_BYTES, block_bytes))
    layout: _Layout | None = None
    rows = line_of_heading = above = 0
    for block, form in text.blocks():
        records = find_records(block.data, form.signs, last=block.last)
        _check_records(records, block, part.name)
        if layout is None:
            more = needs_more(records, form.skip, wanted, line=block.line)
            if more and not block.last and len(block.data) <= RECORD_BYTES:
                text.keep(block.data, block.line)
                continue
            grammar = Grammar(form.signs, form.skip, text.escapes)
            heading = find_heading(records, grammar, wanted, line=block.line, name=part.name)
            layout = _Layout(form.signs, heading.header)
            check(part.name, heading.header.names, heading.line)
            records, line_of_heading, above = records.after(heading.at + 1), heading.line, heading.above
        rows += len(records)
        if len(records):
            batch = _batch(records, block, layout, part.name, escapes=text.escapes)
            yield replace(batch, heading=line_of_heading, rows_above=above)
            above = 0
        text.keep(block.data[records.rest :], block.line + records.next_line - 1)
    if not rows:
        raise _no_rows(f"{part.name}: a header, but no rows")


def _check_records(records: Records, block: Block, name: str) -> None:
    """Text of another encoding, a quote left open, or a record no memory should be filled with."""
    end = len(block.data) if block.last else records.rest
    check_utf8(block.data[:end], name=name, line=block.line, whole=block.last)
    if block.last and records.opened is not None:
        raise _open_quote(f"{name}:{block.line + count_lines(block.data[: records.opened])}")
    sizes = records.ends - records.starts
    start = int(records.starts[sizes.argmax()]) if len(sizes) and sizes.max() > RECORD_BYTES else None
    if start is None and len(block.data) - records.rest > RECORD_BYTES:
        start = records.rest
    if start is None:
        return
    place = f"{name}:{block.line + count_lines(block.data[:start])}"
    if count_lines(block.data[start : start + RECORD_BYTES]):
        raise _open_quote(place)
    hint = "look whether this file is the right one, or whether line breaks are missing"
    raise SourceError(f"{place}: a line of more than 1 MB", code="record_too_long", hint=hint)


def _batch(records: Records, block: Block, layout: _Layout, name: str, *, escapes: Escapes | None) -> Batch:
    try:
        cells = read_cells(records, layout.header, layout.signs)
    except Unparted:
        hint = "export it anew as CSV UTF-8"
        raise SourceError(f"{name}: not readable as CSV", code="bad_csv", hint=hint) from None
    lines = pa.array(records.lines + (block.line - 1), pa.int64())
    table = escapes.meant(cells.table) if escapes else cells.table
    parting = chr(layout.signs.delimiter) + chr(layout.signs.quote)
    batch = Batch(table, name, lines, 0, open_end=_has_open_end(records, block), parting=parting)
    if not cells.faults.any():
        return batch
    texts = [""] * len(records)
    for at in np.flatnonzero(cells.faults).tolist():
        place = f"{name}:{lines[at]}"
        if batch.open_end and at == len(records) - 1 and cells.faults[at] == RAGGED and records[at].strip():
            raise _cut_off(place)
        if cells.faults[at] == RAGGED and swallows(records, at, layout.header, layout.signs):
            raise _open_quote(place)
        texts[at] = written(records, at)
        texts[at] = escapes.as_written(texts[at]) if escapes else texts[at]
    return replace(batch, faults=cells.fault_names(), written=pa.array(texts, pa.string()))


def _has_open_end(records: Records, block: Block) -> bool:
    """Nothing follows the last record, or half of the line break only."""
    rest = block.data[int(records.ends[-1]) :]
    return block.last and (not rest or (block.has_crlf and rest == b"\r"))


def _pieces(batch: Batch) -> Iterator[Batch]:
    """The same in batches of BATCH_ROWS."""
    count = batch.table.num_rows
    for start in range(0, count, BATCH_ROWS):
        faults, texts = (part and part.slice(start, BATCH_ROWS) for part in (batch.faults, batch.written))
        sound = faults is None or not any(faults.to_pylist())
        yield replace(
            batch,
            table=batch.table.slice(start, BATCH_ROWS),
            lines=batch.lines.slice(start, BATCH_ROWS),
            faults=None if sound else faults,
            written=None if sound else texts,
            open_end=batch.open_end and start + BATCH_ROWS >= count,
            rows_above=0 if start else batch.rows_above,
        )


def _size(path: Path, folder: Path) -> int:
    with unchanged(path, name=shown(path, folder)) as size:
        return size


def _estimate(rows: int, read: int, whole: int) -> int:
    """How many rows there will be, if the rest of the bytes holds as many as those read."""
    return max(rows, round(rows * whole / max(read, 1)))


def _same_headers() -> CheckHeader:
    """Remembers the first header and refuses another one."""
    first: list[tuple[str, list[str]]] = []

    def check(name: str, names: list[str], line: int) -> None:
        if not first:
            first.append((name, names))
        check_same(first[0], (name, names), line=line)

    return check


def _no_rows(message: str) -> SourceError:
    hint = "look whether the export went wrong; a file without customers is never taken for an empty list"
    return SourceError(message, code="empty_source", hint=hint)


def _open_quote(place: str) -> SourceError:
    hint = "look for a quote on this line that is not closed before the cell ends; a file cut off ends so, too"
    return SourceError(
        f"{place}: a quote is opened here that swallows what comes after it", code="open_quote", hint=hint
    )


def _cut_off(place: str) -> SourceError:
    hint = "let the export finish, or fetch the file again"
    message = f"{place}: the last row is incomplete and has no line break: the file was cut off"
    return SourceError(message, code="truncated_file", hint=hint)
