"""What was read of a source, collected batch by batch: rows, bytes, files, time and digest. It opens nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from ampenet_sync.errors import SourceError
from ampenet_sync.sources.batch import Batch, Digest, SourceIdentity


class Reading:
    """Every batch of one source in turn → its identity."""

    def __init__(self, kind: str, name: str) -> None:
        self.rows = self.blank_rows = self.rows_above = 0
        self._kind, self._name = kind, name
        self._size = self._files = 0
        self._file: str | None = None
        self._modified: float | None = None
        self._open_end = False
        self._digest: Digest | None = None

    def add(self, batch: Batch) -> None:
        self._digest = self._digest or Digest(batch.table.column_names)
        self._digest.add(batch.table, written=batch.written)
        self.rows += batch.table.num_rows
        self.blank_rows += batch.blank_rows
        self.rows_above += batch.rows_above
        self._size += batch.size
        self._files += batch.file != self._file
        self._file = batch.file
        self._modified = max((time for time in (self._modified, batch.modified) if time is not None), default=None)
        self._open_end = self._open_end or batch.open_end

    def identity(self) -> SourceIdentity:
        """Raises SourceError `empty_source` where no row came."""
        if self._digest is None or not self.rows:
            hint = "look whether the export went wrong; no rows are never taken for an empty list"
            blank = f" but {self.blank_rows:,} blank ones" if self.blank_rows else ""
            raise SourceError(f"{self._name} holds no rows{blank}", code="empty_source", hint=hint)
        modified = "" if self._modified is None else _iso(self._modified)
        return SourceIdentity(
            self._kind,
            self._name,
            rows=self.rows,
            size=self._size,
            digest=self._digest.hexdigest(),
            files=self._files,
            modified=modified,
            open_end=self._open_end,
            blank_rows=self.blank_rows,
            rows_above=self.rows_above,
        )


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
