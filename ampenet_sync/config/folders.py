"""Folders that only their owner may enter, and lock files in them. What is put into them: not decided here."""

from __future__ import annotations

import os
from pathlib import Path

NOT_FOR_GIT = ".gitignore"


def make_private_folder(folder: Path) -> None:
    """Make the folder and what is missing above it with 0700; folders that are there keep their rights.

    The uppermost that is made gets a .gitignore, so that nothing in it is ever committed.
    """
    if folder.exists():
        return
    uppermost = folder
    while not uppermost.parent.exists():
        uppermost = uppermost.parent
    _make(folder, uppermost)
    keep_out_of_git(uppermost)


def keep_out_of_git(folder: Path) -> None:
    """A .gitignore for all that is in the folder; one that is there stays."""
    try:
        handle = os.open(folder / NOT_FOR_GIT, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write("*\n")


def open_lock(path: Path) -> int:
    """A handle of the lock file at `path`, which is made (0600) where it is missing. A link there is followed nowhere:
    raises OSError."""
    return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)


def _make(folder: Path, uppermost: Path) -> None:
    if folder != uppermost:
        _make(folder.parent, uppermost)
    folder.mkdir(mode=0o700, exist_ok=True)
