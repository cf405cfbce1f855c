"""Every key of ampenet.yaml with its type, default, sentence and example, read from the models themselves.

A key is written with dots, and NAME stands where a segment or campaign has a name of one's own: `segments.NAME.where`.
ITEM stands for each item of a list of sections.
"""

from __future__ import annotations

import difflib
import re
import types
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ampenet_sync.config.models import Config
from ampenet_sync.config.source import Model
from ampenet_sync.config.values import Called
from ampenet_sync.errors import ConfigError, sayable

NAME: Final = "NAME"
ITEM: Final = "ITEM"
EXAMPLE_NAMES: Final = {"segments": "gold", "campaigns": "welcome"}

SECTION: Final = "section"
LISTS: Final = (tuple, list)
PLAIN: Final[dict[Any, str]] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    datetime: "date and time",
}


@dataclass(frozen=True)
class Key:
    """One key. `default` is as it would be written, blank where there is none; `example` is a part of a whole file."""

    key: str
    type: str
    default: str
    required: bool
    sentence: str
    example: str


def keys(model: type[BaseModel] = Config) -> list[Key]:
    """All of them in the order of the models, each section before its keys."""
    return list(_keys_of(model, ()))


def find_keys(word: str) -> list[Key]:
    """Each key that is called so, wherever it stands, and what is in it: `where`, `limits.deletes`, `customers`.

    Names may be the user's own: `segments.gold.where`. Raises ConfigError `unknown_key` with the nearest right one.
    """
    known = keys()
    path = _with_placeholders(word)
    meant = [key for key in known if path and f".{path}." in f".{key.key}."]
    if not meant:
        near = _nearest(path, [key.key for key in known])
        raise ConfigError(f"there is no key '{sayable(word)}' in ampenet.yaml", code="unknown_key", hint=near)
    return meant


def is_called(key: Key, word: str) -> bool:
    """Whether it is the key itself, by its whole name or the end of it."""
    path = _with_placeholders(word)
    return bool(path) and f".{key.key}".endswith(f".{path}")


def _keys_of(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[Key]:
    none = model.may_be_none if issubclass(model, Model) else ()
    for name, field in model.model_fields.items():
        here = (*path, name)
        yield Key(
            key=".".join(here),
            type=_type_of(field, may_be_none=name in none),
            default=_default_of(field),
            required=field.is_required(),
            sentence=field.description or "",
            example=_example_of(field, path),
        )
        for inner, below in _sections_of(field.annotation):
            yield from _keys_of(inner, (*here, *below))


def _type_of(field: FieldInfo, *, may_be_none: bool) -> str:
    words = _called(field.annotation, field.metadata)
    bounds = _bounds(field.metadata)
    whole = f"{words}, {bounds}" if bounds and words in PLAIN.values() else words
    return f"{whole}, or none" if may_be_none and not whole.endswith("none") else whole


def _called(kind: Any, metadata: Sequence[Any] = ()) -> str:
    if own := [about.words for about in metadata if isinstance(about, Called)]:
        return own[-1]
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _called(inner[0], inner[1:])
    if origin in (Literal, typing.Union, types.UnionType):
        words = list(_choices(kind))
        return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
    if origin in LISTS:
        return f"list, each a {_called(inner[0])}"
    if origin is dict:
        return f"{_called(inner[1])} for each {_called(inner[0])}"
    return PLAIN.get(kind, SECTION)


def _choices(kind: Any) -> Iterator[str]:
    """What may stand there, one after the other."""
    for part in typing.get_args(kind):
        if typing.get_origin(kind) is Literal:
            yield str(part)
        elif typing.get_origin(part) is Literal:
            yield from _choices(part)
        elif part is not type(None):
            yield _called(part)


def _bounds(metadata: Sequence[Any]) -> str:
    """`1 to 64`, or of a text `at most 255 letters`."""
    least, most, longest = (_bound(metadata, name) for name in ("ge", "le", "max_length"))
    if longest is not None:
        return f"at most {longest:,} letters"
    if least is None:
        return ""
    return f"{least} or more" if most is None else f"{least} to {most:,}"


def _bound(metadata: Sequence[Any], name: str) -> int | None:
    """What pydantic made of `ge=1` and the like."""
    return next((bound for about in metadata if (bound := getattr(about, name, None)) is not None), None)


def _default_of(field: FieldInfo) -> str:
    """As it is written in the file; nothing for a section, as its keys have their own."""
    if isinstance(field.json_schema_extra, dict) and "default" in field.json_schema_extra:
        return str(field.json_schema_extra["default"])
    value = field.default
    if field.is_required() or value is None or isinstance(value, BaseModel) or value in ((), {}):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return _flow(list(value)) if isinstance(value, tuple) else str(value)


def _flow(values: list[str]) -> str:
    return yaml.safe_dump(values, default_flow_style=True, allow_unicode=True, width=10_000).strip()


def _example_of(field: FieldInfo, path: tuple[str, ...]) -> str:
    """The example's lines below the sections they stand in."""
    lines = str((field.examples or [""])[0]).splitlines()
    for above, step in reversed(list(zip(("", *path), path, strict=False))):
        if step == ITEM:
            lines = [f"{'  ' if at else '- '}{line}" for at, line in enumerate(lines)]
        else:
            name = EXAMPLE_NAMES.get(above, "name") if step == NAME else step
            lines = [f"{name}:", *(f"  {line}" for line in lines)]
    return "\n".join(lines)


def _sections_of(kind: Any) -> Iterator[tuple[type[BaseModel], tuple[str, ...]]]:
    """The models that a key may hold, each with what stands between: NAME, ITEM or nothing."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind, ()
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is dict:
        yield from ((section, (NAME, *below)) for section, below in _sections_of(inner[1]))
    if origin in LISTS:
        yield from ((section, (ITEM, *below)) for section, below in _sections_of(inner[0]))
    if origin in (typing.Union, types.UnionType, typing.Annotated):
        for part in inner:
            yield from _sections_of(part)


def _with_placeholders(word: str) -> str:
    """`segments.gold.where` → `segments.NAME.where`."""
    sections = "|".join(EXAMPLE_NAMES)
    return re.sub(rf"^({sections})\.[^.]+", rf"\1.{NAME}", word.strip().strip("."))


def _nearest(path: str, known: list[str]) -> str:
    """By the whole key, else by its last word."""
    near = difflib.get_close_matches(path, known, n=1, cutoff=0.8)
    if not near:
        last = difflib.get_close_matches(path.rpartition(".")[2], {key.rpartition(".")[2] for key in known}, n=1)
        near = [key for key in known if last and key.rpartition(".")[2] == last[0]][:1]
    return f"did you mean {near[0]}?" if near else "to see them all: ampenet-sync config"
