"""What is told of a wrong number is what is wrong with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ampenet_sync.phones import Refusal, read_phone

FOUR = ("TZ", "KE", "UG", "RW")
SHORT, LONG, INVALID = Refusal("too_short"), Refusal("too_long"), Refusal("invalid")


@pytest.mark.parametrize("written", ["255000000000", "+255000000000", "00255000000000", "255000712345", "0000000000"])
def test_a_number_of_the_right_length_is_not_too_short(written: str) -> None:
    assert read_phone(written, region="TZ", countries=FOUR) == INVALID
    assert read_phone(written, region="TZ") == INVALID


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("25471234567", SHORT),
        ("+25471234567", SHORT),
        ("254 71 234 567", SHORT),
        ("0025471234567", SHORT),
        ("2547123456789", LONG),
        ("+2547123456789", LONG),
        ("25677123456", SHORT),
        ("2507812345678", LONG),
    ],
)
def test_a_neighbour_s_number_is_too_short_or_too_long_for_its_own_country(written: str, reason: Refusal) -> None:
    assert read_phone(written, region="TZ", countries=FOUR) == reason


@pytest.mark.parametrize(
    ("written", "reason"),
    [("071234567", SHORT), ("07123456", SHORT), ("07123456789", LONG), ("2547123456", SHORT), ("25471234567", SHORT)],
)
def test_where_mobiles_are_wanted_their_length_counts_and_no_other(written: str, reason: Refusal) -> None:
    assert read_phone(written, region="KE", countries=("KE",)) == reason


def test_where_any_phone_will_do_a_length_that_some_have_is_no_fault() -> None:
    assert read_phone("071234567", region="KE", mobile=False) == INVALID


def test_a_zero_too_many_makes_a_number_too_long() -> None:
    assert read_phone("00712345678", region="TZ") == LONG
    assert read_phone("00 712 345 678", region="KE") == LONG


@given(
    st.sampled_from([("255", "71"), ("254", "72"), ("256", "77"), ("250", "78")]),
    st.integers(min_value=10**6, max_value=10**7 - 1),
    st.sampled_from(["+{}{}", "00{}{}", "{}{}"]),
    st.integers(min_value=6, max_value=11),
)
def test_a_digit_less_is_too_short_and_one_more_too_long(
    country: tuple[str, str], tail: int, form: str, place: int
) -> None:
    right = form.format(country[0], f"{country[1]}{tail}")
    less, more = right[:place] + right[place + 1 :], right[:place] + "4" + right[place:]
    assert read_phone(less, region="TZ", countries=FOUR) == SHORT
    assert read_phone(more, region="TZ", countries=FOUR) == LONG
