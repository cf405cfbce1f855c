"""Files that only their owner may read, never half written. What is written into them is the caller's business."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def write_private(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a file beside `path` (0600), then rename it; missing folders are made (0700).

    Readers see the old file or the whole new one. Whatever `write` raises leaves the old one as it was.
    """
    make_private_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    os.close(handle)
    beside = Path(name)
    try:
        write(beside)
        beside.chmod(0o600)
        _to_disk(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    _to_disk(path.parent)


def make_private_folder(folder: Path) -> None:
    """Make the folder and what is missing above it with 0700; folders that are there keep their rights."""
    if not folder.exists():
        make_private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
