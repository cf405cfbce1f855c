"""The known word that somebody most likely meant by another one."""

from __future__ import annotations

import difflib
from collections.abc import Collection


def did_you_mean(word: str, known: Collection[str]) -> str:
    """`did you mean gold? ` to stand before what is known, or nothing. Case doesn't count."""
    folded = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), folded, n=1)
    return f"did you mean {folded[near[0]]}? " if near else ""
