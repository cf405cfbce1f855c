"""Which characters nobody sees: white space of all kinds, and signs that only steer how a text is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# First and last code point. What takes room where nothing is drawn: blanks, tabs, line breaks, the fillers of Hangul
# and Braille.
SPACES: Final = (
    (0x09, 0x0D), (0x20, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x115F, 0x1160), (0x1680, 0x1680), (0x2000, 0x200A),
    (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x2800, 0x2800), (0x3000, 0x3000), (0x3164, 0x3164),
    (0xFFA0, 0xFFA0),
)  # fmt: skip

# What takes none: soft hyphens, joiners, marks of direction and of byte order, variants of a sign, tags.
SIGNS: Final = (
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F),
    (0x202A, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xE0000, 0xE0FFF),
)  # fmt: skip

Ranges = Iterable[tuple[int, int]]


def letters(ranges: Ranges) -> str:
    """The inside of a character class for Python's `re`."""
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


def letters_re2(ranges: Ranges) -> str:
    """The same for RE2, which Arrow's functions use."""
    return "".join(f"\\x{{{first:x}}}-\\x{{{last:x}}}" for first, last in ranges)


_BLANK = re.compile(f"[{letters((*SPACES, *SIGNS))}]*")

# A whole text of nothing that is seen, for Arrow.
BLANK_RE2: Final = f"^[{letters_re2((*SPACES, *SIGNS))}]*$"


def is_blank(text: str) -> bool:
    """Whether nothing in the text can be seen."""
    return _BLANK.fullmatch(text) is not None
