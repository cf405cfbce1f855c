"""Bytes of a text file → UTF-8, by its byte order mark or the encoding the user named. No other one is guessed at."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from ampenet_sync.errors import SourceError
from ampenet_sync.sources.csv.records import count_lines

# Longest first: the mark of UTF-32-LE begins like that of UTF-16-LE.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_EXCEL = "save it as «CSV UTF-8» (in Excel: Save As, CSV UTF-8)"
_SAMPLE = 4096


def as_utf8(chunks: Iterator[bytes], encoding: str | None, *, name: str) -> Iterator[bytes]:
    """The text without its byte order mark; UTF-8 is passed on unchecked, see check_utf8.

    Raises SourceError `bad_encoding` where the mark and `encoding` differ, or bytes are none of that encoding.
    """
    head = next(chunks, b"")
    mark, marked = next(((mark, codec) for mark, codec in _MARKS if head.startswith(mark)), (b"", None))
    agreed = _agreed(marked, encoding, head, name)
    head = head[len(mark) :]
    if agreed == "utf-8":
        yield head
        yield from chunks
    else:
        yield from _decoded(head, chunks, agreed, name)


def check_utf8(data: bytes, *, name: str, line: int, whole: bool) -> None:
    """Raises SourceError with the line and the likely setting; `line` is where data begins, `whole` at a file's end."""
    if data.isascii():
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        place = f"{name}:{line + count_lines(data[: error.start])}"
        if whole and error.reason == "unexpected end of data":
            raise _cut(place) from None
        raise SourceError(f"{place}: not written in UTF-8", code="bad_encoding", hint=_likely(data, error)) from None


def _agreed(marked: str | None, encoding: str | None, head: bytes, name: str) -> str:
    """The encoding of the mark, which a configured one must not contradict."""
    if marked is None:
        if encoding in ("utf-16", "utf-32"):
            hint = f"write encoding: {encoding}-le or {encoding}-be"
            message = f"{name}:1: there is no byte order mark to tell which {encoding} it is"
            raise SourceError(message, code="bad_encoding", hint=hint)
        if encoding in (None, "utf-8"):
            _check_wide(head, name)
        return encoding or "utf-8"
    if encoding is None or marked == encoding or marked.rsplit("-", 1)[0] == encoding:
        return marked
    message = f"{name}:1: the file says by its first bytes that it is {marked}, customers.source says {encoding}"
    raise SourceError(message, code="bad_encoding", hint="leave encoding out: it is recognised")


def _check_wide(head: bytes, name: str) -> None:
    """UTF-16 and UTF-32 without a mark show by where the NULs of plain letters stand."""
    sample = head[:_SAMPLE]
    count = len(sample) // 4
    if not count:
        return
    empty = tuple(sample[at : count * 4 : 4].count(0) > 0.7 * count for at in range(4))
    by_empty: dict[tuple[bool, ...], str] = {
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
    }
    if codec := by_empty.get(empty):
        hint = f"looks like {codec.upper()}: write encoding: {codec} beside csv"
        raise SourceError(f"{name}:1: not written in UTF-8", code="bad_encoding", hint=hint)


def _decoded(head: bytes, chunks: Iterator[bytes], codec: str, name: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    line, held = 1, b""

    def decode(data: bytes, *, final: bool) -> bytes:
        """A CR at the end waits for what follows, so that lines are counted right."""
        nonlocal line, held
        try:
            text = held + decoder.decode(data, final).encode("utf-8")
        except UnicodeError as error:
            raise _undecoded(error, codec, name, line, held) from None
        cut = len(text) - (text.endswith(b"\r") and not final)
        text, held = text[:cut], text[cut:]
        line += count_lines(text)
        return text

    yield decode(head, final=False)
    for chunk in chunks:
        yield decode(chunk, final=False)
    yield decode(b"", final=True)


def _undecoded(error: UnicodeError, codec: str, name: str, line: int, held: bytes) -> SourceError:
    if isinstance(error, UnicodeDecodeError):
        before = error.object[: error.start].decode(codec, "ignore").encode("utf-8", "ignore")
        line += count_lines(held + before)
        if error.reason in ("truncated data", "unexpected end of data", "incomplete multibyte sequence"):
            return _cut(f"{name}:{line}")
    hint = "name the encoding the export was written in, or " + _EXCEL
    return SourceError(f"{name}:{line}: not written in {codec}", code="bad_encoding", hint=hint)


def _cut(place: str) -> SourceError:
    hint = "let the export finish, or fetch the file again"
    return SourceError(f"{place}: the file ends within a character: it was cut off", code="truncated_file", hint=hint)


def _likely(data: bytes, error: UnicodeDecodeError) -> str:
    """Windows' Western European encoding fits most such files; where it can't be, only the user knows."""
    if not data[: error.start].isascii():
        return "other lines are UTF-8: write this line's letters anew, or " + _EXCEL
    line = data[data.rfind(b"\n", 0, error.start) + 1 :].split(b"\n", 1)[0][:_SAMPLE]
    try:
        line.decode("cp1252")
    except UnicodeDecodeError:
        return "name the encoding beside csv, such as encoding: cp1250 or encoding: mac_roman, or " + _EXCEL
    return "looks like Windows: write encoding: cp1252 beside csv, or " + _EXCEL
