"""The data-quality page in headless Chromium, from the file as a person opens it."""

from __future__ import annotations

import pytest

from ampenet_sync.pipeline.quality import Quality
from ampenet_sync.reports.quality_page import quality_page
from tests.browser import contrast
from tests.reports.conftest import Show
from tests.reports.quality import ASKED, EMPTY, HOSTILE, NOON, SHOP


@pytest.fixture
def look(show: Show) -> Show:
    """Opens the page of some figures at a width."""
    return lambda quality=SHOP, width=1200, **options: show(quality_page(quality, made_at=NOON), width, **options)


@pytest.mark.parametrize("quality", [SHOP, EMPTY, HOSTILE, ASKED], ids=["shop", "empty", "hostile", "asked"])
@pytest.mark.parametrize("width", [360, 390, 820, 1200])
def test_nothing_scrolls_sideways(look, quality: Quality, width: int) -> None:
    page = look(quality, width)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    cut = "[...document.querySelectorAll('.card, .figures')].filter(e => e.scrollWidth > e.clientWidth).length"
    assert page.evaluate(cut) == 0


def test_each_part_has_a_heading_a_plot_with_a_name_and_a_table(look) -> None:
    page = look()
    for name in ("Why rows are quarantined", "Where the phones belong", "Who agreed to marketing", "Over time"):
        part = page.get_by_role("region", name=name)
        assert part.get_by_role("heading", name=name).count() == 1
        assert part.get_by_role("img", name=name).count() == 1
        assert part.get_by_role("table").count() == 1
    assert page.get_by_role("row", name="Tanzania TZ +255 900").count() == 1


def test_who_opted_out_stands_beside_who_agreed(look) -> None:
    part = look(ASKED, 390).get_by_role("region", name="Who opted out")
    assert part.get_by_role("img", name="Who opted out").count() == part.get_by_role("table").count() == 1
    assert part.get_by_text("opted_out: {column: at, yes: any}").is_visible()


def test_letters_of_a_plot_stay_within_it_and_are_big_enough_on_a_phone(look) -> None:
    page = look(width=390)
    outside = """[...document.querySelectorAll('.plot text')].filter(letters => {
        const own = letters.getBoundingClientRect(), plot = letters.closest('svg').getBoundingClientRect();
        return own.left < plot.left - 1 || own.right > plot.right + 1 || own.top < plot.top - 3 || own.height < 12;
    }).map(letters => letters.textContent)"""
    assert page.evaluate(outside) == []


def test_hostile_words_are_letters_and_run_nothing(look) -> None:
    page = look(HOSTILE)
    assert page.title().startswith("Data quality · <script>")
    assert page.locator("script, img, iframe").count() == 0
    assert page.get_by_role("rowheader", name="<script>document.title='run'</script>").count() == 2


def test_it_is_dark_where_the_reader_wants_it_dark_but_not_on_paper(look) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    page = look(color_scheme="dark")
    assert page.evaluate(paper) == "rgb(22, 21, 20)"
    assert page.evaluate("getComputedStyle(document.querySelector('.plot text')).fill") == "rgb(236, 231, 222)"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(paper) == "rgb(255, 255, 255)"


PAIRS = [("ink", "card", 7), ("soft", "card", 4.5), ("soft", "paper", 4.5), ("warn", "warn-tint", 4.5)]
PAIRS += [("accent", "card", 3), ("warn", "card", 3)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_bars_stand_out_from_what_is_behind_them(look, scheme: str) -> None:
    page = look(color_scheme=scheme)
    colour = "name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()"
    for text, behind, least in PAIRS:
        assert contrast(page.evaluate(colour, text), page.evaluate(colour, behind)) >= least, (text, behind)
