"""Plans as a page: every figure and example, nothing that runs or leads away, the same bytes again."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ampenet_sync.reports.plan_markdown import plans_markdown
from ampenet_sync.reports.plan_page import plan_page
from ampenet_sync.reports.planfacts import NONE_KEPT, forecast_words, lasting
from ampenet_sync.sync.planfile import Forecast
from tests.reports.plans import MARKUP, SCRIPT, TURNED, busy, hostile, idle, proposal, twelve, undone, unsafe


class Seen(HTMLParser):
    """Tags with their attributes, and what is written between them, with single blanks."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.rows: list[list[str]] = []
        self.words: list[str] = []
        self.styled = self.celled = False
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attributes]
        self.styled = tag == "style"
        self.celled = tag in ("th", "td") or self.celled
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.styled = self.styled and tag != "style"
        self.celled = self.celled and tag not in ("th", "td")

    def handle_data(self, data: str) -> None:
        if not self.styled:
            self.words += data.split()
        if self.celled:
            self.rows[-1][-1] = " ".join(f"{self.rows[-1][-1]} {data}".split())

    @property
    def text(self) -> str:
        return " ".join(self.words)


def test_it_says_the_verdict_first_then_the_figures_and_the_rows_with_their_reasons(tmp_path: Path) -> None:
    seen = Seen(plan_page([busy(tmp_path)]))
    assert seen.text.startswith(
        "Plan of vip: safe safe Plan of segment vip LIVE api.ampenet.example VIP Dar es Salaam "
        "50 contacts would be created, updated or deleted. It is within every limit. "
    )
    assert "creates 31 updates 16 deletes 3 unchanged 2,300 links 4 drift 4 foreign 7 held 5 suppressed 1" in seen.text
    assert ["2557•••000 D-0", "first_name Neema → Asha0 CITY (blank) → Moshi", "wateja.csv:1"] in seen.rows
    assert ["2557•••002 D-3002", "Neema", ""] in seen.rows
    assert "14 to update the customer's record says something else than the contact" in seen.text
    assert "… and 4 more" in seen.text and "… and 21 more" in seen.text


def test_it_says_what_the_plan_costs_risks_and_until_when_it_is_good(tmp_path: Path) -> None:
    plan = busy(tmp_path)
    text = Seen(plan_page([plan])).text
    assert "Drift 2 contacts changed, 2 contacts removed, 7 contacts added by somebody else." in text
    assert "In this order link 4, update 16, create 31, delete 3 (2 calls each)." in text
    assert "Forecast 53 calls and 96 pages to read, at least 3 min at 60 calls a minute." in text
    assert "Welcome SMS Ampenet may send the group's welcome SMS to 31 new contacts, and it is paid for." in text
    assert "Where LIVE api.ampenet.example, account 5f0c3a9b1d2e4 Group VIP Dar es Salaam (65f0c3a9b1d2e)" in text
    assert "Made 24 Nov 2026, 12:00 EAT Good until 25 Nov 2026, 12:00 EAT" in text
    assert f"Digest {plan.plan.digest} To carry it out: ampenet-sync apply {plan.plan.digest} Made by" in text


def test_an_unsafe_plan_names_each_limit_and_the_command_that_allows_it(tmp_path: Path) -> None:
    plan = unsafe(tmp_path)
    text = Seen(plan_page([plan])).text
    assert "It exceeds 2 limits, so it is not carried out before somebody has looked at it and allowed it." in text
    assert "deletes 40 of 100 contacts (40 %); the limit is 10%" in text
    assert f"ampenet-sync apply {plan.plan.digest} --allow {plan.plan.digest}" in text


def test_where_nothing_is_to_be_done_nothing_is_advised(tmp_path: Path) -> None:
    text = Seen(plan_page([idle(tmp_path)])).text
    assert text.startswith("Plan of vip: nothing to do nothing to do Plan of segment vip")
    assert "ampenet-sync apply" not in text and "Forecast" not in text and "What changes" not in text


def test_several_segments_have_a_table_that_leads_to_a_section_each(tmp_path: Path) -> None:
    page = plan_page(twelve(tmp_path))
    seen = Seen(page)
    assert "2 unsafe 9 safe 1 nothing to do Plans of 12 segments All of them: 95,853 calls" in seen.text
    assert ["old unsafe", "VIP Dar es Salaam", "unsafe", "12", "0", "40", "60"] in seen.rows
    targets = [value[1:] for name, value in seen.attributes if name == "href" and value.startswith("#")]
    ids = [value for name, value in seen.attributes if name == "id"]
    assert set(targets) <= set(ids) and len(ids) == len(set(ids))
    assert {f"plan-{number}" for number in range(1, 13)} <= set(targets)


def test_where_no_segment_is_kept_in_a_group_it_says_so() -> None:
    seen = Seen(plan_page([]))
    assert "Plans of 0 segments No segment is kept in a group, so there is nothing to plan." in seen.text
    assert "table" not in seen.tags and plans_markdown([]) == f"{NONE_KEPT}\n"


def test_hostile_names_are_letters_and_nothing_runs_or_leads_away(tmp_path: Path) -> None:
    page = plan_page([hostile(tmp_path)])
    seen = Seen(page)
    assert not {"script", "img", "iframe", "form", "object"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    assert [v for n, v in seen.attributes if n in ("href", "src") and not v.startswith(("#", "data:"))] == []
    assert " ".join(SCRIPT.split()) in seen.text and " ".join(MARKUP.split()) in seen.text
    assert "\u202e" not in page and TURNED.split()[-1] in seen.text and "{{ 7 * 7 }}" in seen.text


@pytest.mark.parametrize("made", [busy, unsafe, hostile])
def test_no_whole_phone_is_in_it_wherever_it_stood(tmp_path: Path, made) -> None:
    assert not re.search(r"255712\d{6}|0712 345 678", plan_page([made(tmp_path)]))


def test_the_plan_of_an_undo_says_which_run_it_undoes(tmp_path: Path) -> None:
    assert "Made from the ledger: it undoes run 3f9a2b71" in Seen(plan_page([undone(tmp_path)])).text


def test_a_group_that_is_called_otherwise_now_is_told_with_both_names(tmp_path: Path) -> None:
    text = Seen(plan_page([proposal(tmp_path, group_now="Wateja wakubwa")])).text
    assert "Wateja wakubwa (65f0c3a9b1d2e), configured as VIP Dar es Salaam" in text


@pytest.mark.parametrize("made", [busy, idle, unsafe, hostile])
def test_the_same_plan_is_the_same_bytes(tmp_path: Path, made) -> None:
    assert plan_page([made(tmp_path / "a")]) == plan_page([made(tmp_path / "b")])


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 s"), (59, "59 s"), (60, "1 min"), (61, "2 min"), (3600, "1 h"), (48_000, "13 h 20 min"), (3_599, "1 h")],
)
def test_a_time_is_rounded_up(seconds: int, words: str) -> None:
    assert lasting(seconds) == words


@pytest.mark.parametrize(
    ("calls", "nights"),
    [
        (60, "at least 1 min at 60 calls a minute."),
        (28_800, "at least 8 h at 60 calls a minute: one night of eight hours."),
        (28_801, "at least 8 h 1 min at 60 calls a minute: two nights of eight hours."),
        (28_800 * 13, "at least 104 h at 60 calls a minute: 13 nights of eight hours."),
        (0, "within a second at 60 calls a minute."),
    ],
)
def test_a_forecast_says_how_many_nights_it_takes(calls: int, nights: str) -> None:
    assert forecast_words(Forecast(calls, 0, calls), 60).endswith(f"calls and 0 pages to read, {nights}")
