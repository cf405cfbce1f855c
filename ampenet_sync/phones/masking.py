"""A phone as people may see it in logs, errors and reports. It never shows a whole number, and reads none."""

from __future__ import annotations

DOTS = "•••"
WHOLE, HALF = 10, 6  # digits from which four and three, or two and one, of them may be shown


def mask(phone: str) -> str:
    """`255712345678` → `2557•••678`; short text shows less, text without digits nothing. Only digits are ever shown."""
    digits = "".join(letter for letter in str(phone) if letter.isdigit())
    if len(digits) >= WHOLE:
        return f"{digits[:4]}{DOTS}{digits[-3:]}"
    if len(digits) >= HALF:
        return f"{digits[:2]}{DOTS}{digits[-1:]}"
    return DOTS
