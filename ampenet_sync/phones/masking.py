"""A phone as people may see it in logs, errors and reports. It never shows a whole number, and reads none."""

from __future__ import annotations

from ampenet_sync.errors import PHONE_LIKE

DOTS = "•••"
WHOLE, HALF = 10, 6  # digits from which four and three, or two and one, of them may be shown
_TELLING = 7  # digits at the end of a key that make it its customer's phone in another spelling


def mask(phone: str) -> str:
    """`255712345678` → `2557•••678`; short text shows less, text without digits nothing. Only digits are ever shown."""
    digits = "".join(letter for letter in str(phone) if letter.isdigit())
    if len(digits) >= WHOLE:
        return f"{digits[:4]}{DOTS}{digits[-3:]}"
    if len(digits) >= HALF:
        return f"{digits[:2]}{DOTS}{digits[-1:]}"
    return DOTS


def shown_key(key: str, phone: str = "") -> str:
    """A customer's key, or a column's name, as anybody may see it: masked where it may be or hold a phone.

    Some people's keys are their phones, old ones or each other's. `phone` is the customer's own, if it is known: a
    key that ends like it is masked, however short it is.
    """
    digits = "".join(letter for letter in key if letter.isdigit())
    own = len(digits) >= _TELLING and phone.endswith(digits[-_TELLING:])
    return mask(key) if own or PHONE_LIKE.search(key) else key
