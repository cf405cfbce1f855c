"""What YAML would read otherwise than it is meant: comments in texts, its own signs at their start, quotes, tabs."""

from __future__ import annotations

from pathlib import Path

import pytest

from ampenet_sync.config import load
from ampenet_sync.config.starter import STARTER
from tests.config.shop import MESSAGE, OPT_OUT, loaded, refused

SAMPLE = Path(__file__).parent.parent.parent / "sample_data"


@pytest.mark.parametrize(
    ("old", "new", "line", "way_out"),
    [
        (MESSAGE, "Ofa #1 kwa wote", 19, 'message: "Ofa #1 kwa wote"'),
        (MESSAGE, "Ofa # kwa wote", 19, 'message: "Ofa # kwa wote"'),
        (MESSAGE, "#ofa kwa wote", 19, 'message: "#ofa kwa wote"'),
        (MESSAGE, "# kwa wote", 19, 'message: "# kwa wote"'),
        (OPT_OUT, "Kujitoa #0800", 20, 'opt_out: "Kujitoa #0800"'),
        ("group: VIP", "group: Group #1", 12, 'group: "Group #1"'),
        ("group: VIP", "group: VIP\n    where: tier = 'gold' # or silver", 13, "where: \"tier = 'gold' # or silver\""),
        ("group: VIP", "group: VIP\n    where:   # tier = 'gold'", 13, "where: \"# tier = 'gold'\""),
        ("phone: simu", "phone: Phone #", 4, 'phone: "Phone #"'),
        ("sender_id: SHOP", "sender_id: SHOP #1", 17, 'sender_id: "SHOP #1"'),
        ("consent: sms", "consent: {attested: 'x'}\n  region: Nchi #", 10, 'region: "Nchi #"'),
        ("source: {csv: a.csv}", "source:\n    csv: ofa #2.csv", 3, 'csv: "ofa #2.csv"'),
        ("source: {csv: a.csv}", "source: {sql: {url: 'env:X', query:\n    select 1 # all\n    }}", 2, "quotes"),
    ],
)
def test_a_text_that_a_comment_would_cut_is_refused_with_the_line_in_quotes(
    tmp_path: Path, old: str, new: str, line: int, way_out: str
) -> None:
    error = refused(tmp_path, old, new)
    assert error.code == "cut_by_comment" and error.message.startswith(f"ampenet.yaml:{line}: ")
    assert error.hint.startswith("put ") and "in quotes" in error.hint and way_out in error.hint


def test_a_longer_text_is_cut_in_its_last_line(tmp_path: Path) -> None:
    error = refused(tmp_path, MESSAGE, "Habari\n      wateja wetu #1")
    assert error.code == "cut_by_comment" and "cut in line 20" in error.hint
    assert "the ' #' in line 19 ends the text" in refused(tmp_path, MESSAGE, "Ofa #1\n      kwa wote").hint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mode: mirror", "mode: mirror   # mirror | upsert"),
        ("phone: simu", "phone: simu ## the column"),
        (MESSAGE, '"Ofa #1" # a text in quotes'),
        (MESSAGE, "|   # as it stands\n      Ofa #1\n      kwa wote"),
        (MESSAGE, ">-\n      Ofa #1 kwa\n      wote"),
        (MESSAGE, "Ofa#1 kwa wote"),
        ("segments:", "  # a line of its own\nsegments: # a section"),
        ("customers:", "countries: [TZ, KE]  #home\ncustomers:"),
    ],
)
def test_comments_that_are_comments_stay_what_they_are(tmp_path: Path, old: str, new: str) -> None:
    config = loaded(tmp_path, old, new)
    assert (config.segments["vip"].mode, config.customers.phone) == ("mirror", "simu")
    if old == MESSAGE:
        assert config.campaigns["hello"].message.startswith(("Ofa #1", "Ofa#1"))


def test_the_comments_of_the_starter_and_the_sample_are_comments(tmp_path: Path) -> None:
    (tmp_path / "ampenet.yaml").write_text(STARTER, encoding="utf-8")
    assert load(tmp_path / "ampenet.yaml", environ={}).customers.phone == "phone"
    assert load(SAMPLE / "ampenet.yaml", environ={}).customers.phone == "phone"


def test_a_password_and_a_phone_are_not_repeated_in_the_line_in_quotes(tmp_path: Path) -> None:
    secret = refused(tmp_path, "customers:", "ledger: postgresql://shop:hunter2@db/l #x\ncustomers:")
    phone = refused(tmp_path, MESSAGE, "Piga 0712 345 678 #sasa")
    for sign in "*&!":
        error = refused(tmp_path, MESSAGE, f"{sign}255712345678 ni namba yetu")
        assert "255712345678" not in f"{error}{error.hint}"
    assert 'ledger: "…"' in secret.hint and "hunter2" not in f"{secret}{secret.hint}"
    assert 'message: "…"' in phone.hint and "345" not in f"{phone}{phone.hint}"


@pytest.mark.parametrize(
    ("written", "quoted"),
    [
        ("{first_name} habari", '"{first_name} habari"'),
        ("[OFA] habari", '"[OFA] habari"'),
        ("@duka leo", '"@duka leo"'),
        ("%OFA% leo", '"%OFA% leo"'),
        ("*Ofa* leo", '"*Ofa* leo"'),
        ("*ofa leo", '"*ofa leo"'),
        ("`ofa` leo", '"`ofa` leo"'),
        ("- ofa", '"- ofa"'),
        ("? ofa", '"? ofa"'),
        ("> 50% ofa", '"> 50% ofa"'),
        ("| ofa", '"| ofa"'),
        ("Ofa: leo tu", '"Ofa: leo tu"'),
        (", ofa", '", ofa"'),
        ("&amp; ofa", '"&amp; ofa"'),
    ],
)
def test_a_value_that_begins_with_a_sign_of_yaml_is_shown_in_quotes(tmp_path: Path, written: str, quoted: str) -> None:
    error = refused(tmp_path, MESSAGE, written)
    assert error.code == "yaml" and error.message.startswith("ampenet.yaml:19: ")
    assert error.hint == f"if this line is meant as one text, put it in quotes: message: {quoted}"


@pytest.mark.parametrize(("written", "word"), [("&habari wote", "&habari"), ("!Habari wote", "!Habari")])
def test_a_first_word_that_yaml_would_leave_out_is_refused(tmp_path: Path, written: str, word: str) -> None:
    error = refused(tmp_path, MESSAGE, written)
    assert error.code == "not_text" and f"ampenet.yaml:19: YAML takes '{word}'" in error.message
    assert error.hint == f'put it in quotes: message: "{written}"'


def test_an_anchor_of_a_section_and_a_tag_of_yaml_s_own_are_let_through(tmp_path: Path) -> None:
    assert loaded(tmp_path, "customers:", "customers: &all").customers.phone == "simu"
    assert loaded(tmp_path, "phone: simu", "phone: simu\n  region: !!str nchi").customers.region == "nchi"


@pytest.mark.parametrize(
    ("written", "way_out"),
    [
        ("'Ng'ombe'", "within single quotes write two of them"),
        ('"Ofa" kwa wote', "a quote ends at the next one like it"),
        (r'"C:\data"', "write single quotes"),
        ("Habari\n\tkaribu", "there is a tab"),
    ],
)
def test_quotes_backslashes_and_tabs_have_hints_of_their_own(tmp_path: Path, written: str, way_out: str) -> None:
    assert way_out in refused(tmp_path, MESSAGE, written).hint


def test_a_text_without_quotes_that_yaml_takes_for_a_section_is_said_to_be_one(tmp_path: Path) -> None:
    for written in ("{first_name}", "{{ first_name }}", "[OFA]"):
        error = refused(tmp_path, MESSAGE, written)
        assert error.message.endswith(
            "hello.message: a text is wanted here; one that begins with { or [ goes into quotes"
        )
    assert (
        "with the keys actual, adopt" in refused(tmp_path, "vip:\n    group: VIP\n    mode: mirror", "vip: VIP").message
    )


def test_within_a_line_of_several_keys_the_texts_are_to_be_quoted(tmp_path: Path) -> None:
    error = refused(tmp_path, "{points: integer}", "{points: integer #1, x: y}")
    assert error.code == "yaml" and error.message.startswith("ampenet.yaml:8: ")
    assert "put texts in quotes that hold a comma, a bracket, ' #' or ': '" in error.hint


def test_a_character_that_can_not_be_printed_is_named_with_its_line(tmp_path: Path) -> None:
    assert refused(tmp_path, "id\n", "id\x0b\n").message.startswith("ampenet.yaml:3: not readable as YAML")


def test_lines_of_an_unquoted_text_are_joined_as_yaml_does(tmp_path: Path) -> None:
    assert (
        loaded(tmp_path, MESSAGE, "Habari\n      wateja\n      wetu").campaigns["hello"].message == "Habari wateja wetu"
    )
