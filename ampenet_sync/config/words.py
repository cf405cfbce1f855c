"""How people write yes, no and nothing. Yes and no are compared as `folded` writes them, nothing exactly as it is."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

YES: Final = ("yes", "y", "true", "t", "1", "1.0", "on", "ndiyo", "ndio", "naam", "sawa")
NO: Final = ("no", "n", "false", "f", "0", "0.0", "off", "hapana", "la", "sio", "siyo")

# What MySQL writes for a day that is not known.
ZERO_DATES: Final = ("0000-00-00", "0000-00-00 00:00:00")

# What databases, spreadsheets and programs write into a cell that holds nothing. A person may really be called Null or
# Nan, so the spelling counts. R's NA is not among them: it is Namibia too.
NULL_WORDS: Final = (
    *("NULL", "null", "(NULL)", "(null)", "[NULL]", "[null]", "<NULL>", "<null>", "\\N", "None", "nan", "NaN", "NaT"),
    *("<NA>", "N/A", "n/a", "#N/A", "undefined", *ZERO_DATES, "-", "--", "---", "–", "—"),
)

# Signs that a text was damaged before it came here, for RE2 and Python's re alike: letters that were lost, HTML's,
# JSON's and mail's spellings, UTF-8 that was read as something else (`ZoÃ«`, `â€œMzeeâ€`), and a spreadsheet's errors.
_TAILS = "\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"  # the later bytes of a letter in UTF-8, read as cp1252
_ENTITIES = (
    "amp|lt|gt|quot|apos|nbsp|[lr][sd]?quo|laquo|raquo|[nm]dash|hellip|deg|shy|szlig|euro|copy|reg|trade|bull|middot|"
    "(?:AE|ae|OE|oe)lig|[A-Za-z](?:acute|grave|circ|tilde|uml|cedil|ring|slash|caron)|"
    "#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}"
)
DAMAGE: Final = (
    f"\ufffd|&(?:{_ENTITIES});|[ÂÃÄÅ][{_TAILS}]|(?:^|[ 0-9])Â(?: |$)|(?:[ØÙ][{_TAILS}]){{2}}|"
    f"â(?:[\u0080-\u009f€]|‚¬|„¢|†[{_TAILS}])|"
    r"á[ˆ‰Š‹Œ]|ðŸ|ï[»¿][¿½]|\\u[0-9A-Fa-f]{4}|=C3=[89ABab][0-9A-Fa-f]|"
    r"#(?:VALUE!|REF!|NAME\?|DIV/0!|NUM!|NULL!)|\[object Object\]"
)
_END = re.compile(r"(?<=\w)[\s.!]+$")  # of `Ndiyo.` and `YES!`
_SELECTORS = frozenset("\u034f" + "".join(map(chr, range(0xFE00, 0xFE10))))  # marks that change a look, not a letter


def folded(word: str) -> str:
    """The word as people mean it: small letters, plain digits, single blanks, nothing unseen, no stop at its end."""
    if not (word.isascii() and word.isprintable()):
        word = "".join(map(_seen, unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())))
    return _END.sub("", " ".join(word.lower().split()))


def _seen(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Nd":
        return str(unicodedata.decimal(letter))
    if letter.isspace():
        return " "
    return "" if kind in ("Cf", "Cc") or letter in _SELECTORS else letter
