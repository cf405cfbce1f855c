"""The bytes of a CSV file → blocks of its text in UTF-8, once its format is recognised. No record is parted here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ampenet_sync.config import Source
from ampenet_sync.sources.csv.archives import Part
from ampenet_sync.sources.csv.encoding import as_utf8, check_utf8
from ampenet_sync.sources.csv.escapes import Escapes, check_unescaped, has_escapes
from ampenet_sync.sources.csv.format import SAMPLE_BYTES, Form, find_form
from ampenet_sync.sources.csv.records import count_lines
from ampenet_sync.sources.header import Wanted


@dataclass(frozen=True)
class Block:
    """Some text of a file, the number of its first line, whether it is the last, and whether the file has CRLFs."""

    data: bytes
    line: int
    last: bool
    has_crlf: bool


class BlocksOfText:
    """The text of one file, some at a time: what was kept back comes again before what follows."""

    def __init__(self, part: Part, source: Source, wanted: Wanted, least: int) -> None:
        self.escapes: Escapes | None = None
        self._part, self._source, self._wanted, self._least = part, source, wanted, least
        self._held, self._line = b"", 1
        self._escaped: bool | None = None

    def keep(self, data: bytes, line: int) -> None:
        """This, which begins on that line, is to come again."""
        self._held, self._line = data, line

    def blocks(self) -> Iterator[tuple[Block, Form]]:
        """Without blank lines before the first record, and with the escapes hidden, if the file has any."""
        form: Form | None = None
        has_crlf = False
        for chunk, last in _with_end(as_utf8(self._part.chunks, self._source.encoding, name=self._part.name)):
            data = self._held + self._hidden(chunk, last)
            has_crlf = has_crlf or b"\r\n" in data
            if form is None:
                data, self._line = _without_blank_lines(data, self._line, last)
                if len(data) < self._least and not last:
                    self._held = data
                    continue
                form = self._recognised(data, last)
            data, self._held = self._unescaped(data, form, last), b""
            yield Block(data, self._line, last, has_crlf), form

    def _unescaped(self, data: bytes, form: Form, last: bool) -> bytes:
        """Until a backslash tells, none was hidden; then all that come are, or none may be."""
        if self.escapes is not None:
            return data
        name, line = self._part.name, self._line
        if self._escaped is None:
            self._escaped = form.escaped
        if self._escaped is None:
            self._escaped = has_escapes(data, form.signs, name=name, line=line, whole=last)
        if self._escaped:
            self.escapes = Escapes(form.signs, certain=self._source.escape is not None)
            return self.escapes.hide(data, last=last, name=name, line=line)
        if self._source.escape is None and self._escaped is False:
            check_unescaped(data, form.signs, name=name, line=line)
        return data

    def _recognised(self, data: bytes, last: bool) -> Form:
        """From the first lines, which must be text for that."""
        end = len(data) if last else data.rfind(b"\n", 0, SAMPLE_BYTES) + 1
        check_utf8(data[:end], name=self._part.name, line=self._line, whole=last)
        needed, line = self._wanted.columns, self._line
        return find_form(data, self._source, needed=needed, line=line, whole=last, name=self._part.name)

    def _hidden(self, chunk: bytes, last: bool) -> bytes:
        if self.escapes is None:
            return chunk
        line = self._line + count_lines(self._held)
        return self.escapes.hide(chunk, last=last, name=self._part.name, line=line)


def _without_blank_lines(data: bytes, line: int, last: bool) -> tuple[bytes, int]:
    """What stands before a header, so that a file of blank lines fills no memory; half of a CRLF may be at the end."""
    body = data.lstrip(b"\r\n")
    blank = data[: len(data) - len(body)]
    if not body and blank.endswith(b"\r") and not last:
        body, blank = b"\r", blank[:-1]
    return body, line + count_lines(blank)


def _with_end(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each chunk, and at the end an empty one that says so."""
    for chunk in chunks:
        yield chunk, False
    yield b"", True
