"""The names of columns as people see them. In ampenet.yaml and in a source they are written by the same rule."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator

from ampenet_sync.config.unseen import SIGNS, SPACES, letters
from ampenet_sync.config.values import Called
from ampenet_sync.errors import sayable

_SPACES = re.compile(f"[{letters(SPACES)}]+")
_SIGNS = re.compile(f"[{letters(SIGNS)}]+")
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_ODD = re.compile(f"[{letters(at for at in (*SPACES, *SIGNS) if at != (0x20, 0x20))}]|^ +| +$|  +")

# How a message shows what is not seen; anything else by its number.
_MARKS = {" ": "␣", "\n": "⟨line break⟩", "\r": "⟨line break⟩", "\t": "⟨tab⟩", "\N{NO-BREAK SPACE}": "⟨NBSP⟩"}


def heading(written: str) -> str:
    """The name as it is seen: NFC, without signs that are not seen, runs of white space as one blank, trimmed."""
    if _PLAIN.fullmatch(written):
        return written
    seen = unicodedata.normalize("NFC", _SIGNS.sub("", written))
    return _SPACES.sub(" ", seen).strip(" ")


def shown_heading(written: str) -> str:
    """The name as a message may hold it, with what is not seen made visible: `Phone␣`, `Phone⟨NBSP⟩Number`."""
    return marked(sayable(written))


def marked(text: str) -> str:
    """The text with each sign that isn't seen as a mark, but for single blanks between its words."""
    if heading(text) == text:
        return text
    seen = _ODD.sub(lambda odd: "".join(map(_mark, odd[0])), text)
    return "".join(_mark(sign) if unicodedata.combining(sign) else sign for sign in seen)


def check_names_differ(columns: Any) -> Any:
    """For keys that are names of columns: two that become one would silently count as one."""
    seen: dict[str, str] = {}
    for written in columns if isinstance(columns, dict) else ():
        other = seen.setdefault(heading(str(written)), str(written))
        if other != written:
            raise ValueError(f"{shown_heading(other)} and {shown_heading(str(written))} are one column")
    return columns


def _mark(sign: str) -> str:
    return _MARKS.get(sign, f"⟨U+{ord(sign):04X}⟩")


def _read_column(written: str) -> str:
    name = heading(written)
    if not name:
        raise ValueError("write the name of a column, or leave this out")
    return name


# The name of a column of the source, as a value or as a key of ampenet.yaml.
Column = Annotated[str, AfterValidator(_read_column), Called("name of a column")]
