"""Where in ampenet.yaml something stands, and which name was meant. It decides nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from ampenet_sync.config import Config
from ampenet_sync.config.texts import tree_of
from ampenet_sync.errors import sayable


def place(config: Config, *path: str) -> str:
    """`ampenet.yaml:14: customers.phone`, or the key alone where the configuration came from no file."""
    key = ".".join(path)
    tree = tree_of(config)
    return f"{config.path.name}:{tree.line(path)}: {key}" if tree.lines else key


def nearest(word: str, known: Iterable[str], *, what: str = "columns") -> str:
    """`did you mean phone? columns: name, phone`: the hint for a name that isn't there. None in it may be a phone."""
    names = list(known)
    folded = {name.strip().casefold(): name for name in names}
    near = difflib.get_close_matches(word.strip().casefold(), folded, n=1)
    listed = f"{what}: {', '.join(map(sayable, names))}"
    return f"did you mean {sayable(folded[near[0]])}? {listed}" if near else listed
