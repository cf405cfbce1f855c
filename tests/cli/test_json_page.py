"""docs/json.md says of each --json object which keys it has: all of them, and none that is never there."""

from __future__ import annotations

import re
from typing import Any

import click
import pytest

from tests.cli.conftest import Shop
from tests.cli.jsonpage import PAGE, allowed, keys_in, sections, unread_rows
from tests.cli.jsonscenes import SCENES, Scene
from tests.cli.parsing import command_at, commands

WRITTEN = sections(PAGE)
PARTS = (
    "trace",
    "counts",
    "answer",
    "collision",
    "recognition",
    "planned",
    "evidence",
    "outcome",
    "used",
    "suppression",
)
WITH_JSON = [
    " ".join(path)
    for path in commands()
    if any(isinstance(option, click.Option) and "--json" in option.opts for option in command_at(path).params)
]


def test_each_command_with_json_has_a_section() -> None:
    assert set(WITH_JSON) <= set(WRITTEN)
    assert set(WRITTEN) - set(WITH_JSON) == {*PARTS, "Parts", "error"}


def test_every_row_of_the_page_is_read() -> None:
    assert unread_rows(PAGE) == []
    assert unread_rows("| plans | text | without its quotes |") != []


def test_each_command_has_its_scene() -> None:
    assert {command for scene in SCENES.values() for command in scene.commands} == {*WITH_JSON, "error"}


@pytest.mark.parametrize("scene", SCENES.values(), ids=list(SCENES))
def test_a_command_prints_the_keys_of_the_page_and_no_other(scene: Scene, shop: Shop) -> None:
    """Names of one's own may be missing on such a day, anything else not."""
    seen: dict[str, set[str]] = {command: set() for command in scene.commands}
    for command, answer in scene.play(shop):
        types = allowed(WRITTEN[command])
        for key, kind in keys_in(answer, WRITTEN[command]):
            assert kind in types.get(key, ()), f"docs/json.md, {command}: there is no {key} that is {kind}"
            seen[command].add(key)
    for command, keys in seen.items():
        named = {
            key for key in WRITTEN[command] if not (re.search(r"\.[A-Z]+$", key) or key.startswith(scene.elsewhere))
        }
        assert named - keys == set(), f"docs/json.md, {command}: this is never there"


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"made": True}, [("made", "boolean")]),
        ({"reasons": {"too_short": 3}}, [("reasons", "object"), ("reasons.CODE", "whole number")]),
        ({"rows": [{"key": "1"}]}, [("rows", "list"), ("rows[]", "object"), ("rows[].key", "text")]),
    ],
)
def test_an_answer_is_read_as_the_page_names_it(answer: Any, found: list[tuple[str, str]]) -> None:
    assert list(keys_in(answer, {"reasons": "object", "reasons.CODE": "whole number"})) == found


def test_a_part_stands_in_each_section_that_names_it() -> None:
    assert WRITTEN["import"]["plans[].collisions[].phone"] == WRITTEN["collision"]["phone"] == "text"
    assert WRITTEN["plan"]["run"] == WRITTEN["sync"]["run"] == "text"
