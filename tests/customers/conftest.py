"""Writes the small shop of these tests into a folder. It reads nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ampenet_sync.config import Config, load
from tests.customers.shop import CONFIG, HEADER, Shop

WRITTEN = 1_795_500_000  # each time at the same moment, so that the same rows are the same source


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """shop("1,0712345678,…", "2,…") → its configuration; `where=` for the segment, `text=` for another ampenet.yaml."""

    def write(*rows: str, where: str = "true", text: str = CONFIG, header: str = HEADER) -> Config:
        source = tmp_path / "customers.csv"
        source.write_text(header + "".join(f"{row}\n" for row in rows), encoding="utf-8")
        os.utime(source, (WRITTEN, WRITTEN))
        (tmp_path / "ampenet.yaml").write_text(text.replace("WHERE", "'" + where.replace("'", "''") + "'"))
        return load(tmp_path / "ampenet.yaml", environ={})

    return write
