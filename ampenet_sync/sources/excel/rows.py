"""The XML of one sheet → its rows with every cell as text, as it streams by. What a column means isn't known.

openpyxl's own streaming isn't used for this: it drops rows that stand out of order or outside the sheet's stated size,
keeps something of every row in memory, tells no hidden rows, and no formula from its result. The tests compare both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from ampenet_sync.config.bounds import COLUMNS, SHEET_ROWS, TEXT_BYTES
from ampenet_sync.sources.excel.book import Book
from ampenet_sync.sources.excel.parts import Parts, bomb
from ampenet_sync.sources.excel.text import moment_text, number_text, plain_text

_YES = ("1", "true", "on")


@dataclass(slots=True)
class SheetRow:
    """Column (from 1) → text of each filled cell; `formulas`: those without a result or with an error, as written.

    `numbers` are the columns of numbers that may have been rounded.
    """

    number: int
    hidden: bool = False
    cells: dict[int, str] = field(default_factory=dict)
    formulas: dict[int, str] = field(default_factory=dict)
    numbers: tuple[int, ...] = ()
    only_text: bool = True


def read_sheet(parts: Parts, part: str, *, book: Book) -> Iterator[tuple[list[SheetRow], float]]:
    """The filled rows in their order, some at a time, with the share of the sheet that was read."""
    reader = _Reader(book, parts.name)
    for share in parts.feed(part, reader):
        rows, reader.rows = reader.rows, []
        yield rows, share


def is_filled(parts: Parts, part: str, *, book: Book) -> bool:
    return any(rows for rows, _ in read_sheet(parts, part, book=book))


class _Reader:
    """Told by expat of each element. The names of the elements are set by the root's, which may bear a prefix."""

    def __init__(self, book: Book, name: str) -> None:
        self.rows: list[SheetRow] = []
        self._book, self._file = book, name
        self._row = SheetRow(0)
        self._column = 0
        self._kind, self._style = "n", 0
        self._formula: str | None = None
        self._text: str | None = None
        self._pieces: list[str] = []
        self._length = self._aids = 0
        self._all_hidden = False
        self._columns: dict[str, int] = {}

    def attach(self, parser: expat.XMLParserType) -> None:
        self._parser = parser
        parser.StartElementHandler = self._root

    def _root(self, name: str, _: dict[str, str]) -> None:
        prefix, colon, bare = name.rpartition(":")
        if bare != "worksheet":
            raise ValueError(f"{bare} is no sheet")
        names = (prefix + colon + bare for bare in ("c", "v", "row", "t", "f", "rPh", "sheetFormatPr"))
        self._c, self._v, self._r, self._t, self._f, self._aid, self._format = names
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == self._c:
            self._start_cell(attributes)
        elif name == self._v or name == self._f or (name == self._t and not self._aids):
            self._pieces, self._length = [], 0
            self._parser.CharacterDataHandler = self._take
        elif name == self._r:
            self._start_row(attributes)
        elif name == self._aid:
            self._aids += 1
        elif name == self._format:
            self._all_hidden = attributes.get("zeroHeight") in _YES

    def _end(self, name: str) -> None:
        if name == self._c:
            self._end_cell()
        elif name == self._v:
            self._text = self._read()
        elif name == self._t and not self._aids:
            self._text = (self._text or "") + self._read()
        elif name == self._f:
            self._formula = self._read()
        elif name == self._r:
            if self._row.cells or self._row.formulas:
                self.rows.append(self._row)
        elif name == self._aid:
            self._aids -= 1

    def _take(self, text: str) -> None:
        self._length += len(text)
        if self._length > TEXT_BYTES:
            raise bomb(self._file, f"a text of more than {TEXT_BYTES >> 20} MB")
        self._pieces.append(text)

    def _read(self) -> str:
        self._parser.CharacterDataHandler = None
        return "".join(self._pieces)

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = int(attributes.get("r") or self._row.number + 1)
        if not self._row.number < number <= SHEET_ROWS:
            raise ValueError("rows out of order")
        self._row = SheetRow(number, self._is_hidden(attributes))
        self._column = 0

    def _is_hidden(self, attributes: dict[str, str]) -> bool:
        """By hand, by a filter, by a folded group, or by a height of nothing."""
        height = attributes.get("ht")
        by_default = self._all_hidden and height is None and "hidden" not in attributes
        return attributes.get("hidden") in _YES or by_default or (height is not None and float(height) == 0)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        column = self._place(attributes["r"]) if "r" in attributes else self._column + 1
        if not self._column < column <= COLUMNS:
            raise ValueError("cells out of order")
        self._column = column
        self._kind = attributes.get("t", "n")
        self._style = int(attributes.get("s", 0))
        self._formula = self._text = None

    def _place(self, reference: str) -> int:
        """`AB7` → 28; the 7 must be the row's own number."""
        letters = reference.rstrip("0123456789")
        if reference[len(letters) :] != str(self._row.number):
            raise ValueError("a cell of another row")
        column = self._columns.get(letters)
        if column is None:
            if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
                raise ValueError("no reference of a cell")
            column = 0
            for letter in letters.upper():
                column = column * 26 + ord(letter) - 64
            self._columns[letters] = column
        return column

    def _end_cell(self) -> None:
        text = self._text
        if self._formula is not None and self._has_no_result():
            self._row.formulas[self._column] = "=" + self._formula
        elif self._kind == "e" and text:  # no value, whether a formula came to it or somebody pasted it
            self._row.formulas[self._column] = text
            self._row.only_text = False
        elif text and (read := self._cell_text(text)):
            self._row.cells[self._column] = read
            if self._kind == "n" and read.endswith("00000"):
                self._row.numbers += (self._column,)

    def _has_no_result(self) -> bool:
        """A text as result may well be empty, a number may not; 0 is what is written where nothing was calculated."""
        if not self._text:
            return self._kind != "str"
        return self._book.uncalculated and self._kind == "n" and self._text == "0"

    def _cell_text(self, text: str) -> str:
        match self._kind:
            case "s":
                return plain_text(self._book.texts[int(text)])
            case "str" | "inlineStr":
                return plain_text(text)
        self._row.only_text = False
        match self._kind:
            case "n":
                moments = self._book.moments
                moment = moments[self._style] if self._style < len(moments) else ""
                return moment_text(text, moment, epoch=self._book.epoch) if moment else number_text(text)
            case "b":
                return "true" if text.strip() in _YES else "false"
        return text.removesuffix("T00:00:00")
