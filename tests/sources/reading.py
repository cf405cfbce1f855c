"""Every batch of a source put together, as the tests of sources look at it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from ampenet_sync.config import Source
from ampenet_sync.errors import SourceError
from ampenet_sync.sources import Batch, open_batches


@dataclass(frozen=True)
class Whole:
    """All rows of a source; `faults` and `written` by line, for the rows that have a fault."""

    rows: list[dict[str, str]]
    lines: list[int]
    files: list[str]
    faults: dict[int, str]
    written: dict[int, str]


def read(
    folder: Path,
    needed: frozenset[str] = frozenset(),
    *,
    exact: frozenset[str] = frozenset(),
    phone: str = "",
    **source: object,
) -> Whole:
    """`read(tmp_path, xlsx="c.xlsx")`."""
    return whole(
        list(
            open_batches(
                Source.model_validate(source), folder=folder, needed=needed, exact=exact, phone=phone, environ={}
            )
        )
    )


def whole(batches: list[Batch]) -> Whole:
    if not sum(batch.table.num_rows for batch in batches):
        raise SourceError("no rows", code="empty_source", hint="what reads all batches says so")
    faults: dict[int, str] = {}
    written: dict[int, str] = {}
    for batch in batches:
        if batch.faults is not None and batch.written is not None:
            lines = batch.lines.to_pylist()
            faults |= {line: code for line, code in zip(lines, batch.faults.to_pylist(), strict=True) if code}
            written |= {line: text for line, text in zip(lines, batch.written.to_pylist(), strict=True) if text}
    return Whole(
        [row for batch in batches for row in batch.table.to_pylist()],
        [line for batch in batches for line in batch.lines.to_pylist()],
        [batch.file for batch in batches],
        faults,
        written,
    )


def refused(folder: Path, needed: frozenset[str] = frozenset(), **source: object) -> SourceError:
    """The one clear error this source ends in."""
    with pytest.raises(SourceError) as caught:
        read(folder, needed, **source)
    return caught.value
