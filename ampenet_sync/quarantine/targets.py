"""Where an export or a report may be written, so that nothing somebody needs is lost. It writes nothing."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ampenet_sync.config import secret_url
from ampenet_sync.config.source import Source
from ampenet_sync.customers.settings import IntakeSettings
from ampenet_sync.errors import ConfigError, SourceError
from ampenet_sync.sources.files import find_entries, whole_path


def check_target(settings: IntakeSettings, path: Path, *, option: str = "--out") -> None:
    """Raises ConfigError `precious_target` where `path` is the configuration, or the source would be read from it."""
    what = ""
    if settings.path.is_absolute() and _same(path, settings.path):
        what = "it is the configuration itself"
    elif (source := settings.customers.source) and _is_read(source, settings.folder, path):
        what = "customers.source reads it, and would read what is written there"
    if what:
        hint = f"name another file after {option}, or leave {option} away"
        raise ConfigError(f"{path} is not written: {what}", code="precious_target", hint=hint)


def free_name(path: Path) -> Path:
    """The path, or where something has its name already the first of name-2, name-3, … that is free."""
    numbered = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in itertools.count(2))
    return next(candidate for candidate in itertools.chain([path], numbered) if not os.path.lexists(candidate))


def _is_read(source: Source, folder: Path, path: Path) -> bool:
    """Whether the source is, or would be, read from a file of this name."""
    pattern = source.csv or source.xlsx or source.parquet
    if pattern is None:
        return any(_same(path, file) for file in _database(source, folder))
    if path.absolute().match(str(whole_path(pattern, folder))):
        return True
    with suppress(SourceError):  # no such file: whoever reads will say so
        entries = find_entries(pattern, folder)
        return any(_same(path, entry) or (entry.is_dir() and _inside(path, entry)) for entry in entries)
    return False


def _database(source: Source, folder: Path) -> Iterator[Path]:
    """The file of an SQLite database; any other holds no file of this machine."""
    kind, _, file = secret_url(source.sql.url if source.sql else "").partition(":///")
    if kind.partition("+")[0] == "sqlite" and file:
        yield folder / file.partition("?")[0].removeprefix("file:")


def _same(path: Path, other: Path) -> bool:
    """Links and letter case do not matter where the file system says so."""
    return path.resolve() == other.resolve() or (path.exists() and other.exists() and path.samefile(other))


def _inside(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())
