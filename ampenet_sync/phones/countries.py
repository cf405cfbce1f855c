"""A country as people write it → its two letters: a name in English or Swahili, a code, a calling code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final

import phonenumbers

_LANGUAGES: Final = ("en", "sw", "sw_KE", "sw_CD")
_FORMER: Final = frozenset(("BUR", "DDR", "FXX", "TMP", "YMD", "ZAR"))  # of no country now; ZAR is a currency

# What people and other programs' lists write beside the names that CLDR has: short, former and official ones.
_ALSO: Final = {
    "UAE": "AE",
    "Brunei Darussalam": "BN",
    "Bolivia, Plurinational State of": "BO",
    "DRC": "CD",
    "DR Congo": "CD",
    "Congo DRC": "CD",
    "Congo, DR": "CD",
    "Democratic Republic of the Congo": "CD",
    "Congo, The Democratic Republic of the": "CD",
    "Congo, Democratic Republic of the": "CD",
    "Republic of the Congo": "CG",
    "Congo, Republic of the": "CG",
    "Ivory Coast": "CI",
    "Cabo Verde": "CV",
    "Czech Republic": "CZ",
    "UK": "GB",
    "Uingereza": "GB",
    "Great Britain": "GB",
    "Britain": "GB",
    "England": "GB",
    "Scotland": "GB",
    "Wales": "GB",
    "Hong Kong": "HK",
    "Iran, Islamic Republic of": "IR",
    "Korea, Democratic People's Republic of": "KP",
    "Korea, Republic of": "KR",
    "Republic of Korea": "KR",
    "Lao People's Democratic Republic": "LA",
    "Moldova, Republic of": "MD",
    "Burma": "MM",
    "Myanmar": "MM",
    "Macao": "MO",
    "Macau": "MO",
    "Palestine": "PS",
    "State of Palestine": "PS",
    "Palestine, State of": "PS",
    "Russian Federation": "RU",
    "Syrian Arab Republic": "SY",
    "Swaziland": "SZ",
    "Turkey": "TR",
    "Taiwan, Province of China": "TW",
    "Tanzania, United Republic of": "TZ",
    "United Republic of Tanzania": "TZ",
    "Jamhuri ya Muungano wa Tanzania": "TZ",
    "Zanzibar": "TZ",
    "US": "US",
    "USA": "US",
    "United States of America": "US",
    "Holy See": "VA",
    "Venezuela, Bolivarian Republic of": "VE",
    "Viet Nam": "VN",
}

_DIGITS = re.compile(r"(?:(?:\+|00)\s*)?(\d+)(?:\.0+)?")
_CALLING_CODE = re.compile(r"(?:(?:\+|00)\s*(\d{1,3})|(\d{3}))(?:\.0+)?")  # 27 alone may be any list's number
_SIDE_BY_SIDE = re.compile(r"[()\[\]/|]|\s[-–—:]\s")  # Tanzania (TZ), TZ - Tanzania
_AROUND = " .,;:*'\"=-_"  # signs around a code that say nothing
_WORD = re.compile(r"[^\W_]+")
_SILENT, _SAME = frozenset(("the", "and", "na")), {"saint": "st"}


def country_of(written: str) -> str:
    """`Tanzania`, `Marekani`, `TZA`, `+255` → its two letters; "" where that is no country, or not one alone.

    Names are compared without case, accents and punctuation. Of several ways to write it side by side, as in
    `Tanzania (+255)`, all must mean the same. A calling code that several countries share means none: +1, +7, +44.
    """
    code = written.strip().upper()
    if code in phonenumbers.SUPPORTED_REGIONS:
        return code
    meant = _meant(written)
    return next(iter(meant)) if len(meant) == 1 else ""


def _meant(written: str) -> frozenset[str]:
    """Every country the text may mean."""
    whole = _named(written)
    if whole or _DIGITS.fullmatch(written.strip()):
        return whole
    parts = [part for part in _parts(written) if part.strip()]
    return frozenset.intersection(*map(_named, parts)) if parts else frozenset()


def _parts(written: str) -> Iterator[str]:
    """The names and codes that stand side by side. Beside a name digits are a calling code."""
    yield from (f"+{digits}" for digits in _DIGITS.findall(written))
    yield from _SIDE_BY_SIDE.split(_DIGITS.sub("/", written))


def _named(part: str) -> frozenset[str]:
    if calling := _CALLING_CODE.fullmatch(part.strip()):
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(calling[1] or calling[2]), ())
        return frozenset(regions) & phonenumbers.SUPPORTED_REGIONS
    code = part.strip(_AROUND).upper()
    if code in phonenumbers.SUPPORTED_REGIONS:
        return frozenset((code,))
    return _codes_of_three().get(code) or _names().get(_folded(part), frozenset())


@cache
def _codes_of_three() -> dict[str, frozenset[str]]:
    from babel.core import get_global

    codes = {code: frozenset(regions) for code, regions in get_global("territory_aliases").items() if len(code) == 3}
    return {code: regions for code, regions in codes.items() if code.isalpha() and code not in _FORMER}


@cache
def _names() -> dict[str, frozenset[str]]:
    """Every name as it is compared → who is called so."""
    from babel import Locale

    names: dict[str, frozenset[str]] = {}
    written = [(code, name) for language in _LANGUAGES for code, name in Locale.parse(language).territories.items()]
    for code, name in (*written, *((code, name) for name, code in _ALSO.items())):
        if code in phonenumbers.SUPPORTED_REGIONS:
            names[_folded(name)] = names.get(_folded(name), frozenset()) | {code}
    return names


def _folded(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).casefold()
    words = _WORD.findall("".join(letter for letter in letters if not unicodedata.combining(letter)))
    return "".join(_SAME.get(word, word) for word in words if word not in _SILENT)
