"""Backslash escapes, as MySQL and phpMyAdmin write them into a CSV: `O\\'Neil`, `5\\" pipe`, `\\N` for nothing.

They are hidden before records are parted, so that everything in between knows the rules of RFC 4180 alone: each
escape becomes one sign that no text holds (Unicode keeps U+FDD0 to U+FDEF for such use), and in the cells that sign
becomes what was meant.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.errors import SourceError
from ampenet_sync.sources.csv.records import Signs, count_lines, find_records

# What stands behind the backslash → what is meant; their order is that of the signs that hide them. `\N` is apart.
_MEANT = {"\\": "\\", '"': '"', "'": "'", "n": "\n", "r": "\r", "t": "\t", "0": " ", "Z": " ", "N": "N"}
_DELIMITER = "delimiter"
_HIDING = {mark: chr(0xFDD0 + at) for at, mark in enumerate((*_MEANT, _DELIMITER))}
_ANY_HIDING = re.compile("[\ufdd0-\ufdef]")
_FIRST_BYTES = "\ufdd0".encode()[:2]

_APOSTROPHE = re.compile(rb"(?<!\\)(?:\\\\)*\\'")
_LONE = re.compile(rb"\\[^\r\n]", re.DOTALL)
_TELLING = re.compile(rb"\\[^N]", re.DOTALL)  # \N is read as nothing in any case
_ASK = "write escape: '\\' beside csv if backslashes belong to the sign behind them, or escape: none if they stay"


class Escapes:
    """The escapes of one file, taken off as its bytes come. `certain` is whether somebody wrote that there are any."""

    def __init__(self, signs: Signs, *, certain: bool) -> None:
        self._pairs = _pairs(signs)
        self._delimiter = chr(signs.delimiter)
        self._certain = certain
        self._tail = b""

    def hide(self, data: bytes, *, last: bool, name: str, line: int) -> bytes:
        """The bytes that may be looked at now; half an escape waits for the rest. `line` is that of the first byte.

        Raises SourceError `unclear_escape` where a backslash stands for itself, unless the configuration says that
        none does: then it is left out, as MySQL leaves it out.
        """
        data = self._tail + data
        cut = len(data) - (not last and _ends_open(data))
        data, self._tail = data[:cut], data[cut:]
        if _FIRST_BYTES in data and _ANY_HIDING.search(data.decode("utf-8", "replace")):
            message = f"{name}: it holds signs that Unicode forbids in texts (U+FDD0 to U+FDEF)"
            raise SourceError(message, code="bad_encoding", hint="export it anew as CSV UTF-8")
        hidden = _hidden(data, self._pairs)
        if not self._certain and (lone := _LONE.search(hidden)):
            place = f"{name}:{line + count_lines(hidden[: lone.start()])}"
            message = f"{place}: other backslashes of this file escape what follows, this one stands for itself"
            raise SourceError(message, code="unclear_escape", hint=_ASK)
        return hidden.replace(b"\\", b"") if b"\\" in hidden else hidden

    def meant(self, table: pa.Table) -> pa.Table:
        """The cells with what the hiding signs stand for."""
        for at, column in enumerate(table.columns):
            held = b"".join(chunk.buffers()[2].to_pybytes() for chunk in column.chunks if chunk.buffers()[2])
            signs = {sign: text for sign, text in self._replacements.items() if sign.encode() in held}
            if signs:
                table = table.set_column(at, table.column_names[at], _replaced(column, signs))
        return table

    def meant_text(self, text: str) -> str:
        return _ANY_HIDING.sub(lambda sign: self._replacements[sign[0]], text)

    def as_written(self, text: str) -> str:
        """The text as it stands in the file."""
        written = {_HIDING[mark]: f"\\{mark}" for mark in _MEANT} | {_HIDING[_DELIMITER]: f"\\{self._delimiter}"}
        return _ANY_HIDING.sub(lambda sign: written[sign[0]], text)

    @property
    def _replacements(self) -> dict[str, str]:
        return {_HIDING[mark]: text for mark, text in {**_MEANT, _DELIMITER: self._delimiter}.items()}


def _replaced(column: pa.ChunkedArray, signs: dict[str, str]) -> pa.ChunkedArray:
    """A whole cell of \\N is nothing."""
    if _HIDING["N"] in signs:
        column = pc.if_else(pc.equal(column, _HIDING["N"]), "", column)
    for sign, text in signs.items():
        column = pc.replace_substring(column, pattern=sign, replacement=text)
    return column


def has_escapes(data: bytes, signs: Signs, *, name: str, line: int, whole: bool) -> bool | None:
    """Whether the backslashes of these records escape what follows; None where nothing tells. `line` is the first.

    They do where one stands before an apostrophe, or where more records are sound if they do, and none stands for
    itself. Raises SourceError `unclear_escape` where some say yes and some no.
    """
    if not _TELLING.search(data):
        return None
    hidden = _hidden(data, _pairs(signs))
    before_quote = b"\\" + bytes([signs.quote]) in data
    gain = _sound(hidden, signs, whole) - _sound(data, signs, whole) if before_quote else 0
    contradicted = gain < 0 or _LONE.search(hidden) is not None
    if contradicted:
        check_unescaped(data, signs, name=name, line=line)
        return False
    return gain > 0 or _before_apostrophe(data, signs) is not None


def check_unescaped(data: bytes, signs: Signs, *, name: str, line: int) -> None:
    """Raises SourceError `unclear_escape` for a backslash before an apostrophe, where others stand for themselves."""
    if (at := _before_apostrophe(data, signs)) is not None:
        place = f"{name}:{line + count_lines(data[:at])}"
        message = f"{place}: a backslash escapes an apostrophe, as in exports of MySQL, while others seem to be meant"
        raise SourceError(message, code="unclear_escape", hint=_ASK)


def hidden_sample(sample: bytes, signs: Signs) -> bytes:
    """The first bytes of a file as they are parted if they hold escapes."""
    return _hidden(sample, _pairs(signs)).replace(b"\\", b"")


def _pairs(signs: Signs) -> list[tuple[bytes, bytes]]:
    """Escape and hiding sign; two backslashes first, so that the second one begins no other escape."""
    pairs = [(f"\\{mark}".encode(), _HIDING[mark].encode()) for mark in _MEANT]
    return [*pairs, (b"\\" + bytes([signs.delimiter]), _HIDING[_DELIMITER].encode())]


def _hidden(data: bytes, pairs: list[tuple[bytes, bytes]]) -> bytes:
    if b"\\" in data:
        for escape, sign in pairs:
            data = data.replace(escape, sign)
    return data


def _ends_open(data: bytes) -> bool:
    """Whether the last byte is a backslash that escapes what is yet to come."""
    return (len(data) - len(data.rstrip(b"\\"))) % 2 == 1


def _before_apostrophe(data: bytes, signs: Signs) -> int | None:
    """Where the first apostrophe behind a backslash is; where it quotes cells, it may simply end one."""
    if signs.quote == ord("'") or b"\\'" not in data:
        return None
    match = _APOSTROPHE.search(data)
    return match.end() - 1 if match else None


def _sound(data: bytes, signs: Signs, whole: bool) -> int:
    """How many records are not broken and as wide as most."""
    records = find_records(data, signs, last=whole)
    widths = records.widths(signs)
    return int((~records.broken & (widths == np.bincount(widths).argmax())).sum()) if len(widths) else 0
