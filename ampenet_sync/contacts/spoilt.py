"""What spreadsheets do to a CSV when nobody looks: zeros lost, digits rounded, letters made `?`. It repairs nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ampenet_sync.contacts.quarantine import Format
from ampenet_sync.errors import SourceError

BY_HAND = {"csv": 0, "xlsx": 2, "parquet": 2}  # cells of a column from which a person may have taken the zeros

_DIGITS = re.compile(r"\+?\d+")
_ROUNDED = re.compile(r"\d([.,]\d+)?E\+\d+")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_OTHER_DATE = re.compile(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})")

Cells = Sequence[str]


def check_spoilt(
    rows: Iterable[tuple[Cells, Cells]], columns: Sequence[str], *, phone: str, form: Format, name: str
) -> None:
    """Look at rows (original, given back) for what no person does. Raises SourceError `spoilt_by_spreadsheet`.

    A key without its zeros would be another customer's, and as a row is judged by its phone it would pass. The phone
    may lose them, as it is the same one without.
    """
    spoilt: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    kept: set[str] = set()
    for original, given in rows:
        for column, before, after in zip(columns, original, given, strict=True):
            if before == after:
                kept |= {column} if _without_zeros(before) != before else set()
            elif after and after == _without_zeros(before):
                lost[column] += 1
            elif _rounded(before, after) or _letters_lost(before, after) or _date_turned(before, after):
                spoilt[column] += 1
    for column, count in lost.items():
        if column != phone and column not in kept and count > BY_HAND[form]:
            spoilt[column] += count
    if spoilt:
        told = ", ".join(f"{column} ({count:,})" for column, count in sorted(spoilt.items()))
        message = f"{name}: a spreadsheet changed cells that nobody mended: {told}"
        hint = "zeros, digits or letters are lost in this file; export the quarantine as .xlsx and mend that"
        raise SourceError(message, code="spoilt_by_spreadsheet", hint=hint)


def _without_zeros(text: str) -> str:
    """What becomes of digits that are taken for a number."""
    return text.lstrip("+").lstrip("0") if _DIGITS.fullmatch(text) else text


def _rounded(before: str, after: str) -> bool:
    return bool(_DIGITS.fullmatch(before) and _ROUNDED.fullmatch(after))


def _letters_lost(before: str, after: str) -> bool:
    return "?" in after and before.encode("cp1252", "replace").decode("cp1252") == after


def _date_turned(before: str, after: str) -> bool:
    """2026-01-05 → 1/5/2026 or 05.01.26, as the machine's region has it."""
    date, other = _DATE.fullmatch(before), _OTHER_DATE.fullmatch(after)
    if date is None or other is None:
        return False
    year, month, day = (int(part) for part in date.groups())
    parts = sorted(int(part) for part in other.groups())
    return parts in (sorted((year, month, day)), sorted((year % 100, month, day)))
