"""Text made harmless and printable for a screen. Matching and sending go by the text as it is."""

from __future__ import annotations

import unicodedata

# Signs of ours, and those of names and texts that people see most, for screens that don't have them.
SPELT = str.maketrans({
    "•": "*", "·": "-", "→": "->", "←": "<-", "…": "...", "│": "|", "─": "-", "▪": "*", "−": "-", "–": "-", "—": "-",
    "‑": "-", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": ",", "×": "x", "≥": ">=",
    "≤": "<=", "€": "EUR", "ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d",
})  # fmt: skip


def plain(text: str) -> str:
    """No letter that moves a cursor, changes a colour or turns the direction; line breaks and blanks stay."""
    if text.isprintable():
        return text
    return "".join(_shown(letter) for letter in text)


def spelt(text: str, encoding: str) -> str:
    """The text in letters that the encoding has: `•` becomes `*`, `é` e, and what has no likeness a question mark."""
    if _has(text, encoding):
        return text
    return "".join(letter if _has(letter, encoding) else _likeness(letter, encoding) for letter in text)


def _likeness(letter: str, encoding: str) -> str:
    bare = unicodedata.normalize("NFKD", letter.translate(SPELT))
    near = "".join(part for part in bare if not unicodedata.combining(part))
    return near if near and _has(near, encoding) else "" if unicodedata.combining(letter) else "?"


def _has(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _shown(letter: str) -> str:
    kind = unicodedata.category(letter)
    if letter == "\n" or kind[0] not in "CZ":
        return letter
    return " " if kind[0] == "Z" or letter == "\t" else ""
