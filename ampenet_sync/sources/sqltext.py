"""Values of a database driver → text that says exactly the same. Bytes and structures are refused, not guessed at."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ampenet_sync.errors import SourceError
from ampenet_sync.sources.totext import float_text

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

_TEXT = {str, type(None)}

# What a query says for a column whose values are no text, and for one of bytes that hold text.
_CAST = {"postgresql": "cast({0} as text)", "mysql": "cast({0} as char)", "mariadb": "cast({0} as char)"}
_DECODED = {"postgresql": "convert_from({0}, 'UTF8')"}
_ELSEWHERE = "cast({0} as varchar(255))"


def column_text(values: list[Any], *, name: str, dialect: Dialect | None = None) -> pa.Array:
    """One column; null is "". Raises SourceError `unreadable_column` for a value that is no text, number or moment.

    `dialect` is that of the database they come from, None for no database: it decides what the hint says.
    """
    if not set(map(type, values)) <= _TEXT:
        values = [_text(value, name, dialect) for value in values]
    return pa.array(["" if value is None else value for value in values], pa.string())


def bit_number(value: bytes | int | None) -> int | None:
    """MySQL's BIT, which its drivers hand over as bytes, as the number that SQL itself makes of it."""
    return int.from_bytes(value, "big") if isinstance(value, bytes) else value


def _text(value: Any, name: str, dialect: Dialect | None) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | uuid.UUID():
            return str(value)
        case Decimal():
            return "" if value.is_nan() else format(value, "f")
        case float():
            return float_text(value)
        case datetime.datetime():
            return _moment(value)
        case datetime.date():
            return value.isoformat()
        case datetime.time():
            return _short(value.isoformat()) if value.tzinfo is None else value.isoformat()
        case datetime.timedelta():
            return duration_text(value)
    message = f"column {name} holds {type(value).__name__}, which is no text"
    raise SourceError(message, code="unreadable_column", hint=_way_out(value, name, dialect))


def _way_out(value: Any, name: str, dialect: Dialect | None) -> str:
    if dialect is None:
        return "make text of the column's values before they are handed in, or leave the column out"
    casts = {**_CAST, **_DECODED} if isinstance(value, bytes | memoryview) else _CAST
    column = dialect.identifier_preparer.quote(name)
    expression = casts.get(dialect.name, _ELSEWHERE).format(column)
    return f"in customers.source.sql.query write {expression} as {column}, or leave the column out"


def duration_text(length: datetime.timedelta) -> str:
    """Hours, minutes and seconds, as spreadsheets and MariaDB's TIME have them: `26:30:00`."""
    whole = abs(length)
    minutes, seconds = divmod(whole.seconds, 60)
    clock = f"{whole.days * 24 + minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    fraction = f".{whole.microseconds:06d}" if whole.microseconds else ""
    return ("-" if length < datetime.timedelta() else "") + _short(clock + fraction)


def _moment(value: datetime.datetime) -> str:
    """In UTC where there is a zone, so that the session's time zone makes no other text of the same moment."""
    if value.tzinfo is None:
        return _short(value.isoformat())
    try:
        return _short(value.astimezone(datetime.UTC).replace(tzinfo=None).isoformat()) + "Z"
    except OverflowError:  # in UTC it lies beyond the years Python has
        return value.isoformat()


def _short(moment: str) -> str:
    """A fraction of a second without zeros at its end."""
    return moment.rstrip("0") if "." in moment else moment
