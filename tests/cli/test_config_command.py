"""`config` explains ampenet.yaml, whether there is one or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ampenet_sync.config.reference import keys
from tests.cli.conftest import Shop


def test_one_key_is_explained_with_its_example(shop: Shop) -> None:
    assert shop.run("config", "segments.gold.adopt").out.splitlines() == [
        "segments.NAME.adopt: none or matched",
        "Whether a contact that somebody else made becomes ours where it has a customer's phone.",
        "Where it isn't written: none",
        "",
        "  segments:",
        "    gold:",
        "      group: Gold customers",
        "      mode: mirror",
        "      adopt: matched",
        "",
    ]


def test_all_keys_are_listed_without_a_configuration_or_a_call(shop: Shop) -> None:
    Path("ampenet.yaml").unlink()
    ran = shop.run("config")
    assert ran.code == 0 and all(f"\n{key.key} " in f"\n{ran.out}" for key in keys())
    assert "ampenet-sync config api.dialect" in ran.out
    assert shop.sandbox.requests() == []


def test_a_section_is_explained_and_its_keys_are_listed(shop: Shop) -> None:
    out = shop.run("config", "campaigns.hello.cap").out
    assert out.startswith("campaigns.NAME.cap: section, or none\n")
    assert "campaigns.NAME.cap.messages  " in out and "campaigns.NAME.kind" not in out


def test_a_required_key_says_so(shop: Shop) -> None:
    assert "It has to be there." in shop.run("config", "customers.phone").out


def test_a_script_gets_the_same_as_an_object(shop: Shop) -> None:
    assert shop.run("config", "countries", "--json").json == {
        "keys": [
            {
                "key": "countries",
                "type": "list, each a country's two letters, or none",
                "default": "",
                "required": False,
                "sentence": "The countries whose numbers are taken; others are quarantined. "
                "Without any, all are taken.",
                "example": "countries: [TZ, KE]",
            }
        ]
    }
    assert len(shop.run("config", "--json").json["keys"]) == len(keys())


def test_an_unknown_key_is_answered_with_the_nearest(shop: Shop) -> None:
    ran = shop.run("config", "api.dialekt")
    assert ran.code == 1 and "there is no key 'api.dialekt' in ampenet.yaml [unknown_key]" in ran.err
    assert "Next: did you mean api.dialect?" in ran.err


@pytest.mark.parametrize("word", ["settings", "keys", "reference"])
def test_words_of_other_tools_lead_to_it(word: str, shop: Shop) -> None:
    assert "Did you mean:  ampenet-sync config\n" in shop.run(word).err
