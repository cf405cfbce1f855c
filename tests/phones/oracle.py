"""What each written number should become: the rules in words, one number at a time, on phonenumbers alone.

It shares no code with the package, so that both can't be wrong alike. It is slow, and meant to be.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

Read = tuple[str, str]  # phone and reason; one of them is ""


def oracle(text: str, region: str, countries: Sequence[str], mobile: bool) -> Read:
    """Trim; read what a spreadsheet made of it; refuse what isn't one number; ask phonenumbers."""
    text = "".join(_letter(letter) for letter in text).strip()
    text = text[1:].strip() if text.startswith("'") else text
    text = _spreadsheet(text)
    if fault := _fault(text):
        return "", fault
    number = _number(text, region, countries)
    if isinstance(number, str):
        return "", number
    phone = phonenumbers.format_number(number, PhoneNumberFormat.E164).removeprefix("+")
    if not 7 <= len(phone) <= 15:
        return "", "too_short" if len(phone) < 7 else "too_long"
    if countries and phonenumbers.region_code_for_number(number) not in countries:
        return "", "country_not_allowed"
    kind = phonenumbers.number_type(number)
    if mobile and kind != PhoneNumberType.MOBILE and kind != PhoneNumberType.FIXED_LINE_OR_MOBILE:
        return "", "not_mobile"
    return phone, ""


def _letter(letter: str) -> str:
    if unicodedata.category(letter) == "Nd":
        return str(unicodedata.digit(letter))
    if letter in "＋﹢":
        return "+"
    if letter.isspace():
        return " "
    unseen = unicodedata.category(letter) in ("Cc", "Cf") or unicodedata.name(letter, "").startswith("VARIATION SEL")
    return "" if unseen or letter == "\N{COMBINING GRAPHEME JOINER}" else letter


def _spreadsheet(text: str) -> str:
    """`.0` is cut, 2.55712345678E+11 written out; LOST where digits were rounded away."""
    if re.fullmatch(r"\+?[0-9]+[.,]0+", text):
        return re.split("[.,]", text)[0]
    if re.fullmatch(r"\+?[0-9]([.,][0-9]+)?[eE]\+?[0-9]{1,3}", text):
        value = Decimal(text.replace(",", "."))
        written = len(value.as_tuple().digits)
        whole = value == value.to_integral_value() and written > value.adjusted()
        return text[: text.startswith("+")] + str(int(value)) if whole else "LOST"
    return text


def _fault(text: str) -> str:
    letters = any(letter.isalpha() or unicodedata.category(letter) in ("No", "Nl") for letter in text)
    digits = re.sub("[^0-9]", "", text)
    if text == "LOST":
        return "digits_lost"
    if not letters and not digits:
        return "blank"
    if _several(text):
        return "several_numbers"
    extension = re.search(r"(ext(n|ension)?\.?|x\.?|#|;ext=) *:? *[0-9]{1,7} *#?$", text, re.IGNORECASE)
    if extension and re.match(r"[+( ]*[0-9]", text) and not re.search(r"[a-z]$", text[: extension.start()], re.I):
        return "extension"
    return "letters" if letters else ""


def _several(text: str) -> bool:
    if len(re.findall(r"\+[ (]*[0-9]", text)) > 1 or len(re.findall("[0-9]{9,}", text)) > 1:
        return True
    parts = re.split(r"[/\\,;|&]|\b(?:or|and|au|na|ama)\b", text, flags=re.IGNORECASE)
    counts = [len(re.sub("[^0-9]", "", part)) for part in parts]
    another_end = counts[0] >= 7 and re.search(r"[0-9]{3} */ *[0-9]{1,6}$|[0-9]{3} */ *[0-9]{1,6}[^0-9]", text)
    return len([count for count in counts if count >= 7]) > 1 or bool(another_end)


def _number(text: str, region: str, countries: Sequence[str]) -> PhoneNumber | str:
    """The valid number, or why there is none."""
    here = _parse(text, region)
    if re.match(r"\(?00\)?(?!0)", text) and not re.match(r"\(?000", text):
        there = _parse("+" + re.sub(r"^\(?00\)?", "", text), region)
        both = [number for number in (there, here) if isinstance(number, PhoneNumber) and _valid(number)]
        if not both:
            return _why(there)
        return both[0] if both[0] == both[-1] else "invalid"
    if isinstance(here, PhoneNumber) and _valid(here):
        return here
    digits = re.sub("[^0-9]", "", text)
    for country in () if re.search(r"[^0-9 ().*\-/\[\]\u2010-\u2015\u2212]", text) else countries:
        if digits.startswith(str(phonenumbers.country_code_for_region(country))):
            there = _parse("+" + digits, None)
            if isinstance(there, PhoneNumber) and _valid(there):
                return there
            foreign = phonenumbers.country_code_for_region(country) != phonenumbers.country_code_for_region(region)
            return _why(there) if foreign and _why(here) == "too_long" else _why(here)
    return _why(here)


def _valid(number: PhoneNumber) -> bool:
    return phonenumbers.is_valid_number(number) and not number.extension


def _parse(text: str, region: str | None) -> PhoneNumber | str:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as error:
        short = (NumberParseException.TOO_SHORT_NSN, NumberParseException.TOO_SHORT_AFTER_IDD)
        if error.error_type == NumberParseException.TOO_LONG:
            return "too_long"
        few = len(re.sub("[^0-9]", "", text)) < 7 and not text.startswith("+")
        return "too_short" if error.error_type in short or few else "invalid"
    return "extension" if number.extension else number


def _why(number: PhoneNumber | str) -> str:
    """By its length; a 0 that was dialled in front of a national number is not counted."""
    if isinstance(number, str):
        return number
    main = phonenumbers.region_code_for_country_code(number.country_code)
    if number.italian_leading_zero and phonenumbers.ndd_prefix_for_region(main, True) == "0":
        number = PhoneNumber(country_code=number.country_code, national_number=number.national_number)
    match phonenumbers.is_possible_number_with_reason(number):
        case ValidationResult.TOO_LONG:
            return "too_long"
        case ValidationResult.TOO_SHORT | ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            return "too_short"
        case _:
            return "invalid"
