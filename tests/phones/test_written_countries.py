"""A country as people write it, and its two letters."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ampenet_sync.phones import country_of, is_region
from ampenet_sync.phones.countries import _names


@pytest.mark.parametrize(
    ("written", "code"),
    [
        *(("Tanzania", "TZ"), ("TANZANIA", "TZ"), (" tanzania ", "TZ"), ("Tanzania, United Republic of", "TZ")),
        *(("Kenya", "KE"), ("Uganda", "UG"), ("Rwanda", "RW"), ("Zanzibar", "TZ"), ("Burundi", "BI")),
        *(("Marekani", "US"), ("Uingereza", "GB"), ("Ujerumani", "DE"), ("Afrika Kusini", "ZA"), ("Msumbiji", "MZ")),
        *(("Uchina", "CN"), ("Uhindi", ""), ("India", "IN"), ("Falme za Kiarabu", "AE"), ("Misri", "EG")),
        *(("United States", "US"), ("U.S.A.", "US"), ("UK", "GB"), ("U.K.", "GB"), ("South Sudan", "SS")),
        *(("Côte d’Ivoire", "CI"), ("COTE D'IVOIRE", "CI"), ("Ivory Coast", "CI"), ("Turkey", "TR"), ("Türkiye", "TR")),
        *(("DRC", "CD"), ("Congo - Kinshasa", "CD"), ("Saint Lucia", "LC"), ("Trinidad & Tobago", "TT")),
    ],
)
def test_names_in_english_and_swahili_are_compared_without_case_accents_and_signs(written: str, code: str) -> None:
    assert country_of(written) == code


@pytest.mark.parametrize(
    "written", ["TZ", "tz", " Tz ", "TZA", "tza", "255", "+255", "00255", "255.0", "+ 255", "(+255)"]
)
def test_codes_of_two_and_three_letters_and_calling_codes_are_taken(written: str) -> None:
    assert country_of(written) == "TZ"


@pytest.mark.parametrize("written", ["Tanzania (TZ)", "TZ - Tanzania", "Tanzania +255", "Tanzania/TZA", "255 TZ"])
def test_several_ways_side_by_side_must_mean_the_same(written: str) -> None:
    assert country_of(written) == "TZ"


@pytest.mark.parametrize("written", ["Kenya +255", "TZ/KE", "Tanzania, Kenya", "KE (TZ)", "TZA 254", "+255/+254"])
def test_what_means_two_countries_means_none(written: str) -> None:
    assert country_of(written) == ""


@pytest.mark.parametrize("written", ["+1", "1", "+7", "44", "+44", "0044", "+39", "+212", "Congo", "Kongo", "Korea"])
def test_what_several_countries_share_is_none_of_them(written: str) -> None:
    assert country_of(written) == ""


def test_beside_a_name_a_shared_calling_code_says_no_more_than_it_has_to() -> None:
    assert (country_of("Canada (+1)"), country_of("Canada 1"), country_of("Kenya (1)")) == ("CA", "CA", "")


@pytest.mark.parametrize("written", ["27", "7", "20", "999", "001", "+999", "+800", "834", "255712345678", "2.55E+2"])
def test_a_number_that_may_be_anything_is_no_country(written: str) -> None:
    assert country_of(written) == ""


@pytest.mark.parametrize("written", ["", " ", "n/a", "N.A.", "XX", "ZAR", "KES", "Tanganyika", "Dodoma", "?", "-"])
def test_what_is_no_country_is_none(written: str) -> None:
    assert country_of(written) == ""


def test_every_region_is_known_by_its_letters_and_no_name_means_two() -> None:
    assert all(country_of(region) == region for region in phonenumbers.SUPPORTED_REGIONS)
    assert {name: regions for name, regions in _names().items() if len(regions) > 1} == {}
    assert {region for regions in _names().values() for region in regions} == set(phonenumbers.SUPPORTED_REGIONS)


@given(st.text(max_size=30))
def test_any_text_is_a_country_or_none(text: str) -> None:
    code = country_of(text)
    assert code == "" or is_region(code)
