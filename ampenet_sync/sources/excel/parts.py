"""An .xlsx file as a zip of XML parts, read piece by piece; nothing else passes for one. No cell is known here."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol
from xml.parsers import expat

from ampenet_sync.config.bounds import (
    ELEMENTS_KEPT,
    MARKS_FREE,
    MARKS_PER_BYTE,
    PACKED_FREE,
    PACKED_RATIO,
    PART_BYTES,
    TOKEN_BYTES,
)
from ampenet_sync.errors import SourceError
from ampenet_sync.sources.excel.kinds import check_kind, locked
from ampenet_sync.sources.packed import open_zip

PIECE = 1 << 18

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    expat.ExpatError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    LookupError,
)


class Handler(Protocol):
    """What is told of a part's XML, piece by piece."""

    def attach(self, parser: expat.XMLParserType) -> None: ...


class Element(NamedTuple):
    """One element of a small part, names without prefixes."""

    parent: str
    name: str
    attributes: dict[str, str]


class Parts:
    """The parts of one workbook; their names are compared without regard to case, as Excel does."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.name = name
        self._archive = archive
        self._infos = {info.filename.replace("\\", "/").lower(): info for info in archive.infolist()}

    def has(self, part: str) -> bool:
        return part.lower() in self._infos

    def feed(self, part: str, handler: Handler, *, kind: str = "sheet") -> Iterator[float]:
        """Reads the part to its very end, checksum included; after each piece yields the share that was read."""
        info = self._infos[part.lower()]
        self._check_size(info, kind)
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        handler.attach(parser)
        with self._archive.open(info) as stream:
            read = marks = 0
            while piece := stream.read(PIECE):
                marks += piece.count(b"<")
                most = MARKS_FREE + MARKS_PER_BYTE * info.compress_size
                if marks > most:
                    raise bomb(f"{self.name}: {part}", f"more than {most // 2:,} elements")
                parser.Parse(piece, False)
                read += len(piece)
                if read - parser.CurrentByteIndex > TOKEN_BYTES:
                    raise bomb(f"{self.name}: {part}", f"a word of more than {TOKEN_BYTES >> 20} MB")
                yield read / info.file_size
            parser.Parse(b"", True)
            yield 1.0

    def elements(self, part: str, *names: str) -> list[Element]:
        """The elements of these names in a small part, in their order."""
        collector = _Collector(frozenset(names), self.name)
        for _ in self.feed(part, collector, kind="small"):
            pass
        return collector.elements

    def _check_size(self, info: zipfile.ZipInfo, kind: str) -> None:
        if info.flag_bits & 1:
            raise locked(self.name)
        most = min(PART_BYTES[kind], max(PACKED_FREE, PACKED_RATIO * info.compress_size))
        if info.file_size > most:
            raise bomb(f"{self.name}: {info.filename}", f"more than {most >> 20:,} MB")

    def _refuse_doctype(self, *_: object) -> None:
        raise SourceError(
            f"{self.name} declares XML entities, which no workbook needs",
            code="bad_xlsx",
            hint="open it in Excel or LibreOffice, save it as .xlsx and give that",
        )


@contextmanager
def open_parts(path: Path, *, name: str) -> Iterator[Parts]:
    """The workbook's parts. Raises SourceError for another kind of file, and for any damage met within the block."""
    with path.open("rb") as stream:
        check_kind(stream, name=name)
        try:
            with open_zip(stream, name=name) as archive:
                yield Parts(archive, name)
        except _DAMAGE:
            raise damaged(name) from None


def damaged(name: str) -> SourceError:
    hint = "it was cut off or changed on its way; copy or export it anew"
    return SourceError(f"{name} is damaged: it can't be read to its end as .xlsx", code="bad_xlsx", hint=hint)


def bomb(place: str, what: str) -> SourceError:
    """`place` is the file, and the part in it; `what` is over which bound."""
    hint = "copy the customers' rows alone into a new workbook and give that"
    return SourceError(f"{place} unpacks to far more than a list of customers: {what}", code="too_large", hint=hint)


class _Collector:
    def __init__(self, names: frozenset[str], file: str) -> None:
        self.elements: list[Element] = []
        self._names, self._file = names, file
        self._open = [""]

    def attach(self, parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        bare = name.rpartition(":")[2]
        if bare in self._names:
            if len(self.elements) == ELEMENTS_KEPT:
                raise bomb(self._file, f"more than {ELEMENTS_KEPT:,} elements named {bare}")
            own = {key.rpartition(":")[2]: attributes[key] for key in attributes}
            self.elements.append(Element(self._open[-1], bare, own))
        self._open.append(bare)

    def _end(self, name: str) -> None:
        self._open.pop()
