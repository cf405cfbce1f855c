"""What is wrong with a written number before any country is thought of."""

from __future__ import annotations

import re

from ampenet_sync.phones.several import stand_apart
from ampenet_sync.phones.signs import DASHES, GAPS, HIDDEN, PERHAPS_HIDDEN

_ASCII_LETTER = re.compile(r"[A-Za-z]")
_DIGIT = re.compile(r"\d")

_SUSPECT = re.compile(rf"[{HIDDEN}{PERHAPS_HIDDEN}]|\.[ .]*\.[ .]*\.")
_ANY = f"{HIDDEN}{PERHAPS_HIDDEN}"
_HIDDEN = re.compile(
    rf"\d[{GAPS}{PERHAPS_HIDDEN}]*+[{HIDDEN}][{GAPS}{_ANY}]*+\d"  # 0712***678
    rf"|\d[{GAPS}]*+(?:[{_ANY}]{{2}}|[…⋯])|(?:[{_ANY}]{{2}}|[…⋯])[{GAPS}]*+\d"  # 0712xxxx, ••••5678
    r"|\d[ (\[]*\.(?: ?\.){2}|\.(?: ?\.){2}[ )\]]*\d"  # 0712...678
)
_ONE_HIDDEN = re.compile(r"\d[xX×#＃]\d")
_NOTHING_SHOWN = re.compile(rf"[ {HIDDEN}#＃]*[*＊•●■█#＃]{{3}}[ {HIDDEN}#＃]*")

_EXTENSION = re.compile(r"(?:(?<![a-z])(?:ext(?:n|ension)?|x)\.?|#|;ext=)\s*+:?\s*+\d{1,7}\s*#?$", re.IGNORECASE)
_LAST = frozenset("0123456789#")  # of an extension
_FEWEST = 7  # digits before an x or a # that begins an extension, and doesn't stand for a digit

# -255712345678, 255712345678- and (255,712,345,678) as accounts write them. A dash with a blank behind it and then a 0
# or a plus, which no amount begins with, is one of a list: "- 0712 345 678".
_NEGATIVE = re.compile(
    rf"[ (]*+[{DASHES}]++(?! +\(?[0+])[+\d ().,'’/{DASHES}]*(?:[eE]\+?\d+)?[ )]*"
    rf"|[1-9]\d*(?:[.,'’]\d+)*[{DASHES}]"
    r"|\([1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?\)"
)


def fault_in_writing(text: str) -> str | None:
    """The reason why plain text (see `clean`) is no number, None where it may be one."""
    has_letters = bool(_ASCII_LETTER.search(text)) or (not text.isascii() and any(map(_is_letter, text)))
    if not has_letters and not _DIGIT.search(text):
        return "hidden_digits" if _NOTHING_SHOWN.fullmatch(text) else "blank"
    if stand_apart(text):
        return "several_numbers"
    suspect = bool(_SUSPECT.search(text))
    if suspect and _HIDDEN.search(text):
        return "hidden_digits"
    if text[-1] in _LAST and _has_extension(text):
        return "extension"
    if suspect and _ONE_HIDDEN.search(text):
        return "hidden_digits"
    if _NEGATIVE.fullmatch(text):
        return "negative"
    return "letters" if has_letters else None


def _is_letter(sign: str) -> bool:
    """Also ½, ² or ①: who wrote them may have meant a digit, and libphonenumber would overlook them."""
    return sign.isalpha() or (sign.isnumeric() and not sign.isascii())


def _has_extension(text: str) -> bool:
    tail = _EXTENSION.search(text)
    if tail is None or not _DIGIT.match(text.lstrip("+( ")):
        return False
    return tail[0][0] not in "xX#" or len(_DIGIT.findall(text, 0, tail.start())) >= _FEWEST
