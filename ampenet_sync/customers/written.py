"""Where in ampenet.yaml something stands, and which name was meant. It decides nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path

from ampenet_sync.config.columnwords import Meaning, meaning_of, with_meaning
from ampenet_sync.config.headings import shown_heading
from ampenet_sync.config.texts import tree_of

_ALMOST, _ALIKE = 0.85, 0.6  # shares of letters that two names have in common


def place(file: Path, *path: str) -> str:
    """`ampenet.yaml:14: customers.phone`, or the key alone where there is no such file."""
    key = ".".join(path)
    tree = tree_of(file)
    return f"{file.name}:{tree.line(path)}: {key}" if tree.lines else key


def nearest(word: str, known: Iterable[str], *, what: str = "columns") -> str:
    """`did you mean phone? columns: name, phone`: the hint for a name that isn't there. None in it may be a phone."""
    names = list(known)
    near = nearest_name(word, names, meaning=meaning_of(word) if what == "columns" else None)
    listed = f"{what}: {', '.join(map(shown_heading, names))}"
    return f"did you mean {shown_heading(near)}? {listed}" if near else listed


def nearest_name(word: str, names: Sequence[str], *, meaning: Meaning | None) -> str:
    """The name that is written almost alike, else one that means the same, else one that is written a little alike.

    "" where there is none; a name that plainly means something else is not taken for one a little alike.
    """
    folded = {name.strip().casefold(): name for name in reversed(names)}
    close = difflib.get_close_matches(word.strip().casefold(), folded, n=len(folded) or 1, cutoff=_ALIKE)
    alike = [folded[name] for name in close]
    almost = difflib.get_close_matches(word.strip().casefold(), folded, n=1, cutoff=_ALMOST)
    same = with_meaning(meaning, names)
    unclear = [name for name in alike if meaning is None or meaning_of(name) in (None, meaning)]
    candidates = [*(folded[name] for name in almost), *(name for name in alike if name in same), *same, *unclear]
    return candidates[0] if candidates else ""
