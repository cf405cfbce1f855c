"""Cells that hold numbers, plainly or as an example shows → the same numbers in one plain spelling, `-1234.5`. Pure."""

from __future__ import annotations

import re
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.config.types import NumberForm

_INTEGER = r"^[+-]?\d{1,19}(\.0+)?$"
_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$"
_GREATEST = "9223372036854775807"  # of 64 bits
_LEAST = "-9223372036854775808"
_LONGEST = len(_GREATEST)

_BLANK = r"[\s\p{Z}]"
_THOUSANDS = {",": ",", ".": r"\.", " ": _BLANK, "'": r"['\x{2019}]"}

_SIGNS = {"": "", "+": "", "-": "-", "\N{MINUS SIGN}": "-", "()": "-"}  # those that go together → the plain one


def plain_integers(text: pa.ChunkedArray, form: NumberForm | None) -> pa.ChunkedArray:
    """Trimmed texts that are whole numbers of 64 bits, without plus and decimals; null for all others."""
    bare = _matching(text, form, _INTEGER)
    bare = pc.replace_substring_regex(bare, pattern=r"^\+|\.0+$", replacement="")
    if (pc.max(pc.binary_length(bare)).as_py() or 0) < _LONGEST:
        return bare
    digits = pc.utf8_ltrim(bare, characters="-")
    fits = pc.or_(pc.less(pc.binary_length(digits), _LONGEST), pc.less_equal(digits, _GREATEST))
    return pc.if_else(pc.or_(fits, pc.equal(bare, _LEAST)), bare, pa.scalar(None, bare.type))


def plain_numbers(text: pa.ChunkedArray, form: NumberForm | None) -> pa.ChunkedArray:
    """Trimmed texts that are numbers, all their digits kept, without plus; null for all others."""
    bare = _matching(text, form, _NUMBER)
    return pc.replace_substring_regex(bare, pattern=r"^\+", replacement="")


def _matching(text: pa.ChunkedArray, form: NumberForm | None, pattern: str) -> pa.ChunkedArray:
    text = text.cast(pa.string())
    text = text if form is None else _as_shown(text, form)
    return pc.if_else(pc.match_substring_regex(text, pattern=pattern), text, pa.scalar(None, pa.string()))


def _as_shown(text: pa.ChunkedArray, form: NumberForm) -> pa.ChunkedArray:
    """Digits, point and minus of the texts that look like the example, null for all others."""
    parts = pc.extract_regex(text, pattern=_pattern(form))
    number, front, inner, behind = (pc.struct_field(parts, name) for name in ("number", "front", "inner", "behind"))
    if form.thousands:
        number = pc.replace_substring_regex(number, pattern=_THOUSANDS[form.thousands], replacement="")
    number = pc.replace_substring(number, pattern=form.decimal, replacement=".")
    signs = pc.binary_join_element_wise(front, inner, behind, "")
    known = pc.index_in(signs, pa.array(list(_SIGNS), signs.type))
    sign = pc.take(pa.array(list(_SIGNS.values()), number.type), known)
    return pc.binary_join_element_wise(sign, number, "")


@cache
def _pattern(form: NumberForm) -> str:
    """RE2. Whether the signs around the digits go together is looked at later."""
    opening, closing = (r"[(+\-\x{2212}]?", r"\)?") if form.negative == "brackets" else (r"[+\-\x{2212}]?", "")
    closing = r"-?" if form.negative == "behind" else closing
    mark, decimal = _THOUSANDS.get(form.thousands, ""), re.escape(form.decimal)
    whole = rf"\d{{1,3}}(?:{mark}\d{{3}})+|\d+" if mark else r"\d+"
    digits = rf"(?P<number>(?:{whole})(?:{decimal}\d*)?|{decimal}\d+)"
    parts = (f"(?P<front>{opening})", _optional(form.prefix), f"(?P<inner>{opening})", digits, _optional(form.suffix))
    return rf"(?i)^{f'{_BLANK}*'.join(parts)}{_BLANK}*(?P<behind>{closing})$"


def _optional(word: str) -> str:
    return f"(?:{f'{_BLANK}+'.join(map(re.escape, word.split()))})?"
