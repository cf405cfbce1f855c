"""What a person is told of a campaign's own texts: tags, damage, no way out, the starter's words."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ampenet_sync.campaigns.proofreading import text_notes, text_warnings
from ampenet_sync.config import Campaign, Config
from ampenet_sync.config.starter import NAMELESS
from ampenet_sync.config.words import DAMAGE

USUAL = {
    "segment": "vip",
    "sender_id": "DUKA",
    "kind": "marketing",
    "message": "Habari {{ first_name }}",
    "opt_out": "Acha",
}
CUSTOMERS = {"phone": "simu", "first_name": "jina", "fields": {"CITY": "mji"}}


def warnings(*, live: bool = True, columns: tuple[str, ...] = (), **changed: Any) -> list[str]:
    campaign = Campaign.model_validate({**USUAL, **changed})
    config = Config.model_validate({"customers": CUSTOMERS, "segments": {"vip": {}}, "campaigns": {"hello": campaign}})
    return list(text_warnings(config, campaign, live=live, columns=columns))


def notes(**changed: Any) -> list[str]:
    return list(text_notes(Campaign.model_validate({**USUAL, **changed})))


def test_a_sound_text_is_passed_without_a_word() -> None:
    assert warnings() == [] and notes() == []
    assert warnings(message="{{ first_name }}: bei {1,000} [ofa] https://duka.co/?a={1} asha@duka.co #ofa 20%") == []


@pytest.mark.parametrize(
    ("message", "warning"),
    [
        ("Habari {mteja}", "'{mteja}' is sent as it stands; if it is meant as a variable, write {{ first_name }}"),
        ("Habari [Name]", "'[Name]' is sent as it stands; if it is meant as a variable, write {{ first_name }}"),
        ("Salio {salio}", "'{salio}' is sent as it stands; if it is meant as a variable, "
         "variables are {{ CITY }}, {{ city }}, {{ first_name }}"),
        ("Karibu {ofa}", "'{ofa}' looks like another tool's tag and is sent as it stands"),
        ("Au first_name", "'first_name' is sent as it stands; if it is meant as a variable, write {{ first_name }}"),
    ],
)  # fmt: skip
def test_a_look_alike_is_named_with_what_is_sent_and_what_may_be_meant(message: str, warning: str) -> None:
    assert warnings(message=message) == [warning]
    assert warnings(opt_out=message) == [warning]


def test_each_tag_is_named_once_and_many_are_counted() -> None:
    assert len(warnings(message="{a1} {a1} {b1}")) == 2
    assert warnings(message=" ".join(f"{{ofa{n}}}" for n in range(9)))[-1] == "… and 4 more such tags"


def test_a_column_of_the_source_is_known_by_its_name() -> None:
    assert warnings(message="Kadi card_no") == []
    (warning,) = warnings(message="Kadi card_no", columns=("Card No",))
    assert "customers.fields: {CARD_NO: Card No}" in warning


def test_marketing_without_a_way_out_is_warned_of_unless_it_is_on_purpose() -> None:
    assert warnings(opt_out=None, kind="transactional") == [] == notes(opt_out=None, kind="transactional")
    without = {key: value for key, value in USUAL.items() if key != "opt_out"}
    config = Config.model_validate({"customers": CUSTOMERS, "segments": {"vip": {}}})
    assert list(text_warnings(config, Campaign.model_validate(without), live=True)) == [
        "the message says no way to opt out: write opt_out"
    ]
    assert (warnings(opt_out="none"), notes(opt_out="none")) == ([], ["no way to opt out is added, as opt_out is none"])


def test_a_text_without_a_variable_is_said_to_be_the_same_for_everybody() -> None:
    same = ["everybody reads the same text: the message has no variable"]
    assert notes(message="Habari mteja") == same == notes(message="{{ 'Habari' }}")
    assert notes(message="{% if CITY == 'Dodoma' %}Karibu{% endif %}") == []


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"message": "AMPENET: Habari {{ first_name | default('mteja') }}, karibu."}, "message"),
        ({"message": NAMELESS}, "message"),
        ({"opt_out": "Kujitoa: piga 0800 000 000"}, "opt_out"),
        ({"sender_id": "AMPENET"}, "sender_id"),
        ({"sender_id": "AMPENET", "opt_out": "Kujitoa: piga 0800 000 000"}, "opt_out, sender_id"),
    ],
)
def test_what_the_starter_wrote_is_warned_of_where_phones_ring(changed: dict[str, str], named: str) -> None:
    assert warnings(**changed) == [f"still as init wrote it, as an example: {named}. Write your own"]
    assert warnings(live=False, **changed) == []


DAMAGED = [
    "Asha\ufffd", "Juma &amp; Co", "Ng&#39;ang&#39;a", "&nbsp;", "No&euml;l &eacute;", "NoÃ«l", "JosÃ©", "Ngâ€™ombe",
    "â€œOfaâ€\x9d", "5Â kg", "Jina Â", "ðŸ˜€", "ï»¿Asha", "JosÃƒÂ©", "Jos\\u00e9", "Jos=C3=A9", "â‚¬5",
    "Ngâ\x80\x99ombe",
]  # fmt: skip
SOUND = [
    "Noël Désiré", "Ng'ang'a", "R&D; na kadhalika", "Asha&Juma;", "JOÃO DA SÃO", "MAÇÃ", "CÂMARA", "Ângela",
    "5 € na £5", "pâté", "20% & zaidi", "http://duka.co/?a=1&amp=2", "a=C3", "😀", "Æ Ø Å", "",
]  # fmt: skip


def test_damage_is_known_by_its_signs_in_both_kinds_of_patterns() -> None:
    assert [text for text in DAMAGED if not re.search(DAMAGE, text)] == []
    assert [text for text in SOUND if re.search(DAMAGE, text)] == []
    assert pc.match_substring_regex(pa.array(DAMAGED), DAMAGE).to_pylist() == [True] * len(DAMAGED)
    assert pc.match_substring_regex(pa.array(SOUND), DAMAGE).to_pylist() == [False] * len(SOUND)


@pytest.mark.parametrize("key", ["message", "opt_out"])
def test_a_text_that_was_damaged_in_the_configuration_says_where(key: str) -> None:
    (warning,) = warnings(
        **{key: "Punguzo kwa {{ first_name }} &amp; wote" if key == "message" else "Acha &amp; ondoka"}
    )
    assert warning == f"{key} was damaged before it came here: it holds '&amp;'. Type that place in again"
