"""What each written number should become: the rules in words, one number at a time, on phonenumbers alone.

It shares no code with the package, so that both can't be wrong alike. It is slow, and meant to be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

from tests.phones.oracle_cells import GAPS, fault, seen, spreadsheet, unwrapped, without_dates

Read = tuple[str, str]  # phone and reason; one of them is ""


def oracle(text: str, region: str, countries: Sequence[str], mobile: bool) -> Read:
    """Trim; read what a spreadsheet made of it; refuse what isn't one number; ask phonenumbers."""
    cell = unwrapped(seen(text))
    written = spreadsheet(cell)
    number = fault(written) or _number(written, region, countries, mobile)
    if isinstance(number, str):
        final = number in ("blank", "digits_lost", "several_numbers")
        return "", "several_numbers" if not final and _two(cell, region, countries, mobile) else number
    phone = phonenumbers.format_number(number, PhoneNumberFormat.E164).removeprefix("+")
    if not 7 <= len(phone) <= 15:
        return "", "too_short" if len(phone) < 7 else "too_long"
    if countries and phonenumbers.region_code_for_number(number) not in countries:
        return "", "country_not_allowed"
    kind = phonenumbers.number_type(number)
    if mobile and kind != PhoneNumberType.MOBILE and kind != PhoneNumberType.FIXED_LINE_OR_MOBILE:
        return "", "not_mobile"
    return phone, ""


def _two(cell: str, region: str, countries: Sequence[str], mobile: bool) -> bool:
    """Two valid numbers that share no digits; one of nine digits and more need only have the right length."""
    numbers: list[tuple[set[int], bool]] = []
    for places, written in _candidates(without_dates(cell[:300])):
        if _fits(written, region, countries):
            number = _number(written, region, countries, mobile)
            if isinstance(number, PhoneNumber) or (number == "invalid" and len(places) >= 9):
                numbers.append((places, isinstance(number, PhoneNumber)))
    apart = any(
        not one & other and (valid or valid_too) for (one, valid), (other, valid_too) in combinations(numbers, 2)
    )
    return apart or any(_in_a_row(run, region, countries, mobile) for run in re.findall(r"\+?[ (]*[0-9]{14,68}", cell))


def _candidates(cell: str) -> Iterator[tuple[set[int], str]]:
    """Groups of digits side by side with nothing but gaps between them: the places of the digits, and they in a row."""
    groups = list(re.finditer("[0-9]+", cell))
    for first, group in enumerate(groups):
        plus = "+" if re.search(r"\+[ (]*$", cell[: group.start()]) else ""
        places = set[int]()
        for following, before in zip(groups[first:], [None, *groups[first:]], strict=False):
            between = cell[before.end() : following.start()] if before else ""
            if set(between) - GAPS - {"/"}:
                break
            places |= set(range(*following.span()))
            if 7 <= len(places) <= 17:
                yield set(places), plus + "".join(cell[place] for place in sorted(places))


def _in_a_row(run: str, region: str, countries: Sequence[str], mobile: bool) -> bool:
    """Whether a run of digits can be cut into valid numbers."""
    plus, digits = "+" if "+" in run else "", re.sub("[^0-9]", "", run)
    reached = {0}
    for end in range(7, len(digits) + 1):
        for start in [start for start in reached if 7 <= end - start <= 17]:
            written = (plus if start == 0 else "") + digits[start:end]
            whole = end - start < len(digits) and _fits(written, region, countries)
            if whole and isinstance(_number(written, region, countries, mobile), PhoneNumber):
                reached.add(end)
    return len(digits) in reached


def _fits(written: str, region: str, countries: Sequence[str]) -> bool:
    """Whether bare digits have the length of a national number, also with its prefix, its calling code, or both."""
    if written.startswith(("+", "00")):
        return True
    for country in (region, *countries):
        lengths = phonenumbers.PhoneMetadata.metadata_for_region(country).general_desc.possible_length
        code = str(phonenumbers.country_code_for_region(country))
        prefix = phonenumbers.ndd_prefix_for_region(country, True) or ""
        for more in ("", code, prefix, code + prefix):
            if len(written) - len(more) in lengths:
                return True
    return False


def _number(text: str, region: str, countries: Sequence[str], mobile: bool) -> PhoneNumber | str:
    """The valid number, or why there is none."""
    here = _parse(text, region)
    if re.match(r"\(?00\)?(?!0)", text) and not re.match(r"\(?000", text):
        there = _parse("+" + re.sub(r"^\(?00\)?", "", text), region)
        both = [number for number in (there, here) if isinstance(number, PhoneNumber) and _valid(number)]
        if not both:
            one_zero = _parse(text.replace("00", "0", 1), region)
            right = isinstance(one_zero, PhoneNumber) and _valid(one_zero)
            return "too_long" if right else _why(there, mobile)
        return both[0] if both[0] == both[-1] else "invalid"
    if isinstance(here, PhoneNumber) and _valid(here):
        return here
    digits, home = re.sub("[^0-9]", "", text), str(phonenumbers.country_code_for_region(region))
    codes = [str(phonenumbers.country_code_for_region(country)) for country in countries]
    ours = [code for code in (*codes, home) if digits.startswith(code)]
    if not ours or set(text) - set("0123456789*/") - GAPS:
        return _why(here, mobile)
    there = _parse("+" + digits, None)
    if isinstance(there, PhoneNumber) and _valid(there):
        return there if ours[0] in codes else _why(here, mobile)
    beyond = _why(here, mobile) == "too_long" or digits.startswith(home + "00")
    return _why(there if beyond else here, mobile)


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
        if error.error_type in short or few:
            return "too_short"
        signs = set(re.sub(r"[0-9]", "", text)) - GAPS - set("*/")
        plus_in_front = re.match(r"[^0-9+]*\+[^0-9+]*[0-9][^+]*$", text)
        return "letters" if signs - {"+"} or ("+" in signs and not plus_in_front) else "invalid"
    if number.extension:
        return "extension" if len(re.sub("[^0-9]", "", text)) >= 7 + len(number.extension) else "letters"
    return number


def _why(number: PhoneNumber | str, mobile: bool) -> str:
    """By its length, that of a mobile where mobiles are wanted; a 0 dialled in front of it is not counted."""
    if isinstance(number, str):
        return number
    main = phonenumbers.region_code_for_country_code(number.country_code)
    national = phonenumbers.national_significant_number(number)
    if re.match("0[1-9]|0$", national) and phonenumbers.ndd_prefix_for_region(main, True) == "0":
        number = PhoneNumber(country_code=number.country_code, national_number=number.national_number)
    length = phonenumbers.is_possible_number_for_type_with_reason(number, PhoneNumberType.MOBILE)
    if not mobile or length == ValidationResult.INVALID_LENGTH:
        length = phonenumbers.is_possible_number_with_reason(number)
    match length:
        case ValidationResult.TOO_LONG:
            return "too_long"
        case ValidationResult.TOO_SHORT | ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            return "too_short"
        case _:
            return "invalid"
