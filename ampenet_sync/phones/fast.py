"""Digits in columns → phones and reasons, where `patterns` make them certain. Whatever isn't certain stays undecided.

Each step does for a column what libphonenumber's parse and validity test do for one number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import numpy as np
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.phones.digits import Bools, Digits, Ints
from ampenet_sync.phones.patterns import Kind, Numbering, codes_by_head, numbering
from ampenet_sync.phones.read import PHONE_DIGITS
from ampenet_sync.phones.reasons import PHONE_REASONS
from ampenet_sync.phones.several import ROOM

REASONS: Final = ("", *PHONE_REASONS)
UNDECIDED: Final = -1
TAKEN: Final = 0
_TOO_SHORT, _TOO_LONG, _INVALID, _ELSEWHERE, _NOT_MOBILE = map(
    REASONS.index, ("too_short", "too_long", "invalid", "country_not_allowed", "not_mobile")
)
_WORTH: Final = 4  # letters of a pattern that are worth compiling for one text
_FEW: Final = 8  # rows of one calling code that are read sooner one by one


@dataclass(frozen=True)
class Verdicts:
    """For each row the index of its reason in `REASONS` (0: taken, -1: undecided), and its phone as a number.

    A valid number that is refused has its phone too; 0 is no number.
    """

    outcome: Ints
    phone: Ints

    @classmethod
    def undecided(cls, rows: int) -> Verdicts:
        return cls(np.full(rows, UNDECIDED, dtype=np.int64), np.zeros(rows, dtype=np.int64))

    def at(self, rows: Ints | slice) -> Verdicts:
        return Verdicts(self.outcome[rows], self.phone[rows])

    def put(self, rows: Ints, other: Verdicts) -> None:
        """Take over the verdicts on some of the rows."""
        self.outcome[rows], self.phone[rows] = other.outcome, other.phone


class Choice(NamedTuple):
    """Which valid numbers are wanted; no countries are all countries."""

    countries: Sequence[str]
    mobile: bool


ANY: Final = Choice((), False)


def judge(numbers: Digits, region: str, choice: Choice) -> Verdicts:
    """Every ordinary row that is certain is decided as `read_phone` would; the others stay undecided."""
    verdicts = Verdicts.undecided(len(numbers.ordinary))
    heads = codes_by_head()[numbers.head]
    home = numbering(phonenumbers.country_code_for_region(region))
    home = home if home is not None and home.region == region else None
    rows = np.flatnonzero(numbers.ordinary & (numbers.abroad | numbers.zeros))
    text = numbers.text.take(pa.array(rows))
    verdicts.put(rows, _abroad(text, heads[rows], choice))
    if home is not None:
        verdicts.outcome[rows[_nowhere(text, heads[rows], home)]] = _INVALID
    rows = np.flatnonzero(numbers.ordinary & numbers.zeros)
    verdicts.outcome[rows[~_only_abroad(numbers.text.take(pa.array(rows)), home)]] = UNDECIDED
    rows = np.flatnonzero(numbers.ordinary & ~numbers.abroad & ~numbers.zeros)
    if home is not None:
        verdicts.put(rows, _at_home(numbers.text.take(pa.array(rows)), heads[rows], home, choice))
    verdicts.outcome[_no_number(verdicts) & (numbers.zeros | (_size(numbers.text) >= ROOM))] = UNDECIDED
    return verdicts


def _nowhere(text: pa.StringArray, codes: Ints, home: Numbering) -> Bools:
    """Where no country has the calling code, and without the plus nothing else is dialled abroad."""
    nowhere: Bools = (codes == 0) & (_size(text) >= PHONE_DIGITS.start)
    return nowhere & ~_matches(text, home.abroad)


def _only_abroad(text: pa.StringArray, home: Numbering | None) -> Bools:
    """Where 00 in front of the digits can mean nothing but a plus: the region's own prefix, or no number at home."""
    if home is None or home.abroad == "^(?:00)":
        return np.full(len(text), home is not None)
    whole = pc.binary_join_element_wise("00", text, "")
    at_home = _verdicts(whole, home, ANY, ~_matches(whole, home.abroad))
    return _no_number(at_home)


def _abroad(text: pa.StringArray, codes: Ints, choice: Choice) -> Verdicts:
    """Digits that begin with a calling code."""
    verdicts = Verdicts.undecided(len(text))
    for code in np.flatnonzero(np.bincount(codes, minlength=1) >= _FEW).tolist():
        plan = numbering(code) if code else None
        if plan is not None:
            rows = np.flatnonzero(codes == code)
            rest = _without(text.take(pa.array(rows)), len(str(code)))
            verdicts.put(rows, _verdicts(rest, plan, choice, np.ones(len(rows), dtype=bool)))
    return verdicts


def _at_home(text: pa.StringArray, codes: Ints, home: Numbering, choice: Choice) -> Verdicts:
    """Digits without a sign of another country: the region's own, else those of a listed country."""
    sure = ~_matches(text, home.abroad)
    short, plain = _plain(text, codes, home)
    verdicts = _judged(short, home, choice, sure & plain)
    other = np.flatnonzero(verdicts.phone == 0)
    if len(other):
        national, clear = _without_own_code(text.take(pa.array(other)), home)
        verdicts.put(other, _verdicts(national, home, choice, sure[other] & clear))
    listed = {phonenumbers.country_code_for_region(country) for country in choice.countries}
    again = np.flatnonzero(_no_number(verdicts) & np.isin(codes, list(listed)))
    if len(again):
        _try_abroad(verdicts, again, text, codes, home, choice)
    _better_reasons(verdicts, text, codes, home, choice)
    return verdicts


def _plain(text: pa.StringArray, codes: Ints, home: Numbering) -> tuple[pa.StringArray, Bools]:
    """Numbers without their prefix, and where that is all there is to them: if they are valid so, they are meant so."""
    plain: Bools = codes != home.code
    if home.odd_prefix:
        return text, plain & ~_matches(text, home.odd_prefix)
    if not home.prefix:
        return text, plain
    return pc.if_else(pc.starts_with(text, home.prefix), _without(text, len(home.prefix)), text), plain


def _try_abroad(
    verdicts: Verdicts, rows: Ints, text: pa.StringArray, codes: Ints, home: Numbering, choice: Choice
) -> None:
    """Bare digits that are no number at home: valid with their listed code, or refused for the better reason."""
    there = _abroad(text.take(pa.array(rows)), codes[rows], choice)
    longer = (verdicts.outcome[rows] == _TOO_LONG) & (codes[rows] != home.code)
    better = ~_no_number(there) | longer
    some = rows[better]
    verdicts.outcome[some], verdicts.phone[some] = there.outcome[better], there.phone[better]


def _better_reasons(verdicts: Verdicts, text: pa.StringArray, codes: Ints, home: Numbering, choice: Choice) -> None:
    """Refused digits that begin with the region's own code are told what they lack or have too much with it."""
    zeros = pc.starts_with(text, f"{home.code}00").to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(_no_number(verdicts) & (codes == home.code) & (zeros | (verdicts.outcome == _TOO_LONG)))
    if len(rows):
        there = _abroad(text.take(pa.array(rows)), codes[rows], choice)
        invalid = there.phone == 0
        verdicts.outcome[rows[invalid]] = there.outcome[invalid]


def _no_number(verdicts: Verdicts) -> Bools:
    no_number: Bools = (verdicts.outcome > TAKEN) & (verdicts.phone == 0)
    return no_number


def _verdicts(text: pa.StringArray, plan: Numbering, choice: Choice, sure: Bools) -> Verdicts:
    """Numbers without calling code, perhaps with a prefix."""
    national, clear = _significant(text, plan)
    return _judged(national, plan, choice, sure & clear)


def _judged(national: pa.StringArray, plan: Numbering, choice: Choice, sure: Bools) -> Verdicts:
    """Numbers without calling code and prefix."""
    size = _size(national)
    valid, mobile = _kinds(national, size, plan)
    phone = np.zeros(len(size), dtype=np.int64)
    phone[valid] = plan.code * 10 ** size[valid] + _numbers(national.filter(pa.array(valid)))
    outcome = np.where(valid, TAKEN, _reasons(national, size, plan, choice))
    if choice.mobile:
        outcome[valid & ~mobile] = _NOT_MOBILE
    if choice.countries and plan.region not in choice.countries:
        outcome[valid] = _ELSEWHERE
    whole = size + len(str(plan.code))
    outcome[valid & (whole >= PHONE_DIGITS.stop)] = _TOO_LONG
    outcome[valid & (whole < PHONE_DIGITS.start)] = _TOO_SHORT
    known = sure & (size > 1) & (valid | plan.alone)
    outcome[~known], phone[~known] = UNDECIDED, 0
    return Verdicts(outcome, phone)


def _reasons(national: pa.StringArray, size: Ints, plan: Numbering, choice: Choice) -> Ints:
    """Why each would be refused if it is invalid."""
    if plan.zeros:
        zero = pc.and_not(pc.starts_with(national, "0"), pc.starts_with(national, "00"))
        size = size - ((size > 1) & zero.to_numpy(zero_copy_only=False))
    lengths = plan.mobile_lengths if choice.mobile else plan.lengths
    return np.select([lengths.too_long[size], lengths.too_short[size]], [_TOO_LONG, _TOO_SHORT], _INVALID)


def _without_own_code(text: pa.StringArray, home: Numbering) -> tuple[pa.StringArray, Bools]:
    """libphonenumber takes the region's own code off bare digits that are better without it."""
    clear = np.ones(len(text), dtype=bool)
    rows = np.flatnonzero(pc.starts_with(text, str(home.code)).to_numpy(zero_copy_only=False))
    if not len(rows):
        return text, clear
    whole = text.take(pa.array(rows))
    rest, clear[rows], _ = _without_prefix(_without(whole, len(str(home.code))), home)
    better = ~_matches(whole, home.general.pattern) & _matches(rest, home.general.pattern)
    better |= home.too_long[_size(whole)]
    return _replaced(text, rows, pc.if_else(better, rest, whole)), clear


def _significant(text: pa.StringArray, plan: Numbering) -> tuple[pa.StringArray, Bools]:
    """The prefix is taken off where what remains has the length of a number, or more."""
    rest, clear, rows = _without_prefix(text, plan)
    if not len(rows):
        return text, clear
    size = _size(rest.take(pa.array(rows)))
    back = rows[~(plan.possible[size] | plan.too_long[size])]
    return _replaced(rest, back, text.take(pa.array(back))), clear


def _without_prefix(text: pa.StringArray, plan: Numbering) -> tuple[pa.StringArray, Bools, Ints]:
    """Each without its national prefix, unless only the prefix makes it viable; where that is clear; and which lost it.

    A prefix that changes more than itself is never clear.
    """
    clear, none = np.ones(len(text), dtype=bool), np.zeros(0, dtype=np.int64)
    if plan.odd_prefix:
        return text, ~_matches(text, plan.odd_prefix), none
    rows = np.flatnonzero(pc.starts_with(text, plan.prefix).to_numpy(zero_copy_only=False)) if plan.prefix else none
    if not len(rows):
        return text, clear, none
    whole = text.take(pa.array(rows))
    rest = _without(whole, len(plan.prefix))
    loses = _matches(rest, plan.general.pattern)
    doubtful = np.flatnonzero(~loses)
    loses[doubtful] = ~_matches(whole.take(pa.array(doubtful)), plan.general.pattern)
    rows = rows[loses]
    return _replaced(text, rows, rest.filter(pa.array(loses))), clear, rows


def _kinds(national: pa.StringArray, size: Ints, plan: Numbering) -> tuple[Bools, Bools]:
    """Which are valid numbers of the main region, and which of these may be mobiles."""
    possible = _is(national, size, plan.general)
    if plan.leading and not plan.alone:
        possible &= _matches(national, plan.leading)
    service = np.zeros(len(size), dtype=bool)
    for kind in plan.services:
        service |= _is(national, size, kind)
    mobile = _is(national, size, plan.fixed if plan.alike else plan.mobile)
    valid = service | mobile
    rows = np.flatnonzero(possible & ~valid)
    if len(rows) and plan.fixed is not None:
        valid[rows] = _is(national.take(pa.array(rows)), size[rows], plan.fixed)
    return valid & possible, mobile & ~service & possible


def _is(national: pa.StringArray, size: Ints, kind: Kind | None) -> Bools:
    return np.zeros(len(size), dtype=bool) if kind is None else _matches(national, kind.pattern) & kind.sizes[size]


def _matches(text: pa.StringArray, pattern: str) -> Bools:
    """RE2 compiles a pattern at each call: few texts and a long pattern are Python's, which keeps what it compiled."""
    if not len(text):
        return np.zeros(0, dtype=bool)
    if len(text) * _WORTH < len(pattern):
        compiled = _compiled(pattern)
        return np.array([compiled.match(written) is not None for written in text.to_pylist()], dtype=bool)
    matches: Bools = pc.match_substring_regex(text, pattern).to_numpy(zero_copy_only=False)
    return matches


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def _size(text: pa.StringArray) -> Ints:
    size: Ints = pc.binary_length(text).to_numpy().astype(np.int64)
    return size


def _numbers(text: pa.StringArray) -> Ints:
    numbers: Ints = pc.cast(text, pa.int64()).to_numpy()
    return numbers


def _without(text: pa.StringArray, digits: int) -> pa.StringArray:
    return pc.utf8_slice_codeunits(text, digits)


def _replaced(text: pa.StringArray, rows: Ints, by: pa.StringArray) -> pa.StringArray:
    if not len(rows):
        return text
    if len(rows) == len(text):
        return by
    mask = np.zeros(len(text), dtype=bool)
    mask[rows] = True
    return pc.replace_with_mask(text, pa.array(mask), by)
