"""What spreadsheets do to a CSV when nobody looks: digits lost, dates made, letters turned `?`. It repairs nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Context, Decimal

from ampenet_sync.errors import SourceError
from ampenet_sync.quarantine.export import Format

BY_HAND = {"csv": 0, "xlsx": 2, "parquet": 2}  # cells of a column from which a person may have taken the zeros

_DIGITS = re.compile(r"\+?\d+")
_ROUNDED = re.compile(r"\d([.,]\d+)?E\+\d+")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_OTHER_DATE = re.compile(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})")
_NAMED_DATE = re.compile(r"\d{1,4}[-/. ][^\W\d_]{3,9}\.?([-/. ]\d{1,4})?|[^\W\d_]{3,9}\.?[-/. ]\d{2,4}")
_NUMBER = re.compile(r"\s*[+-]?(\d+([.,]\d*)?|[.,]\d+)(E[+-]?\d{1,6})?\s*", re.ASCII | re.IGNORECASE)
_KEPT_DIGITS = Context(prec=15)  # as many as a spreadsheet's numbers have

Cells = Sequence[str]


def check_spoilt(
    rows: Iterable[tuple[Cells, Cells]],
    columns: Sequence[str],
    *,
    phone: str,
    key: str | None = None,
    form: Format,
    name: str,
) -> None:
    """Look at rows (original, given back) for what no person does. Raises SourceError `spoilt_by_spreadsheet`.

    A key without its zeros would be another customer's, and as a row is judged by its phone it would pass. The phone
    may lose them, as it is the same one without. In a CSV no other change of a key is taken either: `changed_key`.
    """
    changed_keys = 0
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
            elif form == "csv" and column != phone and before:
                if _retyped(before, after):
                    spoilt[column] += 1
                changed_keys += column == key
    for column, count in lost.items():
        if column != phone and column not in kept and count > BY_HAND[form]:
            spoilt[column] += count
    if spoilt:
        listed = ", ".join(f"{column} ({count:,})" for column, count in sorted(spoilt.items()))
        message = f"{name}: a spreadsheet changed cells that nobody repaired: {listed}"
        hint = "zeros, digits or letters are lost in this file; export the quarantine as .xlsx and repair that"
        raise SourceError(message, code="spoilt_by_spreadsheet", hint=hint)
    if changed_keys:
        message = f"{name}: {key} differs from the source's in {changed_keys:,} of its rows"
        hint = "a CSV can't show whether a person or a spreadsheet changed a key; export .xlsx, and repair keys there"
        raise SourceError(message, code="changed_key", hint=hint)


def _without_zeros(text: str) -> str:
    """What becomes of digits that are taken for a number."""
    return text.lstrip("+").lstrip("0") if _DIGITS.fullmatch(text) else text


def _rounded(before: str, after: str) -> bool:
    return bool(_DIGITS.fullmatch(before) and _ROUNDED.fullmatch(after))


def _retyped(before: str, after: str) -> bool:
    """12E5 → 1200000, 0.10 → 0.1, 1/2 → 01/02/2026, MAR1 → 01-Mar. A person may put one date in another's place."""
    if _NUMBER.fullmatch(before) and _NUMBER.fullmatch(after):
        return _value(before) == _value(after)
    return _dated(after) and (not _dated(before) or _numbers(before) == _numbers(after))


def _value(text: str) -> Decimal:
    return _KEPT_DIGITS.create_decimal(text.strip().replace(",", "."))


def _dated(text: str) -> bool:
    return bool(_DATE.fullmatch(text) or _OTHER_DATE.fullmatch(text) or _NAMED_DATE.fullmatch(text))


def _numbers(text: str) -> list[int]:
    return sorted(int(digits) % 2000 for digits in re.findall(r"\d+", text))  # 2026 may be written 26


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
