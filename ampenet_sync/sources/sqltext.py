"""Values of a database driver → text that says exactly the same. Bytes and structures are refused, not guessed at."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import Any

import pyarrow as pa

from ampenet_sync.errors import SourceError
from ampenet_sync.sources.totext import float_text

_TEXT = {str, type(None)}


def column_text(values: list[Any], *, name: str) -> pa.Array:
    """One column; null is "". Raises SourceError `unreadable_column` for a value that is no text, number or moment."""
    if not set(map(type, values)) <= _TEXT:
        values = [_text(value, name) for value in values]
    return pa.array(["" if value is None else value for value in values], pa.string())


def _text(value: Any, name: str) -> str:
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
            return format(value, "f") if value.is_finite() else ""
        case float():
            return float_text(value)
        case datetime.datetime():
            return _moment(value)
        case datetime.date():
            return value.isoformat()
        case datetime.time():
            return _short(value.isoformat())
        case datetime.timedelta():
            return duration_text(value)
    hint = "leave the column out of the query, or cast it to text there"
    raise SourceError(
        f"column {name} holds {type(value).__name__}, which is no text", code="unreadable_column", hint=hint
    )


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
    return _short(value.astimezone(datetime.UTC).replace(tzinfo=None).isoformat()) + "Z"


def _short(moment: str) -> str:
    """A fraction of a second without zeros at its end."""
    return moment.rstrip("0") if "." in moment else moment
