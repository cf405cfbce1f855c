"""libphonenumber's own numbering plans as RE2 patterns and tables of lengths. It reads no number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

import numpy as np
import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumber, ValidationResult
from phonenumbers.phonemetadata import PhoneNumberDesc

from ampenet_sync.phones.read import length_verdict

LONGEST: Final = 17  # digits after the calling code that libphonenumber reads
WORLD: Final = "001"  # libphonenumber's region for calling codes of no country
_SIZES = range(LONGEST + 3)

# Letters that mean the same to Python's re and to RE2 where a text has ASCII digits only.
_SHARED = re.compile(r"(?:[0-9|?,$\[\]{}-]|\\d|\((?:\?:)?|\))*")
_SERVICES = ("premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail")

Table: TypeAlias = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True)
class Kind:
    """National numbers of one kind: they match the pattern and have one of the lengths."""

    pattern: str
    sizes: Table


@dataclass(frozen=True)
class Lengths:
    """Which lengths of a national number are refused as such."""

    too_short: Table
    too_long: Table


@dataclass(frozen=True)
class Numbering:
    """What is certain of the numbers of one calling code, all of it from the metadata of the code's main region."""

    code: int
    region: str
    alone: bool  # no other region shares the code, so what doesn't match is invalid
    abroad: str  # what is dialled before another country's code
    prefix: str  # digits dialled before a national number, "" for none
    odd_prefix: str  # a prefix that may also change the number: what begins so is left to libphonenumber
    leading: str  # how this region's numbers begin where the code is shared, "" for anyhow
    general: Kind
    services: tuple[Kind, ...]
    fixed: Kind | None
    mobile: Kind | None
    alike: bool  # mobiles can't be told from fixed lines
    zeros: bool  # a 0 that was left in front is a prefix, not a digit, when the length is judged
    possible: Table
    too_long: Table
    lengths: Lengths
    mobile_lengths: Lengths


@cache
def numbering(code: int) -> Numbering | None:
    """The plan of a calling code; None where its metadata say anything this module isn't sure to understand."""
    region = phonenumbers.region_code_for_country_code(code)
    data = None if region in (WORLD, phonenumbers.UNKNOWN_REGION) else PhoneMetadata.metadata_for_region(region)
    if data is None or not data.international_prefix or not _understood(data):
        return None
    general = _kind(data.general_desc)
    if general is None:
        return None
    prefix = data.national_prefix_for_parsing or ""
    lengths = _verdicts(code, mobile=False)
    return Numbering(
        code=code,
        region=region,
        alone=len(phonenumbers.region_codes_for_country_code(code)) == 1,
        abroad=f"^(?:{data.international_prefix})",
        prefix=prefix if prefix.isdigit() else "",
        odd_prefix="" if prefix.isdigit() or not prefix else f"^(?:{prefix})",
        leading=f"^(?:{data.leading_digits})" if data.leading_digits else "",
        general=general,
        services=_merged([_kind(getattr(data, name)) for name in _SERVICES]),
        fixed=_kind(data.fixed_line),
        mobile=_kind(data.mobile),
        alike=bool(data.same_mobile_and_fixed_line_pattern),
        zeros=phonenumbers.ndd_prefix_for_region(region, True) == "0",
        possible=lengths == ValidationResult.IS_POSSIBLE,
        too_long=lengths == ValidationResult.TOO_LONG,
        lengths=_refused(lengths),
        mobile_lengths=_refused(_verdicts(code, mobile=True)),
    )


@cache
def codes_by_head() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """For each three digits with which an international number may begin the calling code in them, 0 for none."""
    table = np.zeros(1000, dtype=np.int64)
    for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
        width = 10 ** (3 - len(str(code)))
        table[code * width : (code + 1) * width] = code
    return table


_TOO_SHORT = (ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY)


def _verdicts(code: int, *, mobile: bool) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """What libphonenumber says of each length: it doesn't look at the digits."""
    numbers = (PhoneNumber(country_code=code, national_number=int("1" * size or "0")) for size in _SIZES)
    return np.array([length_verdict(number, mobile) for number in numbers])


def _refused(verdicts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Lengths:
    return Lengths(np.isin(verdicts, _TOO_SHORT), verdicts == ValidationResult.TOO_LONG)


def _understood(data: PhoneMetadata) -> bool:
    described = [getattr(data, name) for name in (*_SERVICES, "fixed_line", "mobile", "general_desc")]
    patterns = [described_by.national_number_pattern for described_by in described if described_by is not None]
    patterns += [data.international_prefix, data.national_prefix_for_parsing, data.leading_digits]
    return all(_SHARED.fullmatch(pattern) for pattern in patterns if pattern)


def _kind(described: PhoneNumberDesc | None) -> Kind | None:
    if described is None or not described.national_number_pattern:
        return None
    sizes = described.possible_length
    return Kind(f"^(?:{described.national_number_pattern})$", np.array([not sizes or size in sizes for size in _SIZES]))


def _merged(kinds: list[Kind | None]) -> tuple[Kind, ...]:
    """Kinds of the same lengths become one pattern: fewer passes over a column."""
    together: dict[bytes, list[Kind]] = {}
    for kind in kinds:
        if kind is not None:
            together.setdefault(kind.sizes.tobytes(), []).append(kind)
    return tuple(Kind("|".join(kind.pattern for kind in some), some[0].sizes) for some in together.values())
