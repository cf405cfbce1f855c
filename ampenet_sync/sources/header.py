"""Column names of a source: each of them once, the same ones in every file. What the columns hold is not looked at."""

from __future__ import annotations

import re
from collections import Counter

from ampenet_sync.errors import SourceError, sayable

_SHOWN = 20
_PHONE = re.compile(r"[\s'(]*\+?[\s(]*\d[\d\s().+-]*")
_DATE = re.compile(r"\d{4}[-.]\d\d[-.]\d\d|\d\d[-.]\d\d[-.]\d{4}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.\w+")


def check_is_header(names: list[str], *, name: str) -> None:
    """Raises SourceError `no_header` where a name is a phone number or an e-mail address: it is somebody's row."""
    for at, cell in enumerate(names, start=1):
        digits = sum(sign.isdigit() for sign in cell)
        phone = _PHONE.fullmatch(cell) and digits >= 7 and not _DATE.fullmatch(cell.strip())
        if phone or _EMAIL.fullmatch(cell.strip()):
            what = "a phone number" if phone else "an e-mail address"
            hint = "write the columns' names above the customers, such as customer_id,phone"
            message = f"{name}: there is no header: column {at} would be named by {what}"
            raise SourceError(message, code="no_header", hint=hint)


def check_names(names: list[str], *, name: str) -> None:
    """Raises SourceError `missing_name` for a blank name, `duplicate_column` where one stands twice."""
    for at, column in enumerate(names, start=1):
        if not column.strip():
            hint = "give it a name, or leave the column out (pandas writes one without: index=False)"
            raise SourceError(f"{name}: column {at} has no name", code="missing_name", hint=hint)
    twice = sorted(column for column, count in Counter(names).items() if count > 1)
    if twice:
        hint = "rename or remove one of them: nobody can tell which one is meant"
        message = f"{name}: columns of the same name: {_listed(twice)}"
        raise SourceError(message, code="duplicate_column", hint=hint)


def check_same(first: tuple[str, list[str]], other: tuple[str, list[str]], *, line: int = 1) -> None:
    """Raises SourceError `other_header` where a further file (name, columns) has other columns or another order."""
    if first[1] == other[1]:
        return
    message = f"{other[0]}:{line}: other columns than in {first[0]}: {_listed(other[1])}"
    message += f"; there: {_listed(first[1])}"
    raise SourceError(message, code="other_header", hint="all files of one source need the same header")


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(map(sayable, names[:_SHOWN])) + more
