"""docs/json.md as data: which keys each command's object has, and of which type. It holds no expectations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

PAGE: Final = (Path(__file__).parent.parent.parent / "docs/json.md").read_text(encoding="utf-8")
SINGULAR: Final = {"objects": "object", "whole numbers": "whole number"}
_SECTION = re.compile(r"^##+ ([\w ]+)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
_ROW = re.compile(
    r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$|^\| (?:`([^`]+)` )?as \[(\w+)\]\(#\5\) \| \| \|$", re.MULTILINE
)

Keys = dict[str, str]


def sections(page: str) -> dict[str, Keys]:
    """Section → its keys with their types, those of its parts among them."""
    bodies = dict(_SECTION.findall(page))
    return {name: dict(_keys(bodies, name, "")) for name in bodies}


def _keys(bodies: Mapping[str, str], name: str, prefix: str) -> Iterator[tuple[str, str]]:
    for key, kind, _meaning, at, part in _ROW.findall(bodies[name]):
        if part:
            yield from _keys(bodies, part, f"{prefix}{at}." if at else prefix)
        else:
            yield f"{prefix}{key}", kind


def unread_rows(page: str) -> list[str]:
    """Rows of a table that `sections` would pass over."""
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| key ")]
    return [row for row in rows if not _ROW.fullmatch(row)]


def keys_in(answer: Any, described: Keys, path: str = "") -> Iterator[tuple[str, str]]:
    """Each key of an answer, named as the page names it, with the type of its value."""
    if isinstance(answer, list):
        for item in answer:
            yield f"{path}[]", _kind(item)
            yield from keys_in(item, described, f"{path}[]")
    if isinstance(answer, dict):
        own = _own_names(described, path)
        for name, value in answer.items():
            inner = f"{path}.{own or name}".removeprefix(".")
            yield inner, _kind(value)
            yield from keys_in(value, described, inner)


def allowed(described: Keys) -> dict[str, set[str]]:
    """Key → the types that the page lets its value have; items of a list as `key[]`."""
    types = {
        key: {"list" if kind.startswith("list of ") else kind for kind in written.split(" or ")}
        for key, written in described.items()
    }
    items = {
        f"{key}[]": {SINGULAR.get(kind[8:], kind[8:])} for key, kind in described.items() if kind.startswith("list of ")
    }
    return {key: kinds | ({"whole number"} if "number" in kinds else set()) for key, kinds in (types | items).items()}


def _own_names(described: Keys, path: str) -> str:
    """The word in capitals that stands for any name at this place, if the page has one there."""
    inner = (key.removeprefix(f"{path}.") for key in described if key.startswith(f"{path}."))
    return next((word for word in inner if re.fullmatch(r"[A-Z]+", word)), "")


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "whole number"
        case float():
            return "number"
        case str():
            return "text"
    return "list" if isinstance(value, list) else "object"
