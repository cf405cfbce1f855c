"""Plans as Markdown: what a person needs to say yes, and nothing that a cell could turn into markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ampenet_sync.reports.plain import plain
from ampenet_sync.reports.plan_markdown import LONGEST, NO_WIDTH, inert, plans_markdown
from tests.reports.plans import IMAGE, MARKUP, SCRIPT, TURNED, busy, hostile, idle, proposal, twelve, undone, unsafe

GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OURS = {"h1", "h2", "p", "strong", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "code", "pre"}
# What GitHub and chats turn into links and calls, in the text as it is shown.
LIVE = re.compile(r"@\w|#\w|://|\bwww\.|\bGH-\d|\b(?:mailto|xmpp):[^\s\u200b]", re.IGNORECASE)


class Rendered(HTMLParser):
    """Tags, cells by row, and all text that stands outside code."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self.within: list[str] = []
        self.feed(GITHUB.render(markdown))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.within.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.within.pop()

    def handle_data(self, data: str) -> None:
        if "code" not in self.within:
            self.text += data
        if {"th", "td"} & set(self.within):
            self.rows[-1][-1] += data


def seen(text: str) -> str:
    """What a cell of this text shows: one line, without letters that hide or turn."""
    return " ".join(plain(text).split())


@given(
    st.lists(st.text(), min_size=1, max_size=4),
    st.lists(st.text(alphabet="|`*_~<>&#@[]()!\\-+=:/w.1$ \n{}"), max_size=4),
)
@example([SCRIPT, IMAGE, MARKUP], [TURNED, "a\\", "|", "- - -", "1.", "~~a~~", "&lt;b&gt;", "a_b _c_", "<http://a.b>"])
@example(["|", ":--", "\\|", "`|`"], ["http://a.b", "GH-12", "mailto:a@b.cd", "a@b.cd", "WWW.a.b", "![a](b)", "\ud800"])
def test_whatever_stands_in_cells_they_are_as_many_and_show_it_as_letters(some: list[str], more: list[str]) -> None:
    cells = [*some, *more]
    table = (
        f"|{'|'.join('a' for _ in cells)}|\n|{'|'.join('---' for _ in cells)}|\n| {' | '.join(map(inert, cells))} |\n"
    )
    found = Rendered(table)
    assert set(found.tags) <= OURS - {"p", "code", "strong", "ul"}
    assert [[cell.replace(NO_WIDTH, "") for cell in row] for row in found.rows[1:]] == [list(map(seen, cells))]
    assert not LIVE.search(found.text)


@given(st.text(alphabet="|`*_~<>&#@[]()!\\-+=:/w.1$ \n{}ab", max_size=30))
def test_it_is_letters_also_where_a_line_of_a_list_or_a_paragraph_begins_with_it(text: str) -> None:
    for before, tags in (("", {"p"}), ("- ", {"ul", "li"}), ("## ", {"h2"})):
        found = Rendered(f"{before}{inert(text)}\n")
        assert set(found.tags) <= tags
        assert found.text.replace(NO_WIDTH, "").strip() == seen(text)


def test_it_says_the_verdict_first_then_the_figures_and_the_rows_with_their_reasons(tmp_path: Path) -> None:
    text = plans_markdown([busy(tmp_path)])
    assert text.startswith("## Plan of vip: safe\n\n**Safe.** It is within every limit.")
    found = Rendered(text).rows
    assert found[0] == [
        "creates",
        "updates",
        "deletes",
        "unchanged",
        "links",
        "drift",
        "foreign",
        "held",
        "suppressed",
        "opted out",
        "in doubt",
    ]
    assert found[1] == ["31", "16", "3", "2,300", "4", "4", "7", "5", "1", "2", "1"]
    assert ["2557•••000", "D-0", "first_name Neema → Asha0, CITY (blank) → Moshi", "wateja.csv:1"] in found
    assert ["2557•••002", "D-3002", "Neema", ""] in found
    assert "**14 to update**: the customer's record says something else than the contact\n" in text
    assert "**1 left alone**: never to be texted, says the ledger\n" in text
    assert "… and 4 more\n" in text and "… and 21 more\n" in text
    assert len([row for row in found if row[0].startswith("2557•••") and row[1].startswith("D-20")]) == 10


def test_it_says_what_the_plan_costs_risks_and_until_when_it_is_good(tmp_path: Path) -> None:
    plan = busy(tmp_path)
    lines = plans_markdown([plan]).splitlines()
    assert "- Drift: 2 contacts changed, 2 contacts removed, 7 contacts added by somebody else." in lines
    assert "- In this order: link 4, update 16, create 31, delete 3 (2 calls each)." in lines
    assert "- Forecast: 53 calls and 96 pages to read, at least 3 min at 60 calls a minute." in lines
    assert any(line.startswith("- Welcome SMS: Ampenet may send the group's welcome SMS to 31 new") for line in lines)
    assert "- Where: **LIVE** api.ampenet.example, account 5f0c3a9b1d2e4" in lines
    assert "- Group: VIP Dar es Salaam (65f0c3a9b1d2e)" in lines
    assert lines[lines.index("- Made: 24 Nov 2026, 12:00 EAT") + 1] == "- Good until: 25 Nov 2026, 12:00 EAT"
    assert f"- Digest: `{plan.plan.digest}`" in lines
    assert lines[-4:-1] == ["```sh", f"ampenet-sync apply {plan.plan.digest}", "```"]


def test_an_unsafe_plan_names_each_limit_and_the_command_that_allows_it(tmp_path: Path) -> None:
    plan = unsafe(tmp_path)
    text = plans_markdown([plan])
    assert text.startswith("## Plan of vip: unsafe\n\n**Unsafe.** It exceeds 2 limits")
    assert "\n- over the limit: deletes 40 of 100 contacts (40 %); the limit is 10%\n" in text
    assert "at least 13 h 20 min at 60 calls a minute: two nights of eight hours.\n" in text
    assert f"ampenet-sync apply {plan.plan.digest} --allow {plan.plan.digest}\n" in text


def test_where_nothing_is_to_be_done_nothing_is_advised(tmp_path: Path) -> None:
    text = plans_markdown([idle(tmp_path)])
    assert text.startswith("## Plan of vip: nothing to do\n\n**Nothing to do.** The group is as it should be.")
    assert "apply" not in text and "Forecast" not in text and "Welcome" not in text


def test_several_segments_have_a_table_first_and_a_section_each(tmp_path: Path) -> None:
    text = plans_markdown(twelve(tmp_path))
    assert text.startswith("# Plans of 12 segments: 2 unsafe\n")
    rows = Rendered(text).rows
    assert rows[0] == ["segment", "group", "verdict", "creates", "updates", "deletes", "unchanged"]
    assert rows[1] == ["old", "VIP Dar es Salaam", "unsafe", "12", "0", "40", "60"]
    assert rows[12] == ["mkoa_8", "Mkoa 8", "safe", "9", "0", "0", "8,000"]
    assert re.findall(r"^## Plan of (\w+)", text, re.MULTILINE) == [row[0] for row in rows[1:13]]
    assert "All of them: 95,853 calls and 648 pages to read" in text


def test_it_fits_into_a_comment_with_fewer_examples_and_says_how_many_more_there_are(tmp_path: Path) -> None:
    many = twelve(tmp_path)
    some, none = plans_markdown(many * 4), plans_markdown(many * 5)
    assert "… and 37 more" in some and "… and 37 more" not in plans_markdown(many * 3)
    assert "Examples are left out" in none and "Examples are left out" not in some
    assert max(len(some), len(none)) <= LONGEST


def test_hostile_names_are_letters(tmp_path: Path) -> None:
    text = plans_markdown([hostile(tmp_path)])
    found = Rendered(text)
    assert set(found.tags) <= OURS
    assert {len(row) for row in found.rows} == {4}
    assert not LIVE.search(found.text)
    assert SCRIPT in found.text and "\u202e" not in text


def test_no_whole_phone_is_in_it_wherever_it_stood(tmp_path: Path) -> None:
    for made in (busy, unsafe, hostile):
        text = plans_markdown([made(tmp_path)])
        assert not re.search(r"255712\d{6}|0712 345 678", text)
    assert "07•••678" in text


def test_the_plan_of_an_undo_says_which_run_it_undoes(tmp_path: Path) -> None:
    assert "- Made from: the ledger: it undoes run 3f9a2b71\n" in plans_markdown([undone(tmp_path)])


def test_a_plan_that_nobody_dated_says_so(tmp_path: Path) -> None:
    text = plans_markdown([proposal(tmp_path, made_at=None)])
    assert "- Good until: 24 hours after it was made\n" in text and "- Made:" not in text


@pytest.mark.parametrize("made", [busy, idle, unsafe, hostile])
def test_the_same_plan_is_the_same_text(tmp_path: Path, made) -> None:
    assert plans_markdown([made(tmp_path / "a")]) == plans_markdown([made(tmp_path / "b")])
