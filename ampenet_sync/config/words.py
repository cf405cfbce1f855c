"""How people write yes, no and nothing. Yes and no are compared tidied and in lower case, nothing exactly as it is."""

from __future__ import annotations

from typing import Final

YES: Final = ("yes", "y", "true", "t", "1", "1.0", "on", "ndiyo", "ndio", "naam", "sawa")
NO: Final = ("no", "n", "false", "f", "0", "0.0", "off", "hapana", "la", "sio", "siyo")

# What databases, spreadsheets and programs write into a cell that holds nothing. A person may really be called Null or
# Nan, so the spelling counts. R's NA is not among them: it is Namibia too.
NULL_WORDS: Final = (
    *("NULL", "null", "(NULL)", "(null)", "[NULL]", "[null]", "<NULL>", "<null>", "\\N", "None", "nan", "NaN", "NaT"),
    *("<NA>", "N/A", "n/a", "#N/A", "undefined", "0000-00-00", "0000-00-00 00:00:00", "-", "--", "---", "–", "—"),
)

# Signs that a text was damaged before it came here, for RE2 and Python's re alike: letters that were lost, HTML's
# spellings, UTF-8 that was read as something else (`ZoÃ«`, `Mwangi â€œMzeeâ€`), and a spreadsheet's errors.
_TAILS = "\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"  # the later bytes of a letter in UTF-8, read as cp1252
_ENTITIES = (
    "amp|lt|gt|quot|apos|nbsp|[lr][sd]?quo|laquo|raquo|[nm]dash|hellip|deg|shy|szlig|(?:AE|ae|OE|oe)lig|"
    "[A-Za-z](?:acute|grave|circ|tilde|uml|cedil|ring|slash)|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}"
)
DAMAGE: Final = (
    f"\ufffd|&(?:{_ENTITIES});|[ÂÃÄÅ][{_TAILS}]|(?:[ØÙ][{_TAILS}]){{2}}|â€|á[ˆ‰Š‹Œ]|ðŸ|ï[»¿][¿½]|"
    r"#(?:VALUE!|REF!|NAME\?|DIV/0!|NUM!|NULL!)|\[object Object\]"
)
