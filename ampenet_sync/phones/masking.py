"""Phones and customers' keys as people may see them in logs, errors and reports: enough to tell them apart, no more."""

from __future__ import annotations

import re
from typing import Final

from ampenet_sync.errors import PHONE_LIKE

DOTS = "•••"
# Digits from which so many of the first and of the last may be shown: about half of them, and three at the end.
SHOWN: Final = ((16, 0, 3), (12, 4, 3), (10, 2, 3), (6, 2, 1))  # more than 15 digits are no phone: a card, an identity
CODE_LETTERS, NUMBER_DIGITS = 10, 8  # of a key that is no more than a code, or a plain number
_TELLING = 7  # digits at the end of a key that make it its customer's phone in another spelling

# A code has a digit, and no word in it that would be a name.
_CODE = re.compile(r"(?=.*[0-9])(?!.*[A-Za-z]{5})[A-Za-z0-9_\-]+")


def mask(phone: str) -> str:
    """`255712345678` → `2557•••678`, `0712345678` → `07•••678`; short text shows less, text without digits nothing.

    Only digits are ever shown.
    """
    digits = "".join(letter for letter in str(phone) if letter.isdigit())
    for least, first, last in SHOWN:
        if len(digits) >= least:
            return f"{digits[:first]}{DOTS}{digits[-last:]}"
    return DOTS


def shown_phone(phone: str, *, unmasked: bool = False) -> str:
    return phone if unmasked else mask(phone)


def shown_key(key: str, phone: str = "", *, unmasked: bool = False) -> str:
    """A customer's key as anybody may see it: a plain number or a short code as it is, anything else masked.

    People's keys are their phones, e-mail addresses, names and national numbers, too. `phone` is the customer's own, if
    it is known: a key that ends like it is masked, however short it is. `unmasked` is for whoever asked to see it.
    """
    return key if unmasked or (_is_code(key) and not _is_own(key, phone)) else mask(key)


def shown_name(name: str) -> str:
    """The name of a column, or a word that many cells hold, as anybody may see it: masked where it may be a phone."""
    return mask(name) if PHONE_LIKE.search(name) else name


def _is_code(key: str) -> bool:
    digits = sum(letter.isdigit() for letter in key)
    return len(key) <= CODE_LETTERS and digits <= NUMBER_DIGITS and bool(_CODE.fullmatch(key))


def _is_own(key: str, phone: str) -> bool:
    digits = "".join(letter for letter in key if letter.isdigit())
    return len(digits) >= _TELLING and phone.endswith(digits[-_TELLING:])
