"""One look for all tables on a terminal: plain columns, numbers to the right. It knows no figures."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType
from rich.table import Table

from ampenet_sync.reports.plain import plain

TEXTS = ("segment", "group", "verdict", "reason", "what it means", "newest plan", "state", "campaign", "edition")
MORE_TEXTS = (
    "uid",
    "check",
    "what was found",
    "repair",
    "place",
    "imported",
    "change",
    "key",
    "phone",
    "before → after",
    "source",
)


class PlainTable(Table):
    """Its cells may come from the platform or from a file, and show as letters only."""

    def add_row(self, *cells: RenderableType | None, **how: Any) -> None:
        super().add_row(*(plain(cell) if isinstance(cell, str) else cell for cell in cells), **how)


def table_of(*columns: str) -> Table:
    """An empty table; every column that isn't known as text holds numbers."""
    table = PlainTable(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="left" if column in TEXTS + MORE_TEXTS else "right", overflow="fold")
    return table
