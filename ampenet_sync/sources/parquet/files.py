"""A Parquet path, glob or folder → its files in order, with what their folders' names say. No file is opened here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from ampenet_sync.errors import SourceError
from ampenet_sync.sources.files import find_entries, shown

_NOTHING = "__HIVE_DEFAULT_PARTITION__"
_PARTITION = re.compile(r"([^=]+)=(.*)", re.DOTALL)

# Left by writers that have not finished, or were killed.
_UNFINISHED_FOLDERS = ("_temporary", ".spark-staging", "_spark_metadata.tmp")
_UNFINISHED_FILES = (".tmp", ".temp", ".inprogress", ".part", ".partial", ".crdownload", "._copying_")

# A folder of this name belongs to a table format: some of its Parquet files are no longer part of the table.
_TABLE_FORMATS = {"_delta_log": "Delta Lake", ".hoodie": "Hudi"}


@dataclass(frozen=True)
class ParquetPath:
    """A file, its name for people, and the columns that its folders' names hold (`country=TZ`)."""

    path: Path
    name: str
    partitions: dict[str, str]


def find_parquet(pattern: str, folder: Path) -> list[ParquetPath]:
    """The files of a path, a glob or a folder with all that is below it, in the order of their paths.

    Files whose names begin with `_` or `.` are markers and no data. Raises SourceError `missing_file`, `unfinished`
    where a writer has left half of its work, and `table_format` for the files of a Delta, Hudi or Iceberg table.
    """
    paths: list[Path] = []
    for path in find_entries(pattern, folder):
        paths += _inside(path, folder) if path.is_dir() else [path]
    for path in paths:
        if set(path.parts) & set(_UNFINISHED_FOLDERS):
            raise _unfinished(shown(path, folder))
    for root in sorted({_root(path) for path in paths}):
        for name in (*_TABLE_FORMATS, "metadata"):
            _check_folder(root / name, folder)
    if not paths:
        hint = "check customers.source; names that begin with _ or . are no data"
        raise SourceError(f"there is no Parquet file in {pattern}", code="missing_file", hint=hint)
    return [ParquetPath(path, shown(path, folder), _partitions(shown(path, folder))) for path in sorted(set(paths))]


def _inside(root: Path, folder: Path) -> list[Path]:
    """All files below a folder that hold data; whatever they are called they must be readable as Parquet."""
    data = []
    for path in _walk(root):
        name = path.name.lower()
        if path.is_dir() and path.name in _UNFINISHED_FOLDERS:
            raise _unfinished(shown(path, folder))
        if path.is_dir():
            continue
        if name.endswith(_UNFINISHED_FILES):
            raise _unfinished(shown(path, folder))
        if not any(part.startswith(("_", ".")) for part in path.relative_to(root).parts):
            data.append(path)
    return data


def _walk(root: Path) -> Iterator[Path]:
    try:
        yield from sorted(root.rglob("*"))
    except OSError as error:
        raise SourceError(f"{root.name} can't be read: {error.strerror}", code="unreadable_file") from None


def _root(path: Path) -> Path:
    """The folder of a file, or the one that its partitions' folders are in."""
    return next(parent for parent in path.parents if not _PARTITION.fullmatch(parent.name))


def _check_folder(path: Path, folder: Path) -> None:
    if not path.is_dir():
        return
    kind = _TABLE_FORMATS.get(path.name)
    if kind is None and path.name == "metadata" and any(path.glob("*.metadata.json")):
        kind = "Iceberg"
    if kind is not None:
        hint = "export the table as plain Parquet, or hand in the rows that its own reader gives"
        message = f"{shown(path.parent, folder)} is a {kind} table: not all of its files are part of it"
        raise SourceError(message, code="table_format", hint=hint)


def _unfinished(name: str) -> SourceError:
    hint = "let the export finish; if it was stopped, export anew into an empty folder"
    return SourceError(f"{name}: somebody was still writing here", code="unfinished", hint=hint)


def _partitions(name: str) -> dict[str, str]:
    """`c/country=TZ/a.parquet` → {"country": "TZ"}, as Hive, Spark and pandas write folders."""
    matches = [match for part in Path(name).parts[:-1] if (match := _PARTITION.fullmatch(part))]
    return {unquote(match[1]): "" if match[2] == _NOTHING else unquote(match[2]) for match in matches}
