"""What headings seem to hold, in English and in Swahili."""

from __future__ import annotations

import pytest

from ampenet_sync.config.columnwords import COLUMN_WORDS, Meaning, meaning_of, with_meaning


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("Namba ya simu ya mteja", "phone"),
        ("NAMBA YA SIMU", "phone"),
        ("phone_no", "phone"),
        ("PhoneNumber", "phone"),
        ("WhatsApp Number", "phone"),
        ("Mobile No.", "phone"),
        ("Simu 2", "phone"),
        ("MSISDN", "phone"),
        ("Namba ya mwanachama", "key"),
        ("Customer ID", "key"),
        ("Jina", "first_name"),
        ("jina la  kwanza", "first_name"),
        ("Jina la Ukoo", "last_name"),
        ("Surname", "last_name"),
        ("contact name", "first_name"),
        ("sms_opt_in", "consent"),
        ("Ridhaa", "consent"),
        ("Unsubscribed", "opted_out"),
        ("amejitoa", "opted_out"),
        ("Mji", "city"),
        ("Nchi", "region"),
        ("E-mail", "email"),
    ],
)
def test_a_heading_in_people_s_words_is_understood(name: str, meaning: Meaning) -> None:
    assert meaning_of(name) == meaning


@pytest.mark.parametrize("name", ["tier", "points", "No", "Na.", "idea", "telegram", "simulizi", "", "0712"])
def test_a_word_within_another_says_nothing(name: str) -> None:
    assert meaning_of(name) is None


def test_no_words_mean_two_things_and_each_is_found_again() -> None:
    for meaning, several in COLUMN_WORDS.items():
        assert [meaning_of(words) for words in several] == [meaning] * len(several)


def test_headings_are_picked_by_what_they_hold() -> None:
    assert with_meaning("phone", ["id", "Simu", "jina", "mobile"]) == ["Simu", "mobile"]
    assert with_meaning(None, ["id", "Simu"]) == []
