"""How one written number is read: which are taken, which are refused, and why."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ampenet_sync.phones import HINTS, Refusal, read_phone

BOTH = ("TZ", "KE")


@pytest.mark.parametrize(
    "written",
    [
        "0712345678",
        "712345678",
        "255712345678",
        "+255712345678",
        "+255 712 345 678",
        "+255 (0) 712-345-678",
        "(0712) 345.678",
        "0712/345678",
        "00255712345678",
        "00 255 712 345 678",
        "000255712345678",
        "  0712345678\t",
        "'0712345678",
        "255712345678.0",
        "712345678.00",
        "2.55712345678E+11",
        "2,55712345678e11",
        "2.557123456780E+11",
    ],
)
def test_one_phone_written_in_many_ways_is_the_same_phone(written: str) -> None:
    assert read_phone(written, region="TZ", countries=BOTH) == "255712345678"


@pytest.mark.parametrize(
    "written",
    [
        "\u200e+255712345678\u202c",
        "0712\u200b345\u00ad678",
        "\ufeff0712345678",
        "0712\u00a0345\u202f678",
        "٠٧١٢٣٤٥٦٧٨",
        "०७१२३४५६७८",
        "＋２５５７１２３４５６７８",
        "0712‐345–678",
        "0712345678\x00",
    ],
)
def test_other_scripts_and_what_cannot_be_seen_do_not_hide_a_number(written: str) -> None:
    assert read_phone(written, region="TZ", countries=BOTH) == "255712345678"


@pytest.mark.parametrize(
    "written",
    ["2557?12345678", "255#712345678", "255712345,678", "2557123456;78", "2557123456 & 78", "2557123\U0001f64245678"],
)
def test_an_international_form_without_a_plus_is_digits_and_separators_or_nothing(written: str) -> None:
    assert isinstance(read_phone(written, region="TZ", countries=BOTH), Refusal)


@pytest.mark.parametrize("written", ["255½712345678", "①712345678", "255712345678²", "Ⅳ712345678"])
def test_a_sign_that_may_have_meant_a_digit_is_a_letter(written: str) -> None:
    assert read_phone(written, region="TZ", countries=BOTH) == Refusal("letters")


def test_a_plus_survives_what_a_spreadsheet_made_of_the_number() -> None:
    assert read_phone("+2.55712345678E+11", region="TZ", countries=BOTH) == "255712345678"
    assert isinstance(read_phone("+7.12345678E+08", region="TZ", countries=BOTH), Refusal)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "blank"),
        (" \u00a0\u200b", "blank"),
        ("-", "blank"),
        ("2.55712E+11", "digits_lost"),
        ("2.5571234567E+11", "digits_lost"),
        ("0712345678 / 0754123456", "several_numbers"),
        ("0712345678, 0754123456", "several_numbers"),
        ("0712345678 0754123456", "several_numbers"),
        ("0712345678\n0754123456", "several_numbers"),
        ("0712345678 au 0754123456", "several_numbers"),
        ("+255712345678+254723581963", "several_numbers"),
        ("0712345678/79", "several_numbers"),
        ("O712345678", "letters"),
        ("tel 0712345678", "letters"),
        ("n/a", "letters"),
        ("0712 345 678 mama Asha", "letters"),
        ("0712345678 ext 12", "extension"),
        ("0712345678 x12", "extension"),
        ("0712345678ext12", "extension"),
        ("0712345678x12", "extension"),
        ("0712345678#12", "extension"),
        ("071234567", "too_short"),
        ("12", "too_short"),
        ("+25571234567", "too_short"),
        ("07123456789", "too_long"),
        ("+2557123456789", "too_long"),
        ("0912345678", "invalid"),
        ("+999712345678", "invalid"),
        ("0712,345,678", "letters"),
        ("+447911123456", "country_not_allowed"),
        ("+442079460000", "country_not_allowed"),
        ("0222123456", "not_mobile"),
        ("+254202012345", "not_mobile"),
        ("0800123456", "not_mobile"),
        ("2.55712E+011", "digits_lost"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(written: str, reason: str) -> None:
    assert read_phone(written, region="TZ", countries=BOTH) == Refusal(reason)


def test_bare_digits_of_a_listed_country_are_international() -> None:
    assert read_phone("254723581963", region="TZ", countries=BOTH) == "254723581963"
    assert read_phone("254 723 581 963", region="TZ", countries=BOTH) == "254723581963"


def test_bare_digits_of_a_country_that_is_not_listed_are_not_guessed() -> None:
    assert read_phone("254723581963", region="TZ", countries=("TZ",)) == Refusal("too_long")
    assert read_phone("79161234567", region="TZ", countries=BOTH) == Refusal("too_long")


def test_the_region_decides_about_a_number_valid_in_both_countries() -> None:
    assert read_phone("0712345678", region="TZ", countries=BOTH) == "255712345678"
    assert read_phone("0712345678", region="KE", countries=BOTH) == "254712345678"


def test_without_countries_a_plus_leads_anywhere() -> None:
    assert read_phone("+447911123456", region="TZ") == "447911123456"
    assert read_phone("00447911123456", region="TZ") == "447911123456"


def test_fixed_lines_and_services_are_taken_only_where_any_phone_will_do() -> None:
    assert read_phone("022 212 3456", region="TZ", countries=BOTH, mobile=False) == "255222123456"
    assert read_phone("0800123456", region="TZ", countries=BOTH, mobile=False) == "255800123456"


def test_a_valid_fixed_line_at_home_is_not_made_a_mobile_elsewhere() -> None:
    assert read_phone("1712345678", region="DE", countries=("DE", "US")) == "491712345678"
    assert read_phone("2125550123", region="DE", countries=("DE", "US")) == Refusal("not_mobile")


def test_where_mobiles_cannot_be_told_from_fixed_lines_both_pass() -> None:
    assert read_phone("(212) 736-5000", region="US") == "12127365000"


def test_two_zeros_are_a_plus_also_where_more_is_dialled_and_what_is_dialled_there_is_read_too() -> None:
    assert read_phone("00447911123456", region="AU") == "447911123456"
    assert read_phone("0011 44 7911 123456", region="AU") == "447911123456"
    assert read_phone("000 255 712 345 678", region="KE") == "255712345678"


def test_a_plus_written_twice_is_one_number() -> None:
    assert read_phone("++255712345678", region="TZ") == "255712345678"


def test_service_numbers_shorter_than_any_subscribers_are_refused() -> None:
    assert read_phone("+989601", region="IR") == Refusal("too_short")


def test_the_new_kenyan_mobiles_are_read() -> None:
    assert read_phone("0110123456", region="KE", countries=BOTH) == "254110123456"


def test_an_unknown_region_is_the_callers_fault() -> None:
    with pytest.raises(ValueError, match="XX"):
        read_phone("0712345678", region="XX")


@given(st.text(max_size=40))
def test_any_text_at_all_is_a_phone_or_has_a_known_reason(text: str) -> None:
    match read_phone(text, region="TZ", countries=BOTH):
        case Refusal(reason):
            assert reason in HINTS
        case phone:
            assert phone.isascii() and phone.isdigit() and phone[:3] in ("255", "254")


@given(st.integers(min_value=0, max_value=10**9 - 1), st.sampled_from(["255", "254"]))
def test_reading_what_was_read_changes_nothing(national: int, code: str) -> None:
    match read_phone(f"+{code}{national:09d}", region="TZ", countries=BOTH):
        case str(phone):
            for again in (phone, f"+{phone}", f"00{phone}", f"{phone}.0"):
                assert read_phone(again, region="TZ", countries=BOTH) == phone


@given(
    st.integers(min_value=10**7, max_value=10**9 - 1),
    st.sampled_from(["0{}", "{}", "+255{}", "+254{}", "0{} ", "(0){}", "+255 0{}"]),
    st.sampled_from(BOTH),
)
def test_we_take_exactly_what_libphonenumber_takes(national: int, form: str, region: str) -> None:
    text = form.format(national)
    parsed, read = phonenumbers.parse(text, region), read_phone(text, region=region, mobile=False)
    if phonenumbers.is_valid_number(parsed):
        assert read == phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)[1:]
    else:
        assert isinstance(read, Refusal)
