"""A whole source in one table, as small tests like it. The program itself never holds one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ampenet_sync.config import Source
from ampenet_sync.sources import Batch, Progress, Reading, SourceIdentity, open_batches, source_name


@dataclass(frozen=True)
class Rows:
    """A whole source: a table of text columns without nulls, the file and line of each row, and what was read."""

    table: pa.Table
    files: pa.ChunkedArray
    lines: pa.ChunkedArray
    identity: SourceIdentity


def read_rows(
    source: Source,
    *,
    folder: Path,
    exact: frozenset[str] = frozenset(),
    environ: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Rows:
    """Read everything or raise SourceError; relative paths start at `folder`.

    `exact` are columns whose numbers must not have lost digits. `environ` is where `env:NAME` looks.
    """
    batches: list[Batch] = []
    reading = Reading(source.kind, source_name(source))
    for batch in open_batches(source, folder=folder, exact=exact, environ=environ):
        reading.add(batch)
        batches.append(batch)
        if progress:
            progress(reading.rows, batch.total)
    return _rows(batches, reading.identity())


def _rows(batches: list[Batch], identity: SourceIdentity) -> Rows:
    files = pa.chunked_array([pa.repeat(pa.scalar(batch.file), len(batch.lines)) for batch in batches], pa.string())
    lines = pa.chunked_array([batch.lines for batch in batches], pa.int64())
    return Rows(pa.concat_tables([batch.table for batch in batches]), files, lines, identity)
