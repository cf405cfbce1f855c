"""Two numbers in one cell are seen by their digits, whatever stands between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ampenet_sync.phones import Refusal, read_phone

BOTH = ("TZ", "KE")
SEVERAL = Refusal("several_numbers")


@pytest.mark.parametrize(
    "between",
    [
        *(" ::: ", " -> ", " ~ ", " (work) ", " (kazi) ", "\n", "\t", "   ", " + ", " => ", " * ", " • ", " | ", " _ "),
        *(" ; ", " oder ", " ou ", " kisha ", " 和 ", " və ", "، ", " --- ", " … ", " 2) ", "\u200e \u200e", ">>", "?"),
    ],
)
def test_whatever_stands_between_two_numbers_they_are_two(between: str) -> None:
    assert read_phone(f"0712 000 222{between}0755 000 222", region="TZ", countries=BOTH) == SEVERAL


@pytest.mark.parametrize(
    "written",
    [
        "07120002220755000222",
        "712000222755000222",
        "255712000222255755000222",
        "+2557120002220755000222",
        "071200022207550002220754000222",
        "0712000222254723581963",
        "07120002220755000222.0",
        "٠٧١٢٠٠٠٢٢٢٠٧٥٥٠٠٠٢٢٢",
    ],
)
def test_numbers_written_one_behind_the_other_are_several(written: str) -> None:
    assert read_phone(written, region="TZ", countries=BOTH) == SEVERAL


@pytest.mark.parametrize(
    "written",
    [
        "1) 0712 000 222 2) 0755 000 222",
        "Asha 0712 000 222 Juma 0755 000 222",
        "- 0712 000 222\n- 0755 000 222",
        "0712 000 222 (2019) 0755 000 222",
        "0712 000 222 *** 0755 000 222 ***",
        "0712 000 222, 254 723 581 963",
        "0712 000 222 and +44 7911 123456",
    ],
)
def test_what_else_stands_in_the_cell_hides_no_second_number(written: str) -> None:
    assert read_phone(written, region="TZ", countries=BOTH) == SEVERAL


def test_beside_a_valid_number_one_that_is_not_in_use_is_a_second_one() -> None:
    assert read_phone("0712 000 222 na 0912 000 222", region="TZ") == SEVERAL


def test_the_row_s_own_region_and_the_listed_countries_say_what_a_number_is() -> None:
    assert read_phone("9123 4567 na 8123 4567", region="SG") == SEVERAL
    assert read_phone("91234567 81234567", region="SG") == SEVERAL
    assert read_phone("91234567 81234567", region="TZ") == Refusal("too_long")
    assert read_phone("0712 000 222 na 254 723 581 963", region="TZ", countries=BOTH) == SEVERAL


@pytest.mark.parametrize(
    "written",
    [
        "+255 (0) 712 345 678",
        "255 0712 345 678",
        "255 (0712) 345-678",
        "+ 255 / 712 / 345 / 678",
        "00 255 0712 345 678",
        "7 1 2 3 4 5 6 7 8",
    ],
)
def test_one_number_in_many_groups_is_one(written: str) -> None:
    assert read_phone(written, region="TZ", countries=BOTH) == "255712345678"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("0712345678 15/01/2024", "too_long"),
        ("0712345678 2024-01-15 10:30", "letters"),
        ("0712345678 mama Asha 2024-01-15", "letters"),
        ("0712345678 tarehe 15.01.2024", "letters"),
        ("19900101123450000123", "too_long"),
    ],
)
def test_a_date_or_an_identity_card_is_no_second_number(written: str, reason: str) -> None:
    assert read_phone(written, region="TZ", countries=BOTH) == Refusal(reason)
    assert read_phone(written, region="KE", countries=BOTH) == Refusal(reason)


@pytest.mark.parametrize("written", ["0712345678/9", "0712345678/79", "0712 345 678 / 679", "+255712345678/9"])
def test_another_ending_is_another_number(written: str) -> None:
    assert read_phone(written, region="TZ", countries=BOTH) == SEVERAL


@given(
    st.tuples(st.integers(min_value=10**6, max_value=10**7 - 1), st.integers(min_value=10**6, max_value=10**7 - 1)),
    st.text(alphabet=" -./:;,|&~>()abcxyz*•…\n\t", min_size=1, max_size=5),
)
def test_no_sign_makes_one_phone_of_two(tails: tuple[int, int], between: str) -> None:
    assert read_phone(f"071{tails[0]}{between}075{tails[1]}", region="TZ", countries=BOTH) == SEVERAL


def test_a_long_cell_is_judged_in_no_time() -> None:
    assert read_phone("12 " * 20_000, region="TZ") == Refusal("too_long")
    for cell in ("7" * 20_000, "1" + "*" * 20_000, f"1x{' ' * 20_000}y1", "0712345678" + " " * 20_000 + "x"):
        assert isinstance(read_phone(cell, region="TZ"), Refusal)
