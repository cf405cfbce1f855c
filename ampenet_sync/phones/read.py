"""One written number → a phone or the reason why not, exactly as libphonenumber judges it. Tables: see `column`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, ValidationResult

from ampenet_sync.phones.clean import plain, restore

PHONE_DIGITS = range(7, 16)  # E.164 ends at 15; what libphonenumber knows beyond both ends are no subscribers

_ASCII_LETTER = re.compile(r"[A-Za-z]")
_DIGITS = re.compile(r"\d+")
_PIECES = re.compile(r"[/\\,;|&]|\b(?:or|and|au|na|ama)\b", re.IGNORECASE)
_ALTERNATIVE_END = re.compile(r"\d{3}\s*/\s*\d{1,6}")  # 0712345678/9: the same number with another ending
_EXTENSION = re.compile(r"(?:(?<![a-z])(?:ext(?:n|ension)?|x)\.?|#|;ext=)\s*:?\s*\d{1,7}\s*#?$", re.IGNORECASE)
_LAST = frozenset("0123456789#")  # of an extension
_NUMBER_STARTS = re.compile(r"\+[ (]*\d")
_ZERO_ZERO = re.compile(r"\(?00(?!0)\)?")
# Punctuation libphonenumber overlooks wherever it stands (hyphens and dashes among it), around digits.
_MARKS = r"[ ().*\-/\[\]\u2010-\u2015\u2212]*"
_BARE = re.compile(rf"(?P<plus>{_MARKS}\+)?{_MARKS}(?P<digits>[0-9](?:{_MARKS}[0-9])*){_MARKS}")
_MANY, _SOME = 9, 7  # digits in a run, or in a piece beside a separator, from which it is a number of its own

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


def read_phone(text: str, *, region: str, countries: Sequence[str] = (), mobile: bool = True) -> str | Refusal:
    """A phone (E.164 digits without `+`) or a Refusal.

    `region` is the country of numbers written without one. `countries`, when given, are the only ones allowed;
    bare digits that begin with the code of one of them are read as international. No other country is guessed.
    `mobile` refuses fixed lines and services; where mobiles can't be told from fixed lines (as in the US), both pass.
    Raises ValueError where `region` is no country code.
    """
    if not is_region(region):
        raise ValueError(f"{region} is no two-letter country code")
    written = prepared(text)
    found = written if isinstance(written, Refusal) else _find(written, region, countries)
    return _allowed(found, countries, mobile) if isinstance(found, PhoneNumber) else found


def prepared(text: str) -> str | Refusal:
    """The number as libphonenumber is to read it, or what is wrong before any country is thought of."""
    written = restore(plain(text))
    if written is None:
        return Refusal("digits_lost")
    if fault := _fault_in_writing(written):
        return Refusal(fault)
    return written


def bare(written: str) -> str | None:
    """Prepared text as its digits alone, with a plus where it has one; None where other letters could matter."""
    found = _BARE.fullmatch(written)
    if found is None:
        return None
    digits = "".join(_DIGITS.findall(found["digits"]))
    if found["plus"]:
        return f"+{digits}"
    return digits if not digits.startswith("00") or _ZERO_ZERO.match(written) else None


def is_region(code: str) -> bool:
    """Whether `code` is a country with telephone numbers: two capital letters."""
    return code in phonenumbers.SUPPORTED_REGIONS


def _fault_in_writing(text: str) -> str | None:
    """What is wrong before any country is thought of."""
    has_letters = bool(_ASCII_LETTER.search(text)) or (not text.isascii() and any(map(_is_letter, text)))
    if not has_letters and not _DIGITS.search(text):
        return "blank"
    if _holds_several(text):
        return "several_numbers"
    if text[-1] in _LAST and _EXTENSION.search(text) and _DIGITS.match(text.lstrip("+( ")):
        return "extension"
    return "letters" if has_letters else None


def _is_letter(sign: str) -> bool:
    """Also ½, ² or ①: who wrote them may have meant a digit, and libphonenumber would overlook them."""
    return sign.isalpha() or (sign.isnumeric() and not sign.isascii())


def _holds_several(text: str) -> bool:
    if len(text) <= 2 * _SOME and "/" not in text and text.count("+") < 2:
        return False  # too short for two numbers and what parts them
    if len(_NUMBER_STARTS.findall(text)) > 1 or sum(len(run) >= _MANY for run in _DIGITS.findall(text)) > 1:
        return True
    sizes = [sum(map(str.isdigit, piece)) for piece in _PIECES.split(text)]
    return sum(size >= _SOME for size in sizes) > 1 or (sizes[0] >= _SOME and bool(_ALTERNATIVE_END.search(text)))


def _find(text: str, region: str, countries: Sequence[str]) -> PhoneNumber | Refusal:
    """The valid number as the default region reads it, else bare digits as a listed country's international form."""
    if _ZERO_ZERO.match(text):
        return _behind_zeros(text, region)
    found = _parse(text, region)
    if _is_valid(found):
        return found
    digits = "".join(_DIGITS.findall(text)) if _BARE.fullmatch(text) else ""  # beside other signs nothing is repaired
    if "+" not in text and (code := _listed_code(digits, countries)):
        listed = _parse(f"+{digits}", None)
        if _is_valid(listed):
            return listed
        if code != phonenumbers.country_code_for_region(region) and _reason(found) == "too_long":
            return Refusal(_reason(listed))
    return Refusal(_reason(found))


def _behind_zeros(text: str, region: str) -> PhoneNumber | Refusal:
    """`00` is written for `+` everywhere, also where another prefix is dialled (000 in Kenya, 0011 in Australia).

    A number that is valid in both ways, and not the same, is nobody's to guess.
    """
    abroad, home = _parse(_ZERO_ZERO.sub("+", text, count=1), region), _parse(text, region)
    if _is_valid(abroad):
        return Refusal("invalid") if _is_valid(home) and home != abroad else abroad
    return home if _is_valid(home) else Refusal(_reason(abroad))


def _is_valid(found: PhoneNumber | str) -> TypeGuard[PhoneNumber]:
    return isinstance(found, PhoneNumber) and phonenumbers.is_valid_number(found)


def _parse(text: str, region: str | None) -> PhoneNumber | str:
    """A number, which may still be invalid, or the reason why it is none."""
    try:
        found = phonenumbers.parse(text, region)
    except NumberParseException as error:
        few = len("".join(_DIGITS.findall(text))) < _SOME
        return _FAULTS.get(error.error_type, "too_short" if few and not text.startswith("+") else "invalid")
    return "extension" if found.extension else found


def _allowed(number: PhoneNumber, countries: Sequence[str], mobile: bool) -> str | Refusal:
    phone = f"{number.country_code}{phonenumbers.national_significant_number(number)}"
    if len(phone) not in PHONE_DIGITS:
        return Refusal("too_short" if len(phone) < PHONE_DIGITS.start else "too_long")
    if countries and phonenumbers.region_code_for_number(number) not in countries:
        return Refusal("country_not_allowed")
    if mobile and phonenumbers.number_type(number) not in _MOBILE:
        return Refusal("not_mobile")
    return phone


def _listed_code(digits: str, countries: Sequence[str]) -> int | None:
    codes = (phonenumbers.country_code_for_region(country) for country in countries)
    return next((code for code in codes if digits.startswith(str(code))), None)


def _reason(found: PhoneNumber | str) -> str:
    if isinstance(found, str):
        return found
    possible = phonenumbers.is_possible_number_with_reason(_without_prefix(found))
    if possible in _TOO_LONG:
        return "too_long"
    return "too_short" if possible in _TOO_SHORT else "invalid"


def _without_prefix(number: PhoneNumber) -> PhoneNumber:
    """libphonenumber keeps the 0 of a local number that is too short; its length is to be judged without it."""
    home = phonenumbers.region_code_for_country_code(number.country_code or 0)
    if not number.italian_leading_zero or phonenumbers.ndd_prefix_for_region(home, True) != "0":
        return number
    return PhoneNumber(country_code=number.country_code, national_number=number.national_number)
