"""A workbook's sheets, number formats and shared texts. The rows of a sheet are not read here."""

from __future__ import annotations

import difflib
import posixpath
from dataclasses import dataclass
from datetime import datetime
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from ampenet_sync.config.bounds import TEXT_BYTES
from ampenet_sync.errors import SourceError
from ampenet_sync.sources.excel.parts import Element, Parts, bomb

# Numbers of formats that depend on the country; Excel uses these as dates too.
_DATES_ELSEWHERE = {*range(27, 37), *range(50, 59)}
_YES = ("1", "true", "on")


@dataclass(frozen=True)
class Sheet:
    """One sheet of rows; `part` is where in the zip it is."""

    name: str
    part: str
    visible: bool


@dataclass(frozen=True)
class Book:
    """What the cells of every sheet refer to. `moments[style]` is "", "date" or "duration".

    `uncalculated`: the program that wrote it left all formulas to Excel, so that a 0 may be no result.
    """

    sheets: list[Sheet]
    moments: list[str]
    texts: list[str]
    epoch: datetime
    uncalculated: bool


def read_book(parts: Parts) -> Book:
    """Raises SourceError, or what open_parts makes one of, where a part is missing or damaged."""
    main = _targets(parts, "")["officeDocument"][0]
    elements, related = parts.elements(main, "sheet", "workbookPr", "calcPr"), _relations(parts, main)
    settings = {element.name: element.attributes for element in elements}
    sheets = [
        Sheet(element.attributes["name"], related[element.attributes["id"]][1], _visible(element))
        for element in elements
        if element.name == "sheet" and related[element.attributes["id"]][0] == "worksheet"
    ]
    by_kind = _targets(parts, main)
    mac = settings.get("workbookPr", {}).get("date1904") in _YES
    return Book(
        sheets,
        _moments(parts, by_kind.get("styles", [])),
        _texts(parts, by_kind.get("sharedStrings", [])),
        MAC_EPOCH if mac else WINDOWS_EPOCH,
        settings.get("calcPr", {}).get("fullCalcOnLoad") in _YES,
    )


def choose_sheet(book: Book, wanted: str | None, *, filled: list[str], name: str) -> Sheet:
    """The sheet that is named, or else the only visible one with anything in it; `filled` are the names of all such."""
    names = [sheet.name for sheet in book.sheets]
    if wanted is not None:
        if wanted not in names:
            near = difflib.get_close_matches(wanted, names, n=1, cutoff=0.4)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names)}"
            raise SourceError(f"{name} has no sheet {wanted!r}", code="missing_sheet", hint=hint)
        return book.sheets[names.index(wanted)]
    visible = [sheet for sheet in book.sheets if sheet.visible and sheet.name in filled]
    if len(visible) == 1:
        return visible[0]
    if visible:
        listed = ", ".join(sheet.name for sheet in visible)
        hint = f"write which one into customers.source, as in sheet: {visible[0].name}"
        raise SourceError(f"{name} has several filled sheets: {listed}", code="which_sheet", hint=hint)
    if filled:
        hint = f"write it into customers.source if you mean it, as in sheet: {filled[0]}"
        raise SourceError(f"{name} has rows in hidden sheets only: {', '.join(filled)}", code="which_sheet", hint=hint)
    hint = "look whether the export went wrong; a file without customers is never taken for an empty list"
    raise SourceError(f"{name}: nothing is written in any sheet", code="empty_source", hint=hint)


def _visible(element: Element) -> bool:
    return element.attributes.get("state", "visible") == "visible"


def _relations(parts: Parts, part: str) -> dict[str, tuple[str, str]]:
    """Relation id → its kind and the part it leads to."""
    folder, base = posixpath.split(part)
    relations = {}
    for element in parts.elements(posixpath.join(folder, "_rels", f"{base}.rels"), "Relationship"):
        if element.attributes.get("TargetMode") != "External":
            target = element.attributes["Target"].replace("\\", "/")
            whole = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            relations[element.attributes["Id"]] = (element.attributes["Type"].rpartition("/")[2], whole)
    return relations


def _targets(parts: Parts, part: str) -> dict[str, list[str]]:
    """Kind of relation → the parts it leads to."""
    targets: dict[str, list[str]] = {}
    for kind, target in _relations(parts, part).values():
        targets.setdefault(kind, []).append(target)
    return targets


def _moments(parts: Parts, where: list[str]) -> list[str]:
    """For each style a cell may have, whether its numbers are moments."""
    if not where:
        return []
    elements = parts.elements(where[0], "numFmt", "xf")
    own = {e.attributes["numFmtId"]: e.attributes.get("formatCode", "") for e in elements if e.name == "numFmt"}
    formats = [e.attributes.get("numFmtId", "0") for e in elements if (e.parent, e.name) == ("cellXfs", "xf")]
    return [_moment(number, own.get(number)) for number in formats]


def _moment(number: str, code: str | None) -> str:
    if code is None and int(number) in _DATES_ELSEWHERE:
        return "date"
    code = BUILTIN_FORMATS.get(int(number)) if code is None else code
    if not is_date_format(code):
        return ""
    return "duration" if is_timedelta_format(code) else "date"


def _texts(parts: Parts, where: list[str]) -> list[str]:
    if not where or not parts.has(where[0]):
        return []
    strings = _Strings(parts.name)
    for _ in parts.feed(where[0], strings, kind="sharedstrings"):
        pass
    return strings.texts


class _Strings:
    """Collects the texts of sharedStrings.xml; the reading aids of Asian scripts (rPh) are no part of a text."""

    def __init__(self, name: str) -> None:
        self.texts: list[str] = []
        self._name = name
        self._pieces: list[str] = []
        self._length = self._aids = 0

    def attach(self, parser: expat.XMLParserType) -> None:
        self._parser = parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def _start(self, name: str, _: dict[str, str]) -> None:
        bare = name.rpartition(":")[2]
        if bare == "si":
            self._pieces, self._length = [], 0
        elif bare == "t" and not self._aids:
            self._parser.CharacterDataHandler = self._take
        elif bare == "rPh":
            self._aids += 1

    def _end(self, name: str) -> None:
        bare = name.rpartition(":")[2]
        if bare == "t":
            self._parser.CharacterDataHandler = None
        elif bare == "si":
            self.texts.append("".join(self._pieces))
        elif bare == "rPh":
            self._aids -= 1

    def _take(self, text: str) -> None:
        self._length += len(text)
        if self._length > TEXT_BYTES:
            raise bomb(self._name, f"a text of more than {TEXT_BYTES >> 20} MB")
        self._pieces.append(text)
