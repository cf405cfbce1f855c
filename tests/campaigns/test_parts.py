"""Parts of a text: the literal cases, the edge rule, and another counter as oracle."""

from __future__ import annotations

import os
import random
import unicodedata

import pytest
import smsutil
from hypothesis import given
from hypothesis import strategies as st

from ampenet_sync.campaigns import Parts, count, smart
from ampenet_sync.campaigns.parts import BASIC, EXTENSION

CASES = [
    ("a" * 160, 1),
    ("a" * 161, 2),
    ("a" * 306, 2),
    ("a" * 307, 3),
    ("a" * 158 + "€", 1),
    ("a" * 159 + "€", 2),
    ("€" * 80, 1),
    ("€" * 81, 2),
    ("€" * 153, 3),
    ("ж" * 70, 1),
    ("ж" * 71, 2),
    ("ж" * 134, 2),
    ("ж" * 135, 3),
    ("ж" * 68 + "😀", 1),
    ("ж" * 69 + "😀", 2),
    ("ж" * 66 + "😀" + "ж" * 66, 3),
    ("😀" * 35, 1),
    ("😀" * 36, 2),
    ("😀" * 67, 3),
    ("ç" * 71, 2),
    ("Ç" * 160, 1),
    ("\u0391" * 71, 2),
    ("\n" * 160, 1),
    ("\t" * 80, 2),
]
TEXTS = st.text(st.sampled_from("aaaaé\n€[жç😀"), min_size=1, max_size=400)
GSM_TEXTS = st.text(st.sampled_from(BASIC.replace("\r", "") + EXTENSION.replace("\f", "")), min_size=1, max_size=500)
LONG_TEXTS = int(os.environ.get("AMPENET_TEST_PART_TEXTS", "2000"))  # 100,000 by make examples


@pytest.mark.parametrize(("text", "parts"), CASES)
def test_known_texts_have_known_parts(text: str, parts: int) -> None:
    assert count(text).parts == parts


def test_the_whole_answer_for_one_gsm_and_one_ucs2_text() -> None:
    assert count("Habari €") == Parts("GSM-7", units=9, parts=1, billed=1)
    assert count("Habari 😀") == Parts("UCS-2", units=9, parts=1, billed=1)


def test_empty_text_has_no_parts() -> None:
    assert count("") == Parts("GSM-7", units=0, parts=0, billed=0)


def test_the_basic_alphabet_has_127_letters_and_the_extension_ten() -> None:
    assert len(set(BASIC)) == 127
    assert len(set(EXTENSION)) == 10


def test_a_pair_over_the_edge_moves_on_but_the_bill_ignores_it() -> None:
    assert count("a" * 152 + "€" + "a" * 152) == Parts("GSM-7", units=306, parts=3, billed=2)
    assert count("ж" * 66 + "😀" + "ж" * 66) == Parts("UCS-2", units=134, parts=3, billed=2)


def test_a_pair_that_ends_at_the_edge_stays() -> None:
    assert count("a" * 151 + "€" + "a" * 153).parts == 2


def test_one_letter_of_a_name_can_make_the_whole_text_ucs2() -> None:
    assert count("Habari Françoise").encoding == "UCS-2"
    assert count("Habari Désiré").encoding == "GSM-7"


@given(TEXTS)
def test_any_text_counts_as_another_implementation_counts_it(text: str) -> None:
    split = smsutil.split(text)
    assert count(text).parts == len(split.parts)


@given(GSM_TEXTS)
def test_gsm_texts_count_as_another_implementation_counts_them(text: str) -> None:
    assert count(text).encoding == "GSM-7"
    assert count(text).parts == len(smsutil.split(text).parts)


@pytest.mark.timeout(120 + LONG_TEXTS // 100)
def test_long_texts_of_mixed_letters_count_as_another_implementation_counts_them() -> None:
    dice = random.Random(7)
    for _ in range(LONG_TEXTS):
        letters = dice.choice(("abcde \n", "abc€[]{}^~|\\", "aé’ş", "a😀b", "ABCñ@£"))
        text = "".join(dice.choices(letters, k=dice.randint(1, 480)))
        assert count(text).parts == len(smsutil.split(text).parts), repr(text)


@given(TEXTS)
def test_the_bill_is_never_over_the_parts(text: str) -> None:
    assert 1 <= count(text).billed <= count(text).parts


def test_smart_gives_gsm_twins_to_quotes_dashes_dots_and_spaces() -> None:
    assert smart("“Karibu” – ni ‘wewe’…\u00a0sawa") == "\"Karibu\" - ni 'wewe'... sawa"


def test_smart_brings_one_curly_quote_from_three_parts_to_one() -> None:
    text = "a" * 149 + "’"
    assert (count(text).parts, count(smart(text)).parts) == (3, 1)


def test_smart_keeps_the_original_where_other_letters_remain() -> None:
    assert smart("“Françoise” – karibu") == "“Françoise” – karibu"


def test_smart_composes_letters_first() -> None:
    assert smart(unicodedata.normalize("NFD", "Désiré")) == "Désiré"


def test_smart_keeps_ellipses_where_dots_would_fill_more_parts() -> None:
    assert smart("…" * 53) == "..." * 53
    assert smart("…" * 54) == "…" * 54


@given(st.text(st.sampled_from("a…’–\u00a0ж"), max_size=100))
def test_smart_changes_nothing_twice_and_never_adds_parts(text: str) -> None:
    once = smart(text)
    assert smart(once) == once
    assert count(once).parts <= count(unicodedata.normalize("NFC", text)).parts
