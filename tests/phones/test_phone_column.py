"""Columns of written numbers, and masks."""

from __future__ import annotations

import random
import subprocess
import sys

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ampenet_sync.phones import (
    HINTS,
    PHONE_REASONS,
    Refusal,
    carries_code,
    mask,
    normalise,
    read_phone,
    shown_key,
    shown_name,
)
from tests.phones.fuzz import cases


def test_a_column_gives_phones_and_reasons_row_by_row() -> None:
    read = normalise(pa.chunked_array([["0712345678", None], ["x", "0712345678"]]), "TZ")
    assert read.phone.to_pylist() == ["255712345678", "", "", "255712345678"]
    assert read.reason.to_pylist() == ["", "blank", "letters", ""]


def test_each_row_is_read_with_its_own_region() -> None:
    read = normalise(pd.Series(["0712345678", "0712345678"]), pd.Series(["TZ", "KE"]), countries=("TZ", "KE"))
    assert read.phone.to_pylist() == ["255712345678", "254712345678"]


def test_no_rows_are_no_phones() -> None:
    read = normalise(pa.chunked_array([], pa.string()), "TZ")
    assert (len(read.phone), len(read.reason)) == (0, 0)


def test_a_sliced_column_keeps_its_rows_apart() -> None:
    column = pa.array(["0712345678", "0754123456", "zero"]).slice(1)
    assert normalise(column, pa.array(["KE", "TZ", "TZ"]).slice(1)).phone.to_pylist() == ["255754123456", ""]


def test_a_long_column_of_two_regions_is_read_together_and_in_its_order() -> None:
    written = pa.array([f"07123{row:05d}" for row in range(200)])
    read = normalise(written, pa.array(["TZ", "KE"] * 100))
    assert read.phone.to_pylist() == [f"{254 + (row % 2 == 0)}7123{row:05d}" for row in range(200)]
    assert set(read.reason.to_pylist()) == {""}


def test_regions_of_another_length_are_a_fault() -> None:
    with pytest.raises(ValueError, match="2 values, but 1 regions"):
        normalise(pa.array(["1", "2"]), pa.array(["TZ"]))


@given(
    st.lists(st.tuples(st.text(alphabet="0123456789+ /x.", max_size=14), st.sampled_from(["TZ", "KE"])), max_size=20)
)
def test_a_column_says_what_reading_one_by_one_says(rows: list[tuple[str, str]]) -> None:
    texts, regions = pa.array([row[0] for row in rows], pa.string()), pa.array([row[1] for row in rows], pa.string())
    read = normalise(texts, regions, countries=("TZ", "KE"))
    one_by_one = [read_phone(text, region=region, countries=("TZ", "KE")) for text, region in rows]
    assert read.phone.to_pylist() == ["" if isinstance(one, Refusal) else one for one in one_by_one]
    assert read.reason.to_pylist() == [one.reason if isinstance(one, Refusal) else "" for one in one_by_one]


def test_a_number_that_carries_its_code_is_the_same_phone_in_every_region() -> None:
    chance = random.Random(7)
    texts = pa.chunked_array([pa.array(cases("TZ", chance, ways=20) + cases("US", chance, ways=20), pa.string())])
    texts = texts.filter(carries_code(texts))
    phones = [normalise(texts, region).phone.to_pylist() for region in ("TZ", "KE", "US", "AU", "DE")]
    assert len(texts) > 300 and all(len({phone for phone in row if phone}) < 2 for row in zip(*phones, strict=True))


@pytest.mark.parametrize(
    "written", ["+255712345678", "00255712345678", " (+255)", "'+255", '="+255"', "(00)255", "＋255"]
)
def test_a_plus_or_two_zeros_before_the_first_digit_carry_a_code(written: str) -> None:
    assert carries_code(pa.chunked_array([[written]])).to_pylist() == [True]


@pytest.mark.parametrize("written", ["0712345678", "255712345678", "000255", "tel +255", "0712+5", "", None])
def test_nothing_else_does(written: str | None) -> None:
    assert carries_code(pa.chunked_array([pa.array([written], pa.string())])).to_pylist() == [False]


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("255712345678", "2557•••678"),
        ("+255 712 345 678", "2557•••678"),
        ("0712345678", "07•••678"),
        ("25571234567", "25•••567"),
        ("071234567", "07•••7"),
        ("19900101-14101-00001-23", "•••123"),
        ("12345", "•••"),
        ("", "•••"),
        ("Asha Mushi", "•••"),
        ("Asha 0712345678", "07•••678"),
    ],
)
def test_a_mask_never_shows_a_whole_number(phone: str, shown: str) -> None:
    assert mask(phone) == shown


@given(st.text(max_size=30))
def test_a_mask_hides_at_least_three_digits_or_all(text: str) -> None:
    hidden = sum(letter.isdigit() for letter in text) - sum(letter.isdigit() for letter in mask(text))
    assert hidden >= 3 or not any(letter.isdigit() for letter in mask(text))


@pytest.mark.parametrize(
    "key",
    [
        "255712345678",
        "+255 712 345 678",
        "c-0712345678",
        "0712-345-678",
        "712345678",
        "cust 0712 345 678",
        "k_0712.345678",
    ],
)
def test_a_key_that_may_be_a_phone_is_masked(key: str) -> None:
    assert "•••" in shown_key(key) and "345" not in shown_key(key).split("•••")[0]


@pytest.mark.parametrize("key", ["7", "12345678", "D0001", "KE-24-0123", "CUST-00123", "a_9", "00042"])
def test_a_plain_number_or_a_short_code_is_shown(key: str) -> None:
    assert shown_key(key) == shown_key(key, "255754000101") == key


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("asha@duka.co.tz", "•••"),
        ("asha1990@x.tz", "•••"),
        ("Asha", "•••"),
        ("Asha Mushi", "•••"),
        ("mushi7", "•••"),
        ("Ásha1", "•••"),
        ("19900101-14101-00001-23", "•••123"),
        ("CM90012345ABCD", "90•••5"),
        ("123456789", "12•••9"),
        ("1234567890", "12•••890"),
        ("orders_2024_11", "20•••1"),
        ("", "•••"),
    ],
)
def test_any_other_key_may_tell_who_it_is_and_is_masked(key: str, shown: str) -> None:
    assert shown_key(key) == shown
    assert shown_key(key, unmasked=True) == key, "nobody can see it at all"


@pytest.mark.parametrize("name", ["jina la kwanza", "KE-2024-00123", "anwani@nyumbani"])
def test_the_name_of_a_column_is_masked_only_where_it_may_be_a_phone(name: str) -> None:
    assert shown_name(name) == name and shown_name(f"{name} 0712345678") != name


@given(st.text("0123456789", min_size=6, max_size=30))
def test_about_half_of_the_digits_are_shown_and_never_more_than_three_at_the_end(digits: str) -> None:
    first, _, last = mask(digits).partition("•••")
    assert len(last) <= 3 and len(first + last) <= (len(digits) + 2) / 2


def test_a_key_that_ends_like_its_customers_phone_is_masked_however_short() -> None:
    assert shown_key("71 23 45 67", "22671234567") == shown_key("m71234567", "22671234567") == "71•••7"


def test_every_reason_has_two_sentences_and_phones_have_the_first_twelve() -> None:
    assert all(sentence.endswith(".") for hint in HINTS.values() for sentence in hint)
    assert PHONE_REASONS[0] == "blank" and PHONE_REASONS[-1] == "not_mobile" and len(PHONE_REASONS) == 12


def test_a_mask_costs_no_big_import() -> None:
    program = (
        "import sys; from ampenet_sync.phones import mask; mask('255712345678');"
        "print(sorted({'pandas', 'pyarrow', 'numpy', 'phonenumbers', 'duckdb', 'pandera'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_reading_needs_neither_pandas_nor_duckdb() -> None:
    program = (
        "import sys; from ampenet_sync.phones import normalise, read_phone;"
        "print(sorted({'pandas', 'duckdb', 'pandera'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
