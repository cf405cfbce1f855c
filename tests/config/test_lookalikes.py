"""Other tools' tags in a text: what is surely one, what looks like one, and what is money, a link or prose."""

from __future__ import annotations

import time

import pytest

from ampenet_sync.config import Customers
from ampenet_sync.config.lookalikes import find_lookalikes
from ampenet_sync.config.variables import folded, meanings, tag_of, variables_of

CUSTOMERS = Customers(
    phone="simu", key="id", first_name="given_name", fields={"CITY": "mji"}, types={"points": "integer"}
)
KNOWN = meanings(CUSTOMERS, columns=["Namba ya kadi"])


def tags(text: str) -> dict[str, bool]:
    """Each tag as it is written → whether it is certain."""
    return {tag.written: tag.certain for tag in find_lookalikes(text, KNOWN)}


@pytest.mark.parametrize(
    "written",
    [
        "{first_name}", "{First Name}", "{ FIRST_NAME }", "{firstname}", "{first-name}", "{{{first_name}}}",
        "{{ first_name }", "{first_name}}", "{{first_name}", "{{contact.first_name}", "{contact.first_name}",
        "{first_name|mteja}", "{first_name: mteja}", "{first_name, mteja}", "{$first_name}", "{!first_name}",
        "${first_name}", "#{first_name}", "%{first_name}", "@{first_name}", "{#first_name#}", "{%first_name%}",
        "[first_name]", "[First Name]", "[FIRSTNAME]", "[[first_name]]", "[first_name,fallback=mteja]",
        "<first_name>", "<<First Name>>", "<%= first_name %>", "«first_name»", "%first_name%", "%%FIRSTNAME%%",
        "*|FIRST_NAME|*", "*|FIRST_NAME:mteja|*", "#first_name#", "##first_name##", "$first_name", "@first_name",
        "|first_name|", ":first_name:", "__first_name__", "｛first_name｝", "【first_name】", "％first_name％",
    ],
)  # fmt: skip
def test_a_variable_between_the_marks_of_another_tool_is_certainly_a_tag(written: str) -> None:
    assert tags(f"Habari {written}, ofa hadi Jumamosi") == {written: True}
    assert tags(written) == {written: True}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Habari {first_name, karibu sana", "{first_name"),
        ("Habari first_name}, karibu", "first_name}"),
        ("Habari {{first_name karibu", "{{first_name"),
        ("Habari {{ first_name, karibu {{ CITY }}", "{{ first_name"),
        ("Habari [first name karibu", "[first name"),
        ("Habari first_name] karibu", "first_name]"),
        ("Habari <first_name karibu", "<first_name"),
        ("Habari %first_name karibu", "%first_name"),
        ("Habari {Namba ya kadi sasa", "{Namba ya kadi"),
    ],
)
def test_a_tag_with_one_mark_missing_is_one_all_the_same(text: str, written: str) -> None:
    assert tags(text) == {written: True}


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("{first_name}", "write {{ first_name }}"),
        ("{given_name}", "write {{ first_name }}"),
        ("[mji]", "write {{ CITY }}"),
        ("{city}", "write {{ CITY }}"),
        ("{last_name}", "name its column under customers.last_name, then write {{ last_name }}"),
        ("{points}", "make the column a variable, customers.fields: {POINTS: points}, then write {{ POINTS }}"),
        ("{SIMU}", "make the column a variable, customers.fields: {SIMU: simu}, then write {{ SIMU }}"),
        (
            "[namba-ya-kadi]",
            "make the column a variable, customers.fields: {NAMBA_YA_KADI: Namba ya kadi}, then write "
            "{{ NAMBA_YA_KADI }}",
        ),
    ],
)
def test_the_right_spelling_of_names_and_columns_is_known(written: str, advice: str) -> None:
    (tag,) = find_lookalikes(written, KNOWN)
    assert tag.meaning is not None and (tag.meaning.advice, tag.certain) == (advice, True)


@pytest.mark.parametrize(
    "written",
    ["{jina}", "[jina]", "{Jina la kwanza}", "%jina%", "[Mteja]", "{fname}", "*|FNAME|*", "<name>", "@jina", "{salio}"],
)
def test_a_usual_name_looks_like_a_tag_and_may_be_prose(written: str) -> None:
    assert tags(f"Habari {written}, karibu") == {written: False}


@pytest.mark.parametrize(
    "written",
    [
        "{ofa}",
        "{{ofa}",
        "${offer}",
        "[OFA]",
        "[offer_price]",
        "[offerPrice]",
        "%OFFER%",
        "*|OFFER|*",
        "<b>",
        "<br/>",
        "[[ofa]]",
    ],
)
def test_a_name_nobody_knows_looks_like_a_tag(written: str) -> None:
    assert tags(f"Karibu {written} leo") == {written: False}


@pytest.mark.parametrize("written", ["first_name", "(first_name)", "_first_name_", "-first_name-", "=first_name="])
def test_a_variable_s_name_in_the_text_without_marks_is_told_but_is_not_certain(written: str) -> None:
    assert list(tags(f"Habari {written} karibu").values()) == [False]


@pytest.mark.parametrize(
    "text",
    [
        "Bei {1,000} hadi {2}", "Leo [ofa] na [punguzo kubwa]", "{ } {} [ ] <> %%", ":) :-D <3", "Ofa #1 #ofa #city",
        "https://duka.co/?a={1}&b=[2]", "https://duka.co/a%20b?c=%E2%80%99&name=asha", "Fuata @ampenet na @duka_letu",
        "asha@duka.co, first_name@duka.co, a@city.co", "20% hadi 50%, 100%ya", "$5, US$10, TZS 5,000/=",
        "5 < 6 > 4, 3<4", "8:city:9", "Saa 2:30:45", "points>100, mji > 5, 3<points", "mji ] city",
        "(mji) mji, city", "[mji yetu]", "{jambo hili ni refu sana kwa kweli}", "*150*00#",
        "https://x.co/@city https://x.co/#city# https://x.co/:mji:/", "na &amp; au &#39;", "Piga 0800|0801", "a_b_c",
    ],
)  # fmt: skip
def test_money_links_and_prose_pass(text: str) -> None:
    assert tags(text) == {}


def test_a_tag_in_a_link_is_one() -> None:
    found = tags("https://duka.co/{id}?u=%mji%&v={code}")
    assert found == {"{id}": True, "%mji%": True, "{code}": False}


def test_our_own_tags_and_what_is_quoted_in_them_are_none() -> None:
    assert tags("{{ first_name }} {{ CITY | default('{city}') }} {{ '@city' }} {# {city} #}") == {}
    assert tags("{% if CITY == '[city]' %}{{ CITY }}{% endif %}{{first_name}}") == {}


def test_places_are_those_of_the_text_as_it_is_written() -> None:
    text = "Désiré 😀 ｛city｝ na {first_name}"
    assert [text[tag.at :][: len(tag.written)] for tag in find_lookalikes(text, KNOWN)] == ["｛city｝", "{first_name}"]


@pytest.mark.parametrize(
    "part", ["{a ", "[a ", "<", "{", "a-", "|a", "%a", "ab_", "{a", "a.b ", "{{ '", "{% if ", "{# ", "{a|"]
)
def test_no_text_takes_long(part: str) -> None:
    began = time.process_time()
    find_lookalikes((part * 2000)[:2000], KNOWN)
    assert time.process_time() - began < 5


def test_variables_are_the_names_there_are_and_the_fields_in_both_spellings() -> None:
    assert variables_of(CUSTOMERS) == ["CITY", "city", "first_name"]
    assert folded(" First-Name_1 ") == folded("ＦＩＲＳＴ．ＮＡＭＥ１") == "firstname1"
    assert [tag_of(name) for name in ("Jina la duka", "Mji/Wilaya", "état", "電話")] == [
        "JINA_LA_DUKA",
        "MJI_WILAYA",
        "ETAT",
        "FIELD",
    ]
