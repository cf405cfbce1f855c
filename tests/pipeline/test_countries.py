"""Phones → countries: as libphonenumber says of each, though it isn't asked for each."""

from __future__ import annotations

from collections import Counter

import numpy as np
import phonenumbers
import pyarrow as pa
import pytest

from ampenet_sync.pipeline.countries import code_of_country, count_countries, country_name

KINDS = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)


def column(*phones: str) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(phones, pa.string())])


def numbers_like_the_examples(each: int) -> list[str]:
    """Numbers of every region libphonenumber knows: its examples with other digits at the end."""
    random, found = np.random.default_rng(5), []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for example in filter(None, (phonenumbers.example_number_for_type(region, kind) for kind in KINDS)):
            code = str(example.country_code)
            digits = code + phonenumbers.national_significant_number(example)
            for _ in range(each):
                kept = int(random.integers(len(code), len(digits)))
                found.append(digits[:kept] + "".join(map(str, random.integers(0, 10, len(digits) - kept))))
    return found


def test_every_region_is_counted_as_libphonenumber_counts_it() -> None:
    wanted: Counter[str] = Counter()
    phones = []
    for phone in numbers_like_the_examples(20):
        region = phonenumbers.region_code_for_number(phonenumbers.parse(f"+{phone}"))
        if region is not None:
            phones.append(phone)
            wanted[region] += 1
    assert len(wanted) > 240 and count_countries([column(*phones)]) == dict(wanted)


def test_the_most_frequent_come_first_over_all_pieces() -> None:
    pieces = [column("254712345678", "255712345678"), column(), column("255712345679", "882161234567")]
    assert list(count_countries(pieces).items()) == [("TZ", 2), ("", 1), ("KE", 1)]


def test_of_no_phones_there_are_no_countries() -> None:
    assert count_countries([]) == {} == count_countries([column()])


@pytest.mark.parametrize(("code", "name", "calling"), [("TZ", "Tanzania", 255), ("KE", "Kenya", 254), ("", "", 0)])
def test_countries_have_names_and_calling_codes(code: str, name: str, calling: int) -> None:
    assert (country_name(code), code_of_country(code)) == (name, calling)
