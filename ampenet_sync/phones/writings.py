"""Numbers in any writing, found in bytes of any kind. Whose they are is not asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import phonenumbers

# Fewer digits than these, without the country's code, stand by chance anywhere: then that belongs to the number.
_SHORTEST: Final = 6
# What people put between digits, as UTF-8: blanks, brackets, dots, dashes, slashes. Of UTF-16 the zero bytes.
_BETWEEN: Final = r"(?:[\s().\-/\x00]|\xc2\xa0|\xe2\x80[\x80-\xaf])*"
_BETWEEN_LETTERS: Final = r"[\s().\-/\x{a0}\x{2000}-\x{202f}]*"  # the same in RE2, of text


class Writings:
    """Some numbers (E.164 digits), with their country's code or without, whatever stands between their digits.

    `pattern` is the same for Arrow's tables, "" where there is no number.
    """

    def __init__(self, phones: Iterable[str]) -> None:
        digits = sorted(map(home_digits, phones))
        self.pattern = "|".join(_BETWEEN_LETTERS.join(number) for number in digits)
        self._patterns = [re.compile(_BETWEEN.join(number).encode("ascii")) for number in digits]

    def found_in(self, text: bytes) -> bool:
        """Whether one of them stands in the text, which may be anything, also a piece of a file that is no text."""
        return any(pattern.search(text) for pattern in self._patterns)


def home_digits(phone: str) -> str:
    """The digits that every writing of a number has: those behind the country's code.

    All of them where nothing is known of such a code.
    """
    try:
        home = phonenumbers.national_significant_number(phonenumbers.parse(f"+{phone}"))
    except phonenumbers.NumberParseException:
        return phone
    return home if len(home) >= _SHORTEST else phone
