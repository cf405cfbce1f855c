"""Signs around and among digits: hidden digits, a minus, thousands, and what spreadsheets put around a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ampenet_sync.phones import HINTS, Refusal, mask, read_phone

BOTH = ("TZ", "KE")
HIDDEN, NEGATIVE = Refusal("hidden_digits"), Refusal("negative")


@pytest.mark.parametrize(
    "written",
    [
        *("254722***111", "2557xx•••678", "0712 … 678", "07123###78", "0712_____8", "2557•••678", "07•••678"),
        *("0712*345678", "0712...678", "0712 . . . 678", "071?345678", "07XXXXXXXX", "07xx xxx 678", "071x345678"),
        *("***345678", "071234****", "0712345678…", "…712345678", "xxxxxx5678", "0712-***-678", "+255 7** *** *78"),
        *("0712[...]678", "07··…··78", "0712■■■678", "0712\ufffd345678", "07\uff0a\uff0a345678", "########", "•••••••"),
        *("0712×××678", "0712####", "2557••••678", "************"),
    ],
)
@pytest.mark.parametrize("mobile", [True, False])
def test_a_number_with_hidden_digits_is_none(written: str, mobile: bool) -> None:
    assert read_phone(written, region="TZ", countries=BOTH, mobile=mobile) == HIDDEN
    assert read_phone(written, region="KE", countries=(), mobile=mobile) == HIDDEN


@given(st.integers(min_value=10**8, max_value=10**9 - 1), st.sampled_from(["+255{}", "0{}", "255{}", "+254{}"]))
def test_what_our_own_masks_show_is_never_read(national: int, form: str) -> None:
    for region in ("TZ", "KE", "DE", "US"):
        assert read_phone(mask(form.format(national)), region=region, mobile=False) == HIDDEN


@pytest.mark.parametrize(
    "written",
    ["*0712345678*", "* 0712 345 678", "• 0712345678", "0712345678*", "0712345678?", "_0712345678_", "#0712345678"],
)
def test_a_single_sign_at_an_end_hides_nothing(written: str) -> None:
    assert read_phone(written, region="TZ", countries=BOTH) == "255712345678"


@pytest.mark.parametrize(
    "written",
    [
        *("-255712345678", "-0712345678", "\u2212255712345678", "\u2013255712345678", "-255712345678.0", "-712345678"),
        *("-2.55712345678E+11", "-255,712,345,678", "(255,712,345,678)", "255712345678-", "255,712,345,678-"),
        *(
            "(-255712345678)",
            "-+255712345678",
            "- 255712345678",
            "-   255,712,345,678",
            "--0712345678",
            "=-255712345678",
        ),
        *("=-255712345678", "'-255712345678", '="-255712345678"', " -0712 345 678 ", "\u22122.55712345678e+11"),
    ],
)
def test_a_negative_number_is_no_phone(written: str) -> None:
    assert read_phone(written, region="TZ", countries=BOTH) == NEGATIVE


@pytest.mark.parametrize(
    "written",
    [
        *("- 0712 345 678", "- +255 712 345 678", "\u2013 0712345678", "-  (0712) 345 678", "-- 0712 345 678"),
        *("(255712345678)", "(0712) 345-678", "0712345678-", "0712-345-678-"),
    ],
)
def test_a_dash_of_a_list_and_brackets_are_no_minus(written: str) -> None:
    assert read_phone(written, region="TZ", countries=BOTH) == "255712345678"


@pytest.mark.parametrize(
    "written",
    [
        *('="0712345678"', "=0712345678", "'+255712345678", '"0712345678"', "=+255712345678", "='0712345678'"),
        *('= "0712 345 678"', "“0712345678”", "'0712345678'", "`0712345678`", '"+255712345678"', '="\'0712345678"'),
        *("0712345678;", "255712345678,", "0712345678:", '"255712345678.0"', '="712345678"', '\ufeff="0712345678"'),
    ],
)
def test_what_spreadsheets_and_lists_put_around_a_number_comes_off(written: str) -> None:
    assert read_phone(written, region="TZ", countries=BOTH) == "255712345678"


@pytest.mark.parametrize("written", ['="254723581963"', '"254723581963"', "254723581963,", "=254723581963"])
def test_under_it_a_listed_country_s_number_is_still_international(written: str) -> None:
    assert read_phone(written, region="TZ", countries=BOTH) == "254723581963"


@pytest.mark.parametrize(
    "written",
    [
        *(
            "255,712,345,678",
            "+255,712,345,678",
            "712,345,678",
            "255.712.345.678",
            "255'712'345'678",
            "255’712’345’678",
        ),
        *("255,712,345,678.00", "255.712.345.678,00", "255 712 345 678,00", "255 712 345 678.0", "255’712’345’678"),
    ],
)
def test_thousands_marks_lose_no_digit(written: str) -> None:
    assert read_phone(written, region="TZ", countries=BOTH) == "255712345678"


@pytest.mark.parametrize(
    "written",
    [
        "0712,345,678",
        "2557,123,45,678",
        "255,712345,678",
        "255,712.345,678",
        "0712;345;678",
        "0712:345:678",
        "0712=345678",
        "0712~345678",
    ],
)
def test_other_signs_among_the_digits_are_told_as_such(written: str) -> None:
    assert read_phone(written, region="TZ", countries=BOTH) == Refusal("letters")
    assert "other signs" in HINTS["letters"].en
