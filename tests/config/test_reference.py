"""The reference of ampenet.yaml: each key says what it is, and its example can be loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import Field

from ampenet_sync.config import load
from ampenet_sync.config.reference import Key, find_keys, keys
from ampenet_sync.config.source import Model
from ampenet_sync.errors import ConfigError

WHOLE = """
customers: {phone: phone, first_name: first_name}
segments: {gold: {mode: mirror}}
campaigns: {welcome: {segment: gold, sender_id: DUKA, kind: transactional, message: "Habari {{ first_name }}"}}
"""


@pytest.mark.parametrize("key", keys(), ids=lambda key: key.key)
def test_a_key_says_what_it_is_and_its_example_loads(key: Key, tmp_path: Path) -> None:
    assert key.type and key.sentence.endswith(".") and key.sentence[0] != " "
    example = yaml.load(key.example, yaml.BaseLoader)
    assert _at(example, key.key.replace("NAME", "gold" if key.key.startswith("segments") else "welcome")) is not None
    path = tmp_path / "ampenet.yaml"
    path.write_text(yaml.safe_dump(_merged(yaml.load(WHOLE, yaml.BaseLoader), example)), encoding="utf-8")
    assert load(path, environ={})


def test_an_example_that_does_not_load_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "ampenet.yaml"
    path.write_text(yaml.safe_dump(_merged(yaml.load(WHOLE, yaml.BaseLoader), {"api": {"dialect": "4"}})))
    with pytest.raises(ConfigError, match=r"api\.dialect"):
        load(path, environ={})


@pytest.mark.parametrize(
    ("key", "type", "default"),
    [
        ("api.dialect", "auto, 3.1, 3.8 or 3.9", "auto"),
        ("api.concurrency", "whole number, 1 to 64", "4"),
        ("campaigns.welcome.smart_encoding", "true or false", "true"),
        ("segments.gold.limits.deletes", "share, number of rows, or none", "10%"),
        ("customers.collisions", "first, last or section", "first"),
        ("customers.fields", "name of a column for each TAG, or none", ""),
        ("countries", "list, each a country's two letters, or none", ""),
    ],
)
def test_types_and_defaults_are_those_of_the_models(key: str, type: str, default: str) -> None:
    found = find_keys(key)[0]
    assert (found.type, found.default) == (type, default)


def test_a_default_is_what_counts_where_the_key_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "ampenet.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    api = load(path, environ={}).api
    shown = {key.key: key.default for key in keys()}
    assert {f"api.{name}": str(value or "") for name, value in api if name != "settle_seconds"}.items() <= shown.items()


def test_a_name_of_ones_own_stands_for_name() -> None:
    assert [key.key for key in find_keys("segments.gold.where")] == ["segments.NAME.where"]


def test_the_last_word_is_enough_wherever_it_stands() -> None:
    assert [key.key for key in find_keys("deletes")] == ["segments.NAME.deletes", "segments.NAME.limits.deletes"]


def test_a_section_brings_what_is_in_it() -> None:
    assert {"customers", "customers.source", "customers.source.sql.url"} <= {key.key for key in find_keys("customers")}


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("segments.gold.wher", "did you mean segments.NAME.where?"),
        ("campain.cap", "did you mean campaigns.NAME.cap?"),
        ("requests_per_second", "did you mean api.requests_per_minute?"),
        ("xyzzy", "to see them all: ampenet-sync config"),
        (".", "to see them all: ampenet-sync config"),
    ],
)
def test_an_unknown_key_is_answered_with_the_nearest(word: str, hint: str) -> None:
    with pytest.raises(ConfigError) as refused:
        find_keys(word)
    assert (refused.value.code, refused.value.hint) == ("unknown_key", hint)


def test_a_phone_typed_as_a_key_is_not_said_again() -> None:
    with pytest.raises(ConfigError) as refused:
        find_keys("255712345678")
    assert "255712345678" not in str(refused.value) + refused.value.hint


class _Listed(Model):
    at: str = Field(description="Where.", examples=["at: 08:00"])


class _Other(Model):
    """As a later section may be: sections in a list, and under names."""

    hours: tuple[_Listed, ...] = Field((), description="When.", examples=["hours: [{at: 08:00}]"])
    shops: dict[str, _Listed] = Field({}, description="Which.", examples=["shops: {dodoma: {at: 08:00}}"])


def test_sections_in_lists_and_under_names_are_explained_too() -> None:
    found = {key.key: key.example for key in keys(_Other)}
    assert list(found) == ["hours", "hours.ITEM.at", "shops", "shops.NAME.at"]
    assert yaml.load(found["hours.ITEM.at"], yaml.BaseLoader) == {"hours": [{"at": "08:00"}]}
    assert yaml.load(found["shops.NAME.at"], yaml.BaseLoader) == {"shops": {"name": {"at": "08:00"}}}


def _at(tree: Any, dotted: str) -> Any:
    for step in dotted.split("."):
        tree = tree[0 if step == "ITEM" else step]
    return tree


def _merged(whole: Any, part: Any) -> Any:
    """The whole file with an example's lines in their places."""
    if not (isinstance(whole, dict) and isinstance(part, dict)):
        return part
    return whole | {key: _merged(whole.get(key), value) for key, value in part.items()}
