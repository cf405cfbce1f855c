"""One written number → a phone or the reason why not, exactly as libphonenumber judges it. Tables: see `column`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, TypeGuard

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber, PhoneNumberType, ValidationResult

from ampenet_sync.phones.clean import plain, restore
from ampenet_sync.phones.faults import fault_in_writing
from ampenet_sync.phones.several import SHORTEST, has_room, holds_two
from ampenet_sync.phones.signs import GAPS

PHONE_DIGITS = range(7, 16)  # E.164 ends at 15; what libphonenumber knows beyond both ends are no subscribers

_DIGITS = re.compile(r"\d+")
_ZERO_ZERO = re.compile(r"\(?00(?!0)\)?")
_MARKS = rf"[*/{GAPS}]*"  # what says nothing wherever it stands around digits
_BARE = re.compile(rf"(?P<plus>{_MARKS}\+)?{_MARKS}(?P<digits>[0-9](?:{_MARKS}[0-9])*){_MARKS}")

_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
_TOO_LONG = (ValidationResult.TOO_LONG,)
_TOO_SHORT = (ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY)
_FAULTS = {
    NumberParseException.TOO_LONG: "too_long",
    NumberParseException.TOO_SHORT_NSN: "too_short",
    NumberParseException.TOO_SHORT_AFTER_IDD: "too_short",
}

if hasattr(phonenumbers, "enable_pattern_cache"):
    phonenumbers.enable_pattern_cache()  # else numbers of many countries push each other's patterns out of re's cache


@dataclass(frozen=True)
class Refusal:
    """A number that can't be used, with its reason: a key of `HINTS`."""

    reason: str


class Rules(NamedTuple):
    """How numbers are to be read; see `read_phone`."""

    region: str
    countries: Sequence[str]
    mobile: bool


def read_phone(text: str, *, region: str, countries: Sequence[str] = (), mobile: bool = True) -> str | Refusal:
    """A phone (E.164 digits without `+`) or a Refusal.

    `region` is the country of numbers written without one. `countries`, when given, are the only ones allowed;
    bare digits that begin with the code of one of them are read as international. No other country is guessed.
    `mobile` refuses fixed lines and services; where mobiles can't be told from fixed lines (as in the US), both pass.
    Raises ValueError where `region` is no country code.
    """
    if not is_region(region):
        raise ValueError(f"{region} is no two-letter country code")
    written, rules = prepared(text), Rules(region, countries, mobile)
    number = written if isinstance(written, Refusal) else _find(written, rules)
    if isinstance(number, PhoneNumber):
        return _allowed(number, rules)
    return Refusal("several_numbers") if may_be_several(text, number) and _holds_two(text, rules) else number


def prepared(text: str) -> str | Refusal:
    """The number as libphonenumber is to read it, or what is wrong before any country is thought of."""
    written = restore(plain(text))
    if written is None:
        return Refusal("digits_lost")
    if fault := fault_in_writing(written):
        return Refusal(fault)
    return written


def may_be_several(text: str, refusal: Refusal) -> bool:
    """Whether what was refused may hold two whole numbers, which only its country can tell."""
    return refusal.reason not in ("several_numbers", "digits_lost") and has_room(text)


def bare(written: str) -> str | None:
    """Prepared text as its digits alone, with a plus where it has one; None where other letters could matter."""
    match = _BARE.fullmatch(written)
    if match is None:
        return None
    digits = "".join(_DIGITS.findall(match["digits"]))
    if match["plus"]:
        return f"+{digits}"
    return digits if not digits.startswith("00") or _ZERO_ZERO.match(written) else None


def is_region(code: str) -> bool:
    """Whether `code` is a country with telephone numbers: two capital letters."""
    return code in phonenumbers.SUPPORTED_REGIONS


def _holds_two(text: str, rules: Rules) -> bool:
    sizes = _sizes(rules.region, tuple(rules.countries))

    def judge(digits: str) -> str:
        if len(digits) < SHORTEST or (len(digits) not in sizes and not digits.startswith(("+", "00"))):
            return "too_short"  # or too long: nothing is parsed for it
        number = _find(digits, rules)
        return number.reason if isinstance(number, Refusal) else ""

    return holds_two(plain(text), judge)


def _find(text: str, rules: Rules) -> PhoneNumber | Refusal:
    """The valid number as the default region reads it, else bare digits as a listed country's international form."""
    if _ZERO_ZERO.match(text):
        return _behind_zeros(text, rules)
    number = _parse(text, rules.region)
    if _is_valid(number):
        return number
    reason = _reason(number, rules.mobile)
    bare_digits = "+" not in text and _BARE.fullmatch(text)  # beside other signs nothing is repaired
    return _with_code("".join(_DIGITS.findall(text)), reason, rules) if bare_digits else Refusal(reason)


def _with_code(digits: str, reason: str, rules: Rules) -> PhoneNumber | Refusal:
    """Bare digits that are no number at home: a listed country's, or refused for the better reason."""
    own = phonenumbers.country_code_for_region(rules.region)
    code = _listed_code(digits, rules.countries) or (own if digits.startswith(str(own)) else 0)
    abroad = _parse(f"+{digits}", None) if code else ""
    if _is_valid(abroad):
        return abroad if _listed_code(digits, rules.countries) else Refusal(reason)
    # A 0 behind the own code is taken for the prefix at home, also where there are two.
    if code and (reason == "too_long" or digits.startswith(f"{own}00")):
        return Refusal(_reason(abroad, rules.mobile))
    return Refusal(reason)


def _behind_zeros(text: str, rules: Rules) -> PhoneNumber | Refusal:
    """`00` is written for `+` everywhere, also where another prefix is dialled (000 in Kenya, 0011 in Australia).

    A number that is valid in both ways, and not the same, is nobody's to guess. With a 0 too many it is too long.
    """
    abroad, home = _parse(_ZERO_ZERO.sub("+", text, count=1), rules.region), _parse(text, rules.region)
    if _is_valid(abroad):
        return Refusal("invalid") if _is_valid(home) and home != abroad else abroad
    if _is_valid(home):
        return home
    once = _parse(text.replace("00", "0", 1), rules.region)
    return Refusal("too_long" if _is_valid(once) else _reason(abroad, rules.mobile))


def _is_valid(number: PhoneNumber | str) -> TypeGuard[PhoneNumber]:
    return isinstance(number, PhoneNumber) and phonenumbers.is_valid_number(number)


def _parse(text: str, region: str | None) -> PhoneNumber | str:
    """A number, which may still be invalid, or the reason why it is none."""
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as error:
        return _FAULTS.get(error.error_type) or _unreadable(text)
    if not number.extension:
        return number
    before = len("".join(_DIGITS.findall(text))) - len(number.extension)
    return "extension" if before >= SHORTEST else "letters"  # 0712~345678 has none


def _unreadable(text: str) -> str:
    """Commas, emojis and other signs among the digits are letters to whoever repairs the row."""
    if not text.startswith("+") and len("".join(_DIGITS.findall(text))) < SHORTEST:
        return "too_short"
    return "invalid" if _BARE.fullmatch(text) else "letters"


def _allowed(number: PhoneNumber, rules: Rules) -> str | Refusal:
    phone = f"{number.country_code}{phonenumbers.national_significant_number(number)}"
    if len(phone) not in PHONE_DIGITS:
        return Refusal("too_short" if len(phone) < PHONE_DIGITS.start else "too_long")
    if rules.countries and phonenumbers.region_code_for_number(number) not in rules.countries:
        return Refusal("country_not_allowed")
    if rules.mobile and phonenumbers.number_type(number) not in _MOBILE:
        return Refusal("not_mobile")
    return phone


def _listed_code(digits: str, countries: Sequence[str]) -> int | None:
    codes = (phonenumbers.country_code_for_region(country) for country in countries)
    return next((code for code in codes if digits.startswith(str(code))), None)


def _reason(number: PhoneNumber | str, mobile: bool) -> str:
    if isinstance(number, str):
        return number
    possible = length_verdict(_without_prefix(number), mobile)
    if possible in _TOO_LONG:
        return "too_long"
    return "too_short" if possible in _TOO_SHORT else "invalid"


def length_verdict(number: PhoneNumber, mobile: bool) -> int:
    """A ValidationResult by the number of digits alone: those of mobiles, where only these are wanted.

    In Kenya 7 to 10 digits are somebody's number, but a mobile has 9: with 8 it is too short, and no other number.
    """
    if mobile:
        of_mobiles: int = phonenumbers.is_possible_number_for_type_with_reason(number, PhoneNumberType.MOBILE)
        if of_mobiles != ValidationResult.INVALID_LENGTH:
            return of_mobiles
    possible: int = phonenumbers.is_possible_number_with_reason(number)
    return possible


def _without_prefix(number: PhoneNumber) -> PhoneNumber:
    """libphonenumber keeps the 0 of a local number that is too short; its length is to be judged without it.

    Two zeros are no prefix: 000000000 has the right length, though nobody has the number.
    """
    home = phonenumbers.region_code_for_country_code(number.country_code or 0)
    alone = number.italian_leading_zero and (number.number_of_leading_zeros or 1) == 1
    if not alone or phonenumbers.ndd_prefix_for_region(home, True) != "0":
        return number
    return PhoneNumber(country_code=number.country_code, national_number=number.national_number)


@cache
def _sizes(region: str, countries: tuple[str, ...]) -> frozenset[int]:
    """How many digits a bare number may have that is read with these: with and without calling code and prefix."""
    sizes = set[int]()
    for country in (region, *countries):
        data = PhoneMetadata.metadata_for_region(country)
        general = data.general_desc if data else None
        code = len(str(phonenumbers.country_code_for_region(country)))
        prefix = len(phonenumbers.ndd_prefix_for_region(country, True) or "")
        for length in general.possible_length if general else ():
            sizes |= {length, length + code, length + prefix, length + code + prefix}
    return frozenset(sizes)
