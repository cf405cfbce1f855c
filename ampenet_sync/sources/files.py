"""Paths and globs of ampenet.yaml → files that stay the same while they are read. What is in them is not looked at."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ampenet_sync.errors import SourceError
from ampenet_sync.sources.missingfiles import missing_file

_MAGIC = "*?["


def find_files(pattern: str, folder: Path) -> list[Path]:
    """The file, or the files of a glob sorted by name; a relative path starts at `folder`.

    Raises SourceError `missing_file` where there is none.
    """
    paths = [path for path in find_entries(pattern, folder) if not (path.is_dir() and _is_glob(pattern, folder))]
    if paths and all(path.is_file() for path in paths):
        return paths
    raise missing_file(pattern, folder, path=whole_path(pattern, folder))


def find_entries(pattern: str, folder: Path) -> list[Path]:
    """As find_files, but for folders too."""
    try:
        paths = _expand(pattern, folder) if _is_glob(pattern, folder) else [whole_path(pattern, folder)]
        if paths and all(path.exists() for path in paths):
            return paths
    except PermissionError as error:
        raise SourceError(f"{pattern} can't be read: {error.strerror}", code="unreadable_file") from None
    except (OSError, ValueError):  # no file can have such a name
        raise missing_file(pattern, folder, path=folder / pattern) from None
    raise missing_file(pattern, folder, path=whole_path(pattern, folder))


def whole_path(pattern: str, folder: Path) -> Path:
    """From `folder`, or from a home where it begins with ~; one that is nobody's stays as it is written."""
    return folder / os.path.expanduser(pattern)  # noqa: PTH111 - Path's own raises for nobody's home


def files_changed(pattern: str) -> SourceError:
    """For a glob or folder that holds other files after the reading than before."""
    hint = "let the export finish, then run again"
    return SourceError(f"the files of {pattern} changed while they were read", code="changed_file", hint=hint)


def _is_glob(pattern: str, folder: Path) -> bool:
    """A file that is there under just this name is meant, whatever signs are in it."""
    return bool(set(_MAGIC) & set(pattern)) and not whole_path(pattern, folder).exists()


@contextmanager
def unchanged(path: Path, *, name: str) -> Iterator[int]:
    """The file's size; raises SourceError `changed_file` when the file was written to or replaced within the block.

    An error within the block gives way to that one: half a file looks damaged in many ways.
    """
    try:
        before = path.stat()
        try:
            yield before.st_size
        except SourceError:
            _check_same_file(before, path.stat(), name)
            raise
        _check_same_file(before, path.stat(), name)
    except OSError as error:
        raise SourceError(f"{name} can't be read: {error.strerror}", code="unreadable_file") from None


def shown(path: Path, folder: Path) -> str:
    """The path as rows and messages name it: relative to `folder` where it is inside."""
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


def _check_same_file(before: os.stat_result, after: os.stat_result, name: str) -> None:
    marks = [(stat.st_ino, stat.st_size, stat.st_mtime_ns) for stat in (before, after)]
    if marks[0] != marks[1]:
        hint = "let the export finish, then run again"
        raise SourceError(f"{name} changed while it was read", code="changed_file", hint=hint) from None


def _expand(pattern: str, folder: Path) -> list[Path]:
    whole = whole_path(pattern, Path(glob.escape(str(folder))))  # an absolute pattern replaces the folder
    return sorted(Path(name) for name in glob.glob(str(whole), recursive=True))  # noqa: PTH207
