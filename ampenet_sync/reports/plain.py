"""Text from elsewhere made harmless for a screen. Matching and sending go by the text as it is."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """No letter that moves a cursor, changes a colour or turns the direction; line breaks and blanks stay."""
    if text.isprintable():
        return text
    return "".join(_shown(letter) for letter in text)


def _shown(letter: str) -> str:
    kind = unicodedata.category(letter)
    if letter == "\n" or kind[0] not in "CZ":
        return letter
    return " " if kind[0] == "Z" or letter == "\t" else ""
