"""Folders that only their owner may enter. What is put into them: not decided here."""

from __future__ import annotations

from pathlib import Path


def make_private_folder(folder: Path) -> None:
    """Make the folder and what is missing above it with 0700; folders that are there keep their rights."""
    if not folder.exists():
        make_private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
