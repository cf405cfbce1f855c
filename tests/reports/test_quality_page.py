"""The data-quality page as text: every figure in a table, nothing that runs or leads away, the same bytes again."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from ampenet_sync.pipeline.quality import Quality
from ampenet_sync.reports import quality_plots
from ampenet_sync.reports.quality_page import quality_page, share
from tests.reports.quality import ASKED, DAYS, EMPTY, HOSTILE, IMAGE, LINE, NOON, SCRIPT, SHOP


def page(quality: Quality = SHOP) -> str:
    return quality_page(quality, made_at=NOON)


class Seen(HTMLParser):
    """Tags with their attributes, cells by row, ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.rows: list[list[str]] = []
        self.cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attributes]
        self.cell = tag in ("th", "td") or (self.cell and tag in ("code", "span", "i"))
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.cell = self.cell and tag not in ("th", "td")

    def handle_data(self, data: str) -> None:
        if self.cell:
            self.rows[-1][-1] += data


def test_every_figure_stands_in_a_table() -> None:
    rows = [[cell.replace("\N{NO-BREAK SPACE}", " ").strip() for cell in row] for row in Seen(page()).rows]
    assert ["Tanzania TZ", "+255", "900", "94.6 %"] in rows and ["of no country", "", "1", "0.1 %"] in rows
    assert ["nothing written", "51", "5.4 %"] in rows and ["5 or more", "1"] in rows
    assert ["D1", "D2, D3, D4 and 1 more", "5"] in rows
    assert ["simu", "phone", "992", "97.4 %", ""] in rows
    assert [row[1:] for row in rows if row[0].startswith("digits_lost")] == [["40", "3.9 %"]]


def test_consent_is_told_in_four_counts_with_what_is_not_understood_and_the_line_to_write() -> None:
    shown = page(ASKED)
    rows = [[cell.replace("\N{NO-BREAK SPACE}", " ").strip() for cell in row] for row in Seen(shown).rows]
    assert ["no", "190", "20 %"] in rows and ["nothing written", "51", "5.4 %"] in rows
    assert ["not understood", "10", "1.1 %"] in rows
    assert '10 not understood: <code>labda</code> <span class="quiet">7</span>, <code>subscribed</code>' in shown
    assert f"<code>{LINE}</code>" in shown and "Strike each word from one of the lists" in shown


def test_who_opted_out_has_a_part_only_where_a_column_says_it() -> None:
    rows = [[cell.replace("\N{NO-BREAK SPACE}", " ").strip() for cell in row] for row in Seen(page(ASKED)).rows]
    assert ["nothing written", "940", "98.8 %"] in rows and ["not understood", "8", "0.8 %"] in rows
    assert "<code>opted_out: {column: at, yes: any}</code>" in page(ASKED) and "If that is right" in page(ASKED)
    assert "Who opted out" in page(ASKED) and "Who opted out" not in page()


def test_reasons_are_explained_in_english_and_swahili() -> None:
    assert "No phone number is written here." in page()
    assert '<span class="hint" lang="sw">Hakuna namba ya simu iliyoandikwa hapa.</span>' in page()


def test_the_same_figures_give_the_same_bytes() -> None:
    assert page() == page(replace(SHOP))


def test_a_moment_later_only_the_moment_differs() -> None:
    later = quality_page(SHOP, made_at=NOON + timedelta(hours=1))
    assert later.replace("24 Nov 2026, 13:00 EAT", "24 Nov 2026, 12:00 EAT") == page()


@pytest.mark.parametrize("quality", [SHOP, EMPTY, HOSTILE, ASKED], ids=["shop", "empty", "hostile", "asked"])
def test_it_runs_nothing_and_leads_nowhere(quality: Quality) -> None:
    seen = Seen(page(quality))
    assert {"script", "iframe", "img", "object", "form", "base"}.isdisjoint(seen.tags)
    links = [value for name, value in seen.attributes if name in ("href", "src", "xlink:href", "srcset", "action")]
    assert [link[:15] for link in links] == ["data:image/svg+"]
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    assert (
        "content",
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'",
    ) in (seen.attributes)
    assert "url(" not in page(quality)


def test_what_the_source_is_called_and_holds_is_shown_as_it_is_written() -> None:
    seen = Seen(page(HOSTILE))
    first = {row[0] for row in seen.rows}
    assert {SCRIPT, IMAGE} <= first
    assert "{{ quality }}" in page(HOSTILE) and "Quality(origin" not in page(HOSTILE)


@pytest.mark.parametrize("quality", [SHOP, EMPTY, HOSTILE, ASKED], ids=["shop", "empty", "hostile", "asked"])
def test_ids_are_unique_and_what_names_them_is_there(quality: Quality) -> None:
    attributes = Seen(page(quality)).attributes
    ids = [value for name, value in attributes if name == "id"]
    named = {one for name, value in attributes if name == "aria-labelledby" for one in value.split()}
    assert len(ids) == len(set(ids)) and named <= set(ids)


def test_a_source_without_anything_says_so_instead_of_showing_empty_plots() -> None:
    shown = page(EMPTY)
    assert "No row is quarantined." in shown and "There is no customer to count." in shown
    assert "names neither a column nor an attestation" in shown and "first reading that is known" in shown
    assert "<svg" not in shown and "NaN" not in shown and "inf" not in shown.lower().replace("information", "")


def test_an_open_end_is_pointed_out() -> None:
    assert "has no line break" in page(HOSTILE) and "has no line break" not in page()


def test_plots_take_their_colours_from_the_page() -> None:
    plots = "".join(re.findall(r"<svg.*?</svg>", page(), re.DOTALL))
    assert plots.count("<svg") == 5 and "var(--accent)" in plots
    assert not re.search(r"#[0-9a-f]{3,6}|rgb\(", plots)


def test_a_screen_reader_is_told_what_a_plot_shows() -> None:
    assert "Quarantined rows: digits_lost 40, blank 27, duplicate_key 1." in page()


def test_a_count_of_one_among_a_million_has_a_bar() -> None:
    drawn = quality_plots.bars({"many": 1_000_000, "one": 1}, name="n", title="t", description="d")
    left, right = (float(x) for x in re.findall(r"M ([\d.]+) [\d.]+ L ([\d.]+)", drawn)[1])
    assert right - left >= 1


def test_four_hundred_readings_are_one_line_without_markers() -> None:
    many = tuple(replace(DAYS[0], at=day * 86_400.0, digest=str(day)) for day in range(400))
    assert "<circle" not in page(replace(SHOP, trend=many)) and "<circle" in page()
    assert len(page(replace(SHOP, trend=many))) < 60_000


@pytest.mark.parametrize(
    ("count", "of", "said"),
    [(1, 3, "33.3 %"), (0, 9, "0 %"), (9, 9, "100 %"), (1, 10_000, "< 0.1 %"), (9999, 10_000, "> 99.9 %"), (0, 0, "–")],
)
def test_a_share_never_hides_what_is_there(count: int, of: int, said: str) -> None:
    assert share(count, of).replace("\N{NO-BREAK SPACE}", " ") == said
