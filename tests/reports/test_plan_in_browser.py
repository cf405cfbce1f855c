"""The page of plans in headless Chromium, from the file as a person opens it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ampenet_sync.reports.plan_page import plan_page
from ampenet_sync.reports.planfacts import Proposal
from tests.browser import contrast
from tests.reports.conftest import Show
from tests.reports.plans import busy, hostile, idle, twelve, undone, unsafe

SCENES: dict[str, Callable[[Path], Proposal | Sequence[Proposal]]] = {
    "busy": busy,
    "idle": idle,
    "unsafe": unsafe,
    "hostile": hostile,
    "undone": undone,
    "twelve": twelve,
}


@pytest.fixture
def look(show: Show, tmp_path: Path) -> Show:
    """Opens the page of a scene at a width."""

    def open_scene(scene: str = "busy", width: int = 1200, **options: Any) -> Any:
        made = SCENES[scene](tmp_path)
        return show(plan_page([made] if isinstance(made, Proposal) else made), width, **options)

    return open_scene


@pytest.mark.parametrize("scene", list(SCENES))
@pytest.mark.parametrize("width", [360, 820, 1200])
def test_nothing_scrolls_sideways(look, scene: str, width: int) -> None:
    page = look(scene, width)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    cut = "[...document.querySelectorAll('.card, .figures, .note')].filter(e => e.scrollWidth > e.clientWidth).length"
    assert page.evaluate(cut) == 0


def test_each_part_has_a_heading_and_headings_skip_no_level(look) -> None:
    page = look("busy")
    for name in ("What changes", "What stays as it is", "What it takes"):
        assert page.get_by_role("region", name=name).get_by_role("heading", name=name).count() == 1
    levels = "[...document.querySelectorAll('h1,h2,h3,h4')].map(e => +e.tagName[1])"
    for scene in ("busy", "twelve"):
        found = look(scene).evaluate(levels)
        assert found[0] == 1 and all(after <= before + 1 for before, after in pairwise(found))


def test_the_command_can_be_taken_whole_with_one_click(look) -> None:
    page = look("unsafe")
    page.locator(".command").click()
    words = page.evaluate("getSelection().toString()").strip().split()
    assert words[:2] == ["ampenet-sync", "apply"] and words[2] == words[4] and words[3] == "--allow"


def test_a_limit_that_is_exceeded_leads_to_the_command_that_allows_it(look) -> None:
    page = look("unsafe")
    page.get_by_role("link", name="the command below").click()
    assert page.locator(".command").is_visible() and page.url.endswith("#plan-1-takes")


def test_on_a_phone_the_table_of_segments_still_says_each_verdict_once(look) -> None:
    for width in (360, 1200):
        rows = look("twelve", width).locator(".summary tbody tr")
        assert rows.nth(0).inner_text().split()[:1] == ["old"]
        assert [rows.nth(at).inner_text().count("unsafe") for at in range(3)] == [1, 0, 1]


def test_hostile_words_are_letters_and_run_nothing(look) -> None:
    page = look("hostile")
    assert page.title() == "Plan of vip: unsafe"
    assert page.locator("script, img, iframe").count() == 0
    assert page.get_by_role("cell", name="<script>document.title='run'</script>", exact=True).count() == 1


def test_it_is_dark_where_the_reader_wants_it_dark_but_not_on_paper(look) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    page = look(color_scheme="dark")
    assert page.evaluate(paper) == "rgb(22, 21, 20)"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(paper) == "rgb(255, 255, 255)"


PAIRS = [("accent", "tint"), ("warn", "warn-tint"), ("soft", "paper"), ("soft", "card"), ("accent", "card")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_verdicts_and_notes_stand_out_from_what_is_behind_them(look, scheme: str) -> None:
    page = look(color_scheme=scheme)
    colour = "name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()"
    for text, behind in PAIRS:
        assert contrast(page.evaluate(colour, text), page.evaluate(colour, behind)) >= 4.5, (text, behind)
