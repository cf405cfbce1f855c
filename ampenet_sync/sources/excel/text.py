"""The value of one cell as its XML has it → text that says exactly the same. Which cell it is isn't known here."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from openpyxl.utils.datetime import from_excel

from ampenet_sync.sources.texts import MOST_EXACT, duration_text, float_text

_WHOLE = re.compile(r"-?[1-9][0-9]*|0")
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
_ROUNDED = re.compile(r"(?=[0-9]{12})[1-9][0-9]*00000")  # no country's numbers end so often in five zeros
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def plain_text(text: str) -> str:
    """As it is written; only Excel's `_x000D_`, by which it writes signs that XML forbids, becomes the sign meant."""
    if "_x" not in text:
        return text
    meant = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return meant.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def number_text(text: str) -> str:
    """Whole numbers digit by digit, others as short as they can be said: `255712345678`, `1500`, `0.1`.

    A number that large that a spreadsheet has rounded it stays as it is written, so that nobody takes it for exact.
    """
    if _WHOLE.fullmatch(text):
        return text
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return text
    if not set(text) - set("+-0123456789"):
        return str(int(text))
    value = float(text)
    return text if abs(value) >= MOST_EXACT else float_text(value)


def rounded_text(text: str) -> str:
    """A phone that a spreadsheet rounded, `255712000000`, as it showed it: `2.55712E+11`. Others as they are."""
    if not _ROUNDED.fullmatch(text):
        return text
    return f"{text[0]}.{text[1:].rstrip('0') or '0'}E+{len(text) - 1}"


def moment_text(text: str, kind: str, *, epoch: datetime) -> str:
    """A number that is shown as a date, time or duration, in ISO 8601; one that can't be a date stays a number."""
    if not _NUMBER.fullmatch(text):
        return number_text(text)
    try:
        moment = from_excel(float(text), epoch, timedelta=kind == "duration")
    except (OverflowError, ValueError):
        return number_text(text)
    match moment:
        case timedelta():
            return duration_text(moment)
        case time():
            return _short(moment.isoformat())
        case datetime():
            return moment.date().isoformat() if moment.time() == time() else _short(moment.isoformat())
    return number_text(text)


def _short(moment: str) -> str:
    """A fraction of a second without zeros at its end."""
    return moment.rstrip("0") if "." in moment else moment
