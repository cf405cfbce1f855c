"""Queries that stand in .sql files beside this one: their sections, written out for the managed fields."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_SECTION = re.compile(r"^--@ (.+)$", re.M)
_REPEATED = re.compile(r"(EACH|ANY|ALL)\[\[(.*?)\]\]", re.S)
_JOINT = {"ANY": (" OR ", "false"), "ALL": (" AND ", "true")}


def section(file: str, name: str, fields: tuple[str, ...]) -> str:
    """A section of the file. `EACH[[…]]` in it stands for the text once for each field, where FIELD is its name,
    `ANY[[…]]` for whether it holds for one of them, `ALL[[…]]` for whether it does for all."""

    def repeat(match: re.Match[str]) -> str:
        texts = [match[2].replace("FIELD", name) for name in fields]
        if match[1] == "EACH":
            return ", ".join(texts)
        joint, of_none = _JOINT[match[1]]
        return "(" + (joint.join(texts) or of_none) + ")"

    return _REPEATED.sub(repeat, _sections(file)[name])


@cache
def _sections(file: str) -> dict[str, str]:
    _, *parts = _SECTION.split(files(__package__).joinpath(file).read_text(encoding="utf-8"))
    return dict(zip(parts[::2], parts[1::2], strict=True))
