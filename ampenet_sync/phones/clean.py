"""Written text → the same number in plain letters: digits, signs and spaces. It doesn't judge them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ampenet_sync.phones.signs import QUOTES, THOUSANDS

_POINT_ZERO = re.compile(r"([+]?\d+)[.,]0+")
_THOUSANDS = re.compile(rf"([+]?[1-9]\d{{0,2}}(?:([{THOUSANDS}])\d{{3}})(?:\2\d{{3}})*)(?:(?!\2)[.,]0+)?")
_SCIENTIFIC = re.compile(r"([+]?)(\d)(?:[.,](\d+))?[eE][+]?(\d{1,3})")
_SELECTORS = frozenset("\u034f" + "".join(map(chr, range(0xFE00, 0xFE10))))  # marks that change a look, not a letter
_PLUSES = frozenset("＋﹢")
_BEFORE, _BEHIND = f" ={QUOTES}", f" ,;:{QUOTES}"


def plain(text: str) -> str:
    """Trimmed text with ASCII digits; spaces of any kind are one kind, and what can't be seen is gone.

    What spreadsheets and lists put around a text is cut: `="0712…"`, `=0712…`, `'0712…`, `"0712…"`, `0712…;`.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_letter, text))
    return text.lstrip(_BEFORE).rstrip(_BEHIND)


def restore(text: str) -> str | None:
    """What a spreadsheet made of a number → its digits; None when it rounded them away. Other text stays as it is.

    `255712345678.0` and `255,712,345,678.00` → `255712345678`, `2.55712345678E+11` → `255712345678`,
    `2.55712E+11` → None.
    """
    if text.endswith("0") and (whole := _POINT_ZERO.fullmatch(text)):
        return whole[1]
    if "E" in text or "e" in text:
        return _written_out(text)
    if parts := _THOUSANDS.fullmatch(text):
        return parts[1].replace(parts[2], "")
    return text


def _written_out(text: str) -> str | None:
    parts = _SCIENTIFIC.fullmatch(text)
    if parts is None:
        return text
    head, tail, power = parts[2], parts[3] or "", int(parts[4])
    if len(tail) < power or tail[power:].strip("0"):
        return None
    return parts[1] + head + tail[:power]


@lru_cache(maxsize=4096)
def _letter(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Nd":
        return str(unicodedata.decimal(letter))
    if letter.isspace():
        return " "
    if letter in _PLUSES:
        return "+"
    return "" if kind in ("Cf", "Cc") or letter in _SELECTORS else letter
