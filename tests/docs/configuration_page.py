"""docs/configuration.md, made from the models that ampenet.yaml is read by."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from ampenet_sync.config.reference import Key, keys

INTRO = """\
# ampenet.yaml: every key

What may stand in `ampenet.yaml`, key by key: its type, what counts where it isn't written, what it means, and an
example. `ampenet-sync config` shows the same in a terminal, `ampenet-sync config where` one key of it.
`ampenet-sync init` writes a file to begin with.

NAME stands for a name of your own: letters, digits, `_` and `-`. A key with nothing behind it is as if it weren't
written; the word `none` says outright that there is none of it, where the type allows that. A key that nobody knows is
an error that names the nearest one. Paths begin at the folder of `ampenet.yaml`.
"""


def configuration_page() -> str:
    """The whole page, section by section."""
    parts = [INTRO]
    for section, inner in groupby(keys(), key=lambda key: key.key.partition(".")[0]):
        parts.append(f"\n## {section}\n")
        parts.extend(f"\n{part}" for key in inner for part in _entry(key))
    return "".join(parts)


def _entry(key: Key) -> Iterator[str]:
    """A heading, but for what is a section of its own, and the four facts."""
    if "." in key.key:
        yield f"### `{key.key}`\n"
    yield f"{key.sentence}\n\n{_facts(key)}\n\n```yaml\n{key.example}\n```\n"


def _facts(key: Key) -> str:
    if key.required:
        return f"Type: {key.type}. Required."
    return f"Type: {key.type}." + (f" Default: `{key.default}`." if key.default else "")
