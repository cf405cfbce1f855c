"""The reference of ampenet.yaml for a person and a script. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import RenderableType

from ampenet_sync.config.reference import Key, is_called
from ampenet_sync.reports.columns import table_of

WIDEST_DEFAULT = 24  # letters of a default in a table


def keys_object(keys: Sequence[Key]) -> dict[str, Any]:
    return {"keys": [asdict(key) for key in keys]}


def keys_block(keys: Sequence[Key], *, asked: str) -> Iterator[RenderableType]:
    """What was asked for in full, and what is in it, or all where nothing was, as a table."""
    meant = [key for key in keys if is_called(key, asked)]
    for key in meant:
        yield from key_lines(key)
        yield ""
    table = table_of("key", "default", "what it means")
    for key in keys:
        if key not in meant:
            table.add_row(key.key, _short_default(key), key.sentence)
    if table.rows:
        yield table


def key_lines(key: Key) -> Iterator[str]:
    """What it is, and how it is written."""
    yield f"{key.key}: {key.type}"
    yield key.sentence
    if key.required:
        yield "It has to be there."
    elif key.default:
        yield f"Where it isn't written: {key.default}"
    yield from ("", *(f"  {line}" for line in key.example.splitlines()))


def _short_default(key: Key) -> str:
    if key.required:
        return "required"
    return key.default if len(key.default) <= WIDEST_DEFAULT else f"{key.default[: WIDEST_DEFAULT - 1]}…"
