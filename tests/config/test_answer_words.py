"""The words for yes and no: how they are compared, and how written lists stand beside the usual ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ampenet_sync.config import Consent, OptedOut
from ampenet_sync.config.words import NO, NULL_WORDS, YES, folded


@pytest.mark.parametrize(
    ("written", "word"),
    [
        (" YES ", "yes"),
        ("Ndiyo.", "ndiyo"),
        ("ndiyo !!", "ndiyo"),
        ("ｙｅｓ", "yes"),
        ("１", "1"),
        ("١", "1"),
        ("\u200byes\ufeff", "yes"),
        ("y\u00ades", "yes"),
        ("\u00a0la\u00a0", "la"),
        ("opted \t  in", "opted in"),
        ("1.0", "1.0"),
        ("...", "..."),
        ("!", "!"),
    ],
)
def test_words_are_compared_as_people_mean_them(written: str, word: str) -> None:
    assert folded(written) == word


@given(st.text())
def test_folding_a_word_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_each_usual_word_is_folded_and_stands_in_one_list() -> None:
    assert [folded(word) for word in (*YES, *NO)] == [*YES, *NO]
    assert len({*YES, *NO}) == len(YES) + len(NO)
    assert not {folded(word) for word in NULL_WORDS} & {*YES, *NO}


def test_a_written_list_takes_the_place_of_the_usual_words() -> None:
    assert Consent(column="sms", yes=("Ja",)).words == (("Ja",), NO, False)
    assert Consent(column="sms", no=("Nein",)).words == (YES, ("Nein",), False)


def test_a_word_of_one_written_list_is_none_of_the_usual_other_ones() -> None:
    words = OptedOut(column="sms", yes=("0", "LA")).words
    assert words.yes == ("0", "LA") and set(NO) - set(words.no) == {"0", "la"}
    assert "1" not in Consent(column="sms", no=("1",)).words.yes


@pytest.mark.parametrize("kind", [Consent, OptedOut])
@pytest.mark.parametrize(
    ("yes", "no", "says"),
    [
        (["labda", "ja"], ["nein", " Labda."], "under yes and under no stands 'labda'"),
        (["ja", " "], ["nein"], "a word under yes is blank"),
        (["ja"], ["\u200b"], "a word under no is blank"),
        ("ja", ["nein"], "write a list"),
    ],
)
def test_a_list_that_can_not_be_meant_is_refused(
    kind: type[Consent] | type[OptedOut], yes: object, no: object, says: str
) -> None:
    with pytest.raises(ValidationError, match=says):
        kind.model_validate({"column": "sms", "yes": yes, "no": no})


def test_anything_may_say_that_somebody_left_but_not_that_he_agreed() -> None:
    assert OptedOut.model_validate({"column": "at", "yes": "any"}).words.anything
    with pytest.raises(ValidationError, match="write a list"):
        Consent.model_validate({"column": "at", "yes": "any"})
