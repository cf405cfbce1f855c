"""One look for all tables on a terminal: plain columns, numbers to the right. It knows no figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from ampenet_sync.reports.plain import plain, spelt

TEXTS = (
    "default",
    "segment",
    "group",
    "verdict",
    "reason",
    "what it means",
    "newest plan",
    "state",
    "campaign",
    "edition",
)
MORE_TEXTS = (
    "when",
    "what happened",
    "run",
    "kind",
    "segment or campaign",
    "started",
    "ended",
    "outcome",
    "by",
    "since",
    "uid",
    "check",
    "what was found",
    "repair",
    "place",
    "imported",
    "change",
    "key",
    "phone",
    "sender",
    "approved by",
    "before → after",
    "status",
    "source",
)


GAP = 2  # blanks between two columns


class PlainTable(Table):
    """Its cells may come from the platform or from a file, and show as letters only, such as the screen has.

    On a screen too narrow for its longest words, each row becomes a block with one line for each column.
    """

    def add_row(self, *cells: RenderableType | None, **how: Any) -> None:
        super().add_row(*(plain(cell) if isinstance(cell, str) else cell for cell in cells), **how)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        heads = [spelt(str(column.header), console.encoding) for column in self.columns]
        columns = [[_spelt(cell, console.encoding) for cell in column.cells] for column in self.columns]
        widths = _widths(heads, columns, options.max_width)
        if widths is None:
            yield from _blocks(heads, columns)
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for head, column, width in zip(heads, self.columns, widths, strict=True):
            table.add_column(head, justify=column.justify, overflow="fold", width=width)
        for row in zip(*columns, strict=True):
            table.add_row(*row)
        yield table


def table_of(*columns: str) -> Table:
    """An empty table; every column that isn't known as text holds numbers."""
    table = PlainTable(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(
            column, justify="left" if column.split(" (")[0] in TEXTS + MORE_TEXTS else "right", overflow="fold"
        )
    return table


def _spelt(cell: RenderableType, encoding: str) -> Text:
    """A cell as text of its own; only its style as a whole is kept."""
    if isinstance(cell, Text):
        return Text(spelt(cell.plain, encoding), style=cell.style)
    return Text(spelt(str(cell), encoding))


def _widths(heads: Sequence[str], columns: Sequence[Sequence[Text]], most: int) -> list[int] | None:
    """The width of each column, the widest made narrower first and no word cut; None where that doesn't fit."""
    texts = [[head, *(cell.plain for cell in cells)] for head, cells in zip(heads, columns, strict=True)]
    widths = [max(cell_len(line) for text in column for line in text.split("\n")) for column in texts]
    words = [max((cell_len(word) for text in column for word in text.split()), default=0) for column in texts]
    most -= GAP * (len(widths) - 1)
    if sum(words) > most:
        return None
    while sum(widths) > most:
        at = max((at for at, width in enumerate(widths) if width > words[at]), key=lambda at: widths[at])
        widths[at] -= 1
    return widths


def _blocks(heads: Sequence[str], columns: Sequence[Sequence[Text]]) -> Iterator[RenderableType]:
    for at, row in enumerate(zip(*columns, strict=True)):
        block = Table(box=None, pad_edge=False, show_header=False)
        block.add_column(style="bold", no_wrap=True)
        block.add_column(overflow="fold")
        for head, cell in zip(heads, row, strict=True):
            if cell.plain:
                block.add_row(head, cell)
        yield from ([Text("")] if at else [])
        yield block
