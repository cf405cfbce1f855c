"""How people write yes, no and nothing. Yes and no are compared as `folded` writes them, nothing exactly as it is."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

YES: Final = ("yes", "y", "true", "t", "1", "1.0", "on", "ndiyo", "ndio", "naam", "sawa")
NO: Final = ("no", "n", "false", "f", "0", "0.0", "off", "hapana", "la", "sio", "siyo")

# What MySQL writes for a day that is not known.
ZERO_DATES: Final = ("0000-00-00", "0000-00-00 00:00:00")

# What databases and spreadsheets write into a cell that holds nothing. A person may really be called Null or Nan, so
# the spelling counts.
NULL_WORDS: Final = ("NULL", "nan", "NaN", "None", "<NA>", "NaT", "\\N", "N/A", "n/a", "#N/A", "-", "--", "---")

# Signs of a text that was damaged on its way here, for `re` and RE2 alike: the sign for what could not be decoded,
# letters written for a web page (&amp; &#39; &eacute;), JSON's and mail's spelling of letters (\\u00e9, =C3=A9), and
# UTF-8 read as if it were Windows-1252 (Ã« â€™ Â, ðŸ˜€).
DAMAGE: Final = (
    "\ufffd"
    "|&(?:amp|lt|gt|quot|apos|nbsp|[lr][sd]quo|[nm]dash|hellip|euro|copy|reg|trade|bull|middot|#[0-9]{2,6}|#x[0-9A-Fa-f]{2,5}"
    "|[A-Za-z](?:acute|grave|circ|uml|tilde|cedil|ring|slash|caron));"
    r"|\\u[0-9A-Fa-f]{4}|=C3=[89ABab][0-9A-Fa-f]"
    "|Ã[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
    "|Â(?:[\u0080-\u00bf ]|$)"
    "|â(?:[\u0080-\u009f€]|‚¬|„¢|†[\u0080-\u00bf‘’“”])"
    "|ðŸ|ï»¿"
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
