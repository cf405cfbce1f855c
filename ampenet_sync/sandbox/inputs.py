"""Read the fields of one request the way the platform does. Nothing is changed and no answer is written here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from ampenet_sync.sandbox import entries, refusals

FEWEST_DIGITS, MOST_DIGITS = 8, 15
NATIONAL_DIGITS = {"255": 9, "254": 9}
LONGEST_NAME = 255
MOST_FIELDS = 1_000


class Unreadable(Exception):
    """A query or a body that no server reads to its end."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it came in: `path` below the base path, `fields` from query and JSON body, the bearer token."""

    method: str
    path: str
    fields: Mapping[str, Any]
    token: str
    wants_json: bool


def read_fields(query: str, body: bytes, *, form: bool = False) -> dict[str, Any]:
    """Query and body in one mapping; the body wins. A body that is no JSON object counts as none; with `form` it is
    read as a form instead. Raises Unreadable for more fields, or more inside each other, than any server reads."""
    fields = _form(query)
    if form:
        return fields | _form(body.decode("utf-8", "replace"))
    try:
        content = json.loads(body) if body else None
    except RecursionError:
        raise Unreadable from None
    except ValueError:
        content = None
    return fields | content if isinstance(content, dict) else fields


def _form(text: str) -> dict[str, Any]:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise Unreadable from None


def accepts_json(accept: str) -> bool:
    """Whether the client asked for JSON: only the first type it accepts counts, and `*/*` is not enough."""
    first = accept.partition(",")[0]
    return "/json" in first or "+json" in first


def required(fields: Mapping[str, Any], key: str) -> str:
    """A text that must be there and not be empty."""
    text = optional(fields, key)
    if not text:
        raise refusals.missing(key)
    return text


def optional(fields: Mapping[str, Any], key: str) -> str | None:
    """A text, None where there is none; a list or an object is invalid."""
    value = fields.get(key)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refusals.invalid_data()
    return str(value)


def name(fields: Mapping[str, Any], key: str) -> str | None:
    """A name: its key must be there, its value may be empty."""
    if key not in fields:
        raise refusals.undefined_key(key)
    return name_if_any(fields, key)


def name_if_any(fields: Mapping[str, Any], key: str) -> str | None:
    """A name whose key may be absent."""
    text = optional(fields, key)
    if text is not None and len(text) > LONGEST_NAME:
        raise refusals.data_too_long(key)
    return text


def phone(text: str) -> str:
    """The digits of a possible international number, however it is decorated.

    A stand-in for the platform's own check: the length is known for Tanzania and Kenya, elsewhere only its bounds.
    """
    digits = entries.digits(text)
    national = NATIONAL_DIGITS.get(digits[:3])
    possible = FEWEST_DIGITS <= len(digits) <= MOST_DIGITS if national is None else len(digits) == 3 + national
    if not (possible and digits.isascii() and digits.isdigit() and digits[0] != "0"):
        raise refusals.invalid_phone(text)
    return digits


def page_number(fields: Mapping[str, Any]) -> int:
    """The page asked for; whatever is no positive whole number means the first."""
    asked = str(fields.get("page", "1"))
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
