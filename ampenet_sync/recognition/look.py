"""The first rows of a file of which only the path is known: its kind, its heading, what stands below. All as text."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pydantic import ValidationError

from ampenet_sync.config import Source
from ampenet_sync.config.columnwords import meaning_of
from ampenet_sync.config.source import Kind
from ampenet_sync.errors import ConfigError, SourceError, sayable
from ampenet_sync.sources import NOT_KNOWN_YET, Batch, check_is_header, open_batches, without_blank_rows
from ampenet_sync.sources.files import find_files
from ampenet_sync.sources.header import DELIMITERS
from ampenet_sync.sources.kinds import HEAD, FileKind, kind_of
from ampenet_sync.sources.missingfiles import near_path

LOOKED_AT: Final = 50_000  # rows that tell what a column holds
TITLES: Final = 10  # rows in which a heading below titles is looked for
STRAY: Final = 0.01  # control characters among the first bytes that a damaged text may have
_NO_TEXT: Final = re.compile(rb"[\x01-\x08\x0e-\x1f\x7f]")
_OFFICE: Final = ("[Content_Types].xml", "mimetype")  # in every zip that is an Office file
# What a title above the heading makes of it.
_OF_TITLES: Final = ("bad_header", "empty_source", "missing_name", "no_header", "no_heading", "unclear_delimiter")


@dataclass(frozen=True)
class Look:
    """The first rows below the heading, blank ones aside; `whole` is whether there are no more."""

    file: str
    table: pa.Table
    whole: bool

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(self.table.column_names)

    @property
    def rows(self) -> int:
        return len(self.table)


def source_of(path: Path, *, folder: Path, settings: Mapping[str, str] | None = None) -> Source:
    """What would be written under customers.source; the kind is told by the file's bytes, not by its name.

    `settings` are further keys of it, such as {"sheet": "Wateja"}. Raises SourceError `missing_file` or
    `unreadable_file`, and ConfigError `bad_value` for a setting that isn't one of this kind.
    """
    values: dict[str, Any] = {_kind(path, folder): str(path), **(settings or {})}
    try:
        return Source.model_validate(values)
    except ValidationError as error:
        fault = error.errors()[0]
        key = ".".join(map(str, fault["loc"]))
        words = fault["msg"].removeprefix("Value error, ")
        known = "delimiter, quote, escape, encoding, header_row, sheet, rows"
        message = f"source{f' {sayable(key)}' if key else ''}: {words[:1].lower()}{words[1:]}"
        raise ConfigError(message, code="bad_value", hint=f"settings of a source: {known}") from None


def look(source: Source, *, folder: Path) -> Look:
    """Read the first rows. Where the first heading names no phones, one a few rows below it may.

    Raises SourceError where the file can't be read, or somebody's row stands in the heading's place.
    """
    try:
        first = _Opened(source, folder)
    except SourceError as error:
        below = _below_titles(source, folder) if error.code in _OF_TITLES else None
        if below is None:
            raise
        return below.read()
    if first.names_phones:
        return first.read()
    return (_below_titles(source, folder) or first).read()


class _Opened:
    """A source whose heading was read, and the rows of its first batch."""

    def __init__(self, source: Source, folder: Path) -> None:
        self._rest = without_blank_rows(open_batches(source, folder=folder, needed=NOT_KNOWN_YET))
        self._first = next(self._rest)
        names = self._first.table.column_names
        check_is_header(names, name=self._first.file)
        _check_is_parted(names, self._first)
        meanings = [meaning_of(name) for name in names]
        self.names_phones = "phone" in meanings
        self.names_a_table = self.names_phones and (len(names) == 1 or sum(m is not None for m in meanings) > 1)

    def read(self) -> Look:
        pieces, rows = [self._first.table], self._first.table.num_rows
        for batch in self._until_enough(rows):
            pieces.append(batch.table)
            rows += batch.table.num_rows
        if not rows:
            hint = "look whether the export went wrong; no rows are never taken for an empty list"
            raise SourceError(f"{self._first.file} holds no rows", code="empty_source", hint=hint)
        table = pa.concat_tables(pieces)
        return Look(self._first.file, table.slice(0, LOOKED_AT), whole=rows <= LOOKED_AT)

    def _until_enough(self, rows: int) -> Iterator[Batch]:
        while rows <= LOOKED_AT and (batch := next(self._rest, None)) is not None:
            rows += batch.table.num_rows
            yield batch


def _check_is_parted(names: Sequence[str], first: Batch) -> None:
    """Raises SourceError `quoted_lines` where the names of several columns stand in one cell, and so does each row."""
    if len(names) != 1 or not first.table.num_rows:
        return
    row = first.table.column(0)[0].as_py() or ""
    for sign in DELIMITERS:
        meanings = {meaning_of(part) for part in names[0].split(sign)} - {None}
        if sign in row and "phone" in meanings and len(meanings) > 1:
            message = f"{first.file}: the columns' names stand in one cell, and so does each row"
            hint = "take away the quotes around each line; or part the column in Excel (Data, Text to Columns)"
            raise SourceError(message, code="quoted_lines", hint=hint)


def _below_titles(source: Source, folder: Path) -> _Opened | None:
    """The source from the first row on that plainly is a heading; None where there is none."""
    if source.kind not in ("csv", "xlsx") or source.header_row is not None:
        return None
    for row in (*range(2, TITLES + 1), 1):  # the first last: rows below it may be wider than it is
        opened = _opened_at(row, source, folder)
        if opened and opened.names_a_table:
            return opened
    return None


def _opened_at(row: int, source: Source, folder: Path) -> _Opened | None:
    """None where a table that begins in that row can't be read, or there is no such row."""
    try:
        return _Opened(source.model_copy(update={"header_row": row}), folder)
    except SourceError:
        return None


def _kind(path: Path, folder: Path) -> Kind:
    """As what it is read; the reader then says what is wrong with a file that it can't read."""
    whole = _first_of(path, folder)
    try:
        with whole.open("rb") as handle:
            head = handle.read(HEAD)
    except OSError as error:
        raise SourceError(f"{path} can't be read: {error.strerror}", code="unreadable_file") from None
    match kind_of(head):
        case FileKind.PARQUET | FileKind.SEALED_PARQUET:
            return "parquet"
        case FileKind.OLD_OFFICE | FileKind.OLD_EXCEL:
            return "xlsx"
        case FileKind.ZIP:
            return "xlsx" if _is_office(whole) else "csv"
        case None if not _may_be_text(head):
            if path.suffix.lower().startswith(".xls"):
                return "xlsx"
            hint = "give a CSV, an Excel workbook (.xlsx) or a Parquet file"
            raise SourceError(f"{path} is no table: its bytes are no text", code="other_format", hint=hint)
        case _:
            return "csv"


def _first_of(path: Path, folder: Path) -> Path:
    """The file; of a pattern such as parts/*.csv the first of its files."""
    try:
        return find_files(str(path), folder)[0]
    except SourceError as error:
        if error.code != "missing_file":
            raise
    hint = near_path(str(path), folder, path=folder / path)
    raise SourceError(f"there is no file {sayable(str(path))}", code="missing_file", hint=hint)


def _may_be_text(head: bytes) -> bool:
    """Whether hardly a byte is one that no text has; NULs may be half of one in UTF-16, but never all."""
    return len(_NO_TEXT.findall(head)) <= STRAY * len(head) and (not head or any(head))


def _is_office(path: Path) -> bool:
    """Whether a zip is some Office file; a damaged one is told by its name."""
    try:
        with zipfile.ZipFile(path) as archive:
            return bool({*archive.namelist()} & {*_OFFICE})
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return path.suffix.lower().startswith(".xls")
