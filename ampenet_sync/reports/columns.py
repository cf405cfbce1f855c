"""One look for all tables on a terminal: plain columns, numbers to the right. It knows no figures."""

from __future__ import annotations

from rich.table import Table

TEXTS = ("segment", "group", "verdict", "reason", "what it means", "newest plan", "state", "campaign", "edition")
MORE_TEXTS = ("uid", "check", "what was found")


def table_of(*columns: str) -> Table:
    """An empty table; every column that isn't known as text holds numbers."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="left" if column in TEXTS + MORE_TEXTS else "right", overflow="fold")
    return table
