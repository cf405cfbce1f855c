"""Files that only their owner may read, never half written. What is written into them is the caller's business."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ampenet_sync.config.folders import make_private_folder, open_lock
from ampenet_sync.errors import ConfigError

if sys.platform != "win32":
    import fcntl


def write_private(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a file beside `path` (0600), then rename it; missing folders are made (0700).

    Readers see the old file or the whole new one. Whatever `write` raises leaves the old one as it was. Raises
    ConfigError `unwritable` where the place takes no file.
    """
    with clear_errors(path):
        make_private_folder(path.parent)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        os.close(handle)
        beside = Path(name)
        try:
            write(beside)
            beside.chmod(0o600)
            to_disk(beside)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        to_disk(path.parent)


def keep_page(page: str, path: Path) -> None:
    """Write a page (0600), beside and renamed; it takes an earlier one's place. Raises ConfigError `unwritable`."""

    def write(beside: Path) -> None:
        beside.write_text(page, encoding="utf-8")

    write_private(path, write)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Wait until nobody else holds the lock file (0600) at `path`, and hold it within the block; it stays behind.

    A killed process lets go of it. Raises ConfigError `unwritable` where the place takes no file.
    """
    with clear_errors(path):
        make_private_folder(path.parent)
        handle = open_lock(path)
    try:
        if sys.platform != "win32":
            with clear_errors(path):
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def clear_errors(path: Path) -> Iterator[None]:
    """Raises ConfigError `unwritable` for whatever the operating system says within the block."""
    try:
        yield
    except OSError as error:
        hint = "name another place, or make room and rights there"
        why = "it is a link, and is followed nowhere" if error.errno == errno.ELOOP else error.strerror
        raise ConfigError(f"{path} can't be written: {why}", code="unwritable", hint=hint) from None


def to_disk(path: Path) -> None:
    """Wait until what was written to the file, or renamed in the folder, outlives a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
