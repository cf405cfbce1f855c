"""How many parts a text takes, and the same text in cheaper letters. It changes no wording and knows no prices."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["GSM-7", "UCS-2"]

# GSM 03.38: the default alphabet without its escape position, and the extension table (an escape and a septet each).
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "^{}\\[~]|€\f"

_GSM = re.compile(f"[{re.escape(BASIC + EXTENSION)}]*")
_EXTENDED = re.compile(f"[{re.escape(EXTENSION)}]")

_TWINS = str.maketrans(
    dict.fromkeys("‘’‚‛′‹›`´ʼʻ", "'")
    | dict.fromkeys("“”„‟″«»", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys(
        "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
    )
    | dict.fromkeys("\u200b\u2060\ufeff\u00ad", "")
    | {"…": "..."}
)


@dataclass(frozen=True)
class Room:
    """What one part holds, in units: alone, and joined to others (the joint takes some of it)."""

    alone: int
    joined: int


ROOM: dict[Encoding, Room] = {"GSM-7": Room(160, 153), "UCS-2": Room(70, 67)}


@dataclass(frozen=True)
class Parts:
    """`units` are septets or UTF-16 units; `parts` is what the networks send, `billed` what the platform charges.

    They differ where a two-unit letter would lie over the edge of a part: networks move it on, the bill does not.
    """

    encoding: Encoding
    units: int
    parts: int
    billed: int


def count(text: str) -> Parts:
    """Count a rendered text as it stands (bring it to NFC first: `é` in two code points is UCS-2); empty text has 0."""
    encoding: Encoding = "GSM-7" if _GSM.fullmatch(text) else "UCS-2"
    wide = _EXTENDED.findall(text) if encoding == "GSM-7" else [letter for letter in text if letter > "\uffff"]
    units, room = len(text) + len(wide), ROOM[encoding]
    if units <= room.alone:
        alone = min(units, 1)
        return Parts(encoding, units, alone, alone)
    billed = -(-units // room.joined)
    return Parts(encoding, units, _joined(text, encoding) if wide else billed, billed)


def smart(text: str) -> str:
    """Quotes, dashes, ellipsis and odd spaces as their GSM twins; the original (NFC) where that saves nothing.

    It saves nothing where other letters keep the text UCS-2, or where three dots for each `…` fill more parts.
    """
    original = unicodedata.normalize("NFC", text)
    if _GSM.fullmatch(original):
        return original
    plain = original.translate(_TWINS)
    return plain if _GSM.fullmatch(plain) and count(plain).parts <= count(original).parts else original


def _joined(text: str, encoding: Encoding) -> int:
    """Fill part after part; a letter of two units that doesn't fit whole opens the next one."""
    room, parts, used = ROOM[encoding].joined, 1, 0
    for letter in text:
        units = _units(letter, encoding)
        if used + units > room:
            parts, used = parts + 1, 0
        used += units
    return parts


def _units(letter: str, encoding: Encoding) -> int:
    wide = letter in EXTENSION if encoding == "GSM-7" else letter > "\uffff"
    return 2 if wide else 1
