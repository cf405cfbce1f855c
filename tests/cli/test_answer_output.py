"""The four counts of consent and of having left, where people and scripts read them, and the line that settles them."""

from __future__ import annotations

import pytest

from tests.cli.conftest import ROWS, Shop

HEAD = "id,phone,name,points,optin,left_us\n"
ASKED = (
    "1,0754 000 101,Asha,150,yes,\n"
    "2,0754 000 102,Juma,20,Labda,\n"
    "3,+254 722 000 103,Wanjiku,100,no,2026-01-02\n"
    "4,0754 000 104,Neema,0,labda.,no\n"
    "5,0754 000 105,Zed,0,0754 000 101,\n"
    "6,0754 000 106,Lea,0,,\n"
)
CONSENT = {"column": "optin", "yes": 1, "no": 1, "nothing": 1, "unclear": 3}
WORDS = {"labda": 2, "07•••101": 1}
LINE = (
    'consent: {column: optin, yes: [yes, y, true, t, "1", "1.0", on, ndiyo, ndio, naam, sawa, labda], '
    'no: [no, n, false, f, "0", "0.0", off, hapana, la, sio, siyo, labda]}'
)
SETTLE = "opted_out: {column: left_us, yes: any}"
LEFT = {"column": "left_us", "yes": 0, "no": 1, "nothing": 4, "unclear": 1, "words": {"2026-01-02": 1}, "line": SETTLE}
TOLD = f"""\
Consent: 1 yes, 1 no, 1 didn't say, 3 not understood
  not understood: labda (2), 07•••101 (1)
  Nobody gets marketing on such a word. Strike each word from one of the lists, and write under customers:
    {LINE}
Opted out: 0 yes, 1 no, 4 didn't say, 1 not understood
  not understood: 2026-01-02 (1)
  Whatever is not understood counts as a yes. If that is right, write under customers:
    {SETTLE}
"""


@pytest.fixture
def asked(shop: Shop) -> Shop:
    """A shop whose source says things nobody understands."""
    shop.write(ASKED, head=HEAD)
    shop.configure("  consent: optin\n", "  consent: optin\n  opted_out: left_us\n")
    return shop


@pytest.mark.parametrize("command", [["plan"], ["sync", "--yes"], ["campaign", "preview", "hello"], ["report"]])
def test_a_person_is_told_the_counts_the_words_and_the_line_to_write(asked: Shop, command: list[str]) -> None:
    ran = asked.run(*command)
    assert ran.code == 0 and TOLD in ran.out


@pytest.mark.parametrize("command", [["plan"], ["sync", "--yes"], ["campaign", "preview", "hello"]])
def test_a_script_gets_four_counts_of_each(asked: Shop, command: list[str]) -> None:
    found = asked.run(*command, "--json").json
    assert found["consent"] == {**CONSENT, "words": WORDS, "line": LINE}
    assert found["opted_out"] == LEFT


def test_the_report_s_script_gets_them_too(asked: Shop) -> None:
    found = asked.run("report", "--json").json
    counts = {"source": "column", "evidence": "optin", "yes": 1, "no": 1, "unknown": 1, "nothing": 1, "unclear": 3}
    assert found["consent"] == {**counts, "words": WORDS, "line": LINE}
    assert found["opted_out"] == LEFT


def test_the_line_is_refused_as_it_stands_and_taken_once_it_is_sorted(asked: Shop) -> None:
    asked.configure("consent: optin", LINE)
    ran = asked.run("plan")
    assert ran.code == 1 and "ampenet.yaml:8: customers.consent: under yes and under no stands 'labda'" in ran.err
    asked.configure(", siyo, labda]", ", siyo]")
    asked.configure("opted_out: left_us", SETTLE)
    found = asked.run("campaign", "preview", "hello", "--json").json
    assert (found["messages"], found["excluded"]) == (3, {"no_consent": 2, "opted_out": 1})
    assert [found["consent"][kind] for kind in ("yes", "no", "nothing", "unclear")] == [3, 1, 1, 1]
    assert found["opted_out"] == {**LEFT, "yes": 1, "unclear": 0, "words": {}, "line": ""}


def test_who_opted_out_is_said_of_people_and_of_contacts(asked: Shop) -> None:
    assert "all: 1 not created: opted out, as the source says" in asked.run("plan").out
    assert "without 1 who opted out, as the source says (opted_out)" in asked.run("campaign", "preview", "hello").out
    assert asked.run("plan", "all", "--json").json["plans"][0]["opted_out"] == 1


def test_a_source_that_is_understood_has_one_line(shop: Shop) -> None:
    assert "Consent: 3 yes, 1 no, 0 didn't say\nsegment" in shop.run("plan").out
    shop.write(ROWS.replace(",no\n", ",\n"))
    assert "Consent: 3 yes, 0 no, 1 didn't say\n" in shop.run("campaign", "preview", "hello").out


def test_a_column_of_refusals_is_refused_with_the_right_key(shop: Shop) -> None:
    shop.configure("consent: optin", "consent: unsubscribed")
    found = shop.run("plan", "--json")
    assert found.code == 1 and found.json["error"]["code"] == "refusal_as_consent"
    assert "opted_out: unsubscribed" in found.json["error"]["hint"]
