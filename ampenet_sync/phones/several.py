"""Whether one cell holds two numbers or more: its digits tell, whatever stands between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ampenet_sync.phones.signs import GAPS, HIDDEN, PERHAPS_HIDDEN

SHORTEST, LONGEST = 7, 17  # digits of a whole number, with its calling code and prefix
ROOM = 2 * SHORTEST  # digits under which there are no two numbers
_LONG = 9  # digits from which a run is a number of its own, and what isn't in use still looks like one
_LONGEST_RUN = 4 * LONGEST  # a longer run of digits is no list of numbers
_LOOKED_AT = 300  # letters of a cell in which every group is tried

_DIGIT = re.compile(r"\d")
_RUN = re.compile(rf"\d{{{_LONG},}}")
_NUMBER_STARTS = re.compile(r"\+[ (]*\d")
_ALTERNATIVE_END = re.compile(r"\d{3}\s*/\s*\d{1,6}")  # 0712345678/9: the same number with another ending
# What no number has between its groups. Letters part nothing by themselves: "0712345678 mama Asha 2019".
_PARTING = re.compile(rf"[^\w+{GAPS}{HIDDEN}{PERHAPS_HIDDEN}]")
_TOKEN = re.compile(rf"(?P<plus>\+[ (]*)?(?P<digits>\d+)|(?P<wall>[^\d/{GAPS}])")
_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2(?:19|20)\d\d)"
    r"(?:[ T]+\d{1,2}:\d\d(?::\d\d)?)?(?!\d)"
)

Judge = Callable[[str], str]  # digits, with a plus or not → the reason why they are no number, "" for a valid one


class _Piece(NamedTuple):
    """Groups of digits that stand together, from `start` up to, but without, `end`; a plus or nothing before them."""

    start: int
    end: int
    plus: str
    digits: str

    @property
    def written(self) -> str:
        return self.plus + self.digits


def has_room(text: str) -> bool:
    """Whether there are digits enough for two numbers."""
    return len(text) >= ROOM and len(_DIGIT.findall(text)) >= ROOM


def stand_apart(text: str) -> bool:
    """Two numbers in plain text that anybody sees, whatever their country."""
    if len(text) <= ROOM and "/" not in text and text.count("+") < 2:
        return False  # too short for two numbers and what parts them
    text = _without_dates(text)
    if len(_NUMBER_STARTS.findall(text)) > 1 or len(_RUN.findall(text)) > 1:
        return True
    sizes = [len(_DIGIT.findall(piece)) for piece in _PARTING.split(text)]
    return sum(size >= SHORTEST for size in sizes) > 1 or (sizes[0] >= SHORTEST and bool(_ALTERNATIVE_END.search(text)))


def holds_two(text: str, judge: Judge) -> bool:
    """Whether plain text holds two whole valid numbers, or one beside digits that only aren't in use ("invalid")."""
    pieces = list(_pieces(_without_dates(text[:_LOOKED_AT])))
    if any(_run_together(piece.plus, piece.digits, judge) for piece in pieces if piece.end - piece.start == 1):
        return True
    reasons = [(piece, judge(piece.written)) for piece in pieces if len(piece.digits) <= LONGEST]
    valid = [piece for piece, reason in reasons if not reason]
    alike = [piece for piece, reason in reasons if reason == "invalid" and len(piece.digits) >= _LONG]
    return any(first.end <= second.start or second.end <= first.start for first in valid for second in (*valid, *alike))


def _without_dates(text: str) -> str:
    return _DATE.sub("|", text) if "19" in text or "20" in text else text


def _pieces(text: str) -> Iterator[_Piece]:
    """Groups with no other sign between them than one number's groups have, alone and with those behind them."""
    groups: list[tuple[str, str]] = []
    start = 0
    for token in [*_TOKEN.finditer(text), None]:
        if token and token["digits"]:
            groups.append(("+" if token["plus"] else "", token["digits"]))
        else:
            yield from _together(groups, start)
            start, groups = start + len(groups), []


def _together(groups: list[tuple[str, str]], start: int) -> Iterator[_Piece]:
    for first, (plus, digits) in enumerate(groups):
        yield _Piece(start + first, start + first + 1, plus, digits)
        for last in range(first + 1, len(groups)):
            digits += groups[last][1]
            if groups[last][0] or len(digits) > LONGEST:
                break
            yield _Piece(start + first, start + last + 1, plus, digits)


def _run_together(plus: str, digits: str, judge: Judge) -> bool:
    """Whether a run of digits is valid numbers one behind the other, and nothing else."""
    if not ROOM <= len(digits) <= _LONGEST_RUN:
        return False
    for cut in range(SHORTEST, min(len(digits) - SHORTEST, LONGEST) + 1):
        rest = digits[cut:]
        if not judge(plus + digits[:cut]) and (not judge(rest) or _run_together("", rest, judge)):
            return True
    return False
