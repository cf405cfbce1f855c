"""What a person is asked before something is changed, and what becomes of a yes, a no and anything else."""

from __future__ import annotations

import pytest

from ampenet_sync.cli.answers import judge_answer
from tests.cli.conftest import ROWS, Shop
from tests.cli.typed import typed


@pytest.mark.parametrize("word", ["yes", "Yes", "y", "ndiyo", "NDIYO", " ndio "])
def test_a_yes_in_either_language_is_a_yes(word: str) -> None:
    assert judge_answer(word, expected="yes") == "yes"


@pytest.mark.parametrize("word", ["no", "N", "hapana", "la", "", "  "])
@pytest.mark.parametrize("expected", ["yes", "412", "VIP customers"])
def test_a_no_in_either_language_and_nothing_at_all_is_a_no(word: str, expected: str) -> None:
    assert judge_answer(word, expected=expected) == "no"


@pytest.mark.parametrize(("word", "expected"), [("412", "412"), ("1,412", "1412"), ("no", "no"), ("VIP", "VIP")])
def test_a_number_or_a_name_is_typed_as_it_is(word: str, expected: str) -> None:
    assert judge_answer(word, expected=expected) == "yes"


@pytest.mark.parametrize(
    ("word", "expected"), [("yes", "412"), ("ndiyo", "412"), ("41", "412"), ("vip", "VIP"), ("ok", "yes")]
)
def test_anything_else_is_neither(word: str, expected: str) -> None:
    assert judge_answer(word, expected=expected) == "something else"


@pytest.mark.parametrize("answer", ["no", "hapana", ""])
def test_saying_no_to_sync_is_no_error_and_changes_nothing(shop: Shop, answer: str) -> None:
    screen = typed(shop.folder, "sync", answer=answer)
    assert (screen.code, screen.text.endswith("Nothing was changed.")) == (0, True)
    assert "Error" not in screen.text and shop.changes() == []


def test_sync_asks_for_what_it_will_change_and_ndiyo_is_a_yes(shop: Shop) -> None:
    screen = typed(shop.folder, "sync", answer="ndiyo")
    asked = "This changes all in 'Everybody': creates 4, updates 0, deletes 0; gold in 'Gold': creates 2, updates 0"
    assert asked in screen.text and "Type yes to go on, no to leave it" in screen.text
    assert screen.code == 0 and len(shop.phones("Everybody")) == 4


def test_apply_asks_for_what_it_will_change(shop: Shop) -> None:
    shop.run("sync", "--yes")
    shop.write(ROWS.replace("Juma", "Jumaa"))
    digest = shop.run("plan", "all", "--json").json["plans"][0]["digest"]
    screen = typed(shop.folder, "apply", digest, answer="no")
    assert "This changes all in 'Everybody': creates 0, updates 1, deletes 0." in screen.text
    assert "update 2557•••102: first_name Juma → Jumaa (differs)" in screen.text
    assert screen.code == 0 and "contact_updated" not in shop.changes()
    assert typed(shop.folder, "apply", digest, answer="yes").code == 0


def test_a_plan_survives_that_somebody_looked_and_declined(shop: Shop) -> None:
    digest = shop.run("plan", "gold", "--json").json["plans"][0]["digest"]
    shop.run("show", digest)
    shop.write(ROWS + "6,0754 000 106,Upendo,500,yes\n")
    assert typed(shop.folder, "sync", answer="no").code == 0
    assert shop.run("apply", digest, "--yes").code == 0
    assert shop.phones("Gold") == ["254722000103", "255754000101"]


def test_anything_but_yes_or_no_is_an_error_that_says_what_to_type(shop: Shop) -> None:
    screen = typed(shop.folder, "sync", answer="maybe")
    assert (screen.code, "what was typed is not yes [not_confirmed]" in screen.text) == (1, True)
    assert shop.changes() == []


def test_send_repeats_sender_text_people_parts_money_and_end_before_the_question(shop: Shop) -> None:
    digest = str(shop.run("campaign", "preview", "hello", "--json").json["audience"])
    screen = typed(shop.folder, "campaign", "send", "hello", "--audience", digest, answer="no")
    before, _, question = screen.text.partition("The last message would leave about 20")
    assert "Campaign hello, edition 1, from SHOP (marketing) 3 messages, 3 parts, about TZS 75." in before
    assert "│ SHOP: Habari Neema │ Acha: 0800" in before
    assert "3 people are texted by SHOP: 3 parts, about TZS 75, until 20" in question
    assert "Type 3 to go on, no to leave it" in question
    assert screen.code == 0 and shop.sandbox.messages() == []


def test_send_goes_on_with_the_number_of_people_and_not_with_a_yes(shop: Shop) -> None:
    digest = str(shop.run("campaign", "preview", "hello", "--json").json["audience"])
    assert typed(shop.folder, "campaign", "send", "hello", "--audience", digest, answer="yes").code == 1
    assert shop.sandbox.messages() == []
    assert typed(shop.folder, "campaign", "send", "hello", "--audience", digest, answer="3").code == 0
    assert len(shop.sandbox.messages()) == 3
