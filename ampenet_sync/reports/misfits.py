"""Cells that are not of their column's type where nothing needs them, in a line for each column. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ampenet_sync.phones import shown_name


def misfit_lines(misfits: Mapping[str, int]) -> Iterator[str]:
    """`points: 3 cells don't fit the type …` for each column that has any."""
    for column, cells in misfits.items():
        fit = "1 cell doesn't" if cells == 1 else f"{cells:,} cells don't"
        yield f"{shown_name(column)}: {fit} fit the column's type; nothing needs the column"
