"""What killed processes leave behind is removed by a later one, and nothing that is still at work."""

from __future__ import annotations

import os
from pathlib import Path

from ampenet_sync.files.growing import sweep_folders


def left(parent: Path, name: str, *, seconds: float) -> Path:
    """A reading's folder in which the last byte was written so many seconds ago; the folder itself is older."""
    folder = parent / name
    (folder / "reading").mkdir(parents=True)
    file = folder / "reading" / ".customers-x.tmp"
    file.write_bytes(b"x")
    now = file.stat().st_mtime
    os.utime(file, (now - seconds, now - seconds))
    for path in (folder / "reading", folder):
        os.utime(path, (now - 90_000, now - 90_000))
    return folder


def test_a_killed_reading_is_swept_away_and_a_long_one_is_not(tmp_path: Path) -> None:
    killed, at_work = left(tmp_path, ".quarantine-a", seconds=7200), left(tmp_path, ".quarantine-b", seconds=10)
    other = left(tmp_path, "customers", seconds=7200)
    sweep_folders(tmp_path, pattern=".quarantine-*", older=3600)
    assert (killed.exists(), at_work.exists(), other.exists()) == (False, True, True)
