"""plan, show and undo for whoever approves elsewhere: Markdown on standard output, a page in a file."""

from __future__ import annotations

import re
import stat
from urllib.parse import urlsplit

import pytest

from tests.cli.conftest import ROWS, Shop
from tests.cli.test_show_command import CHANGED


@pytest.fixture
def changed(shop: Shop) -> Shop:
    """One create, one update and one delete are due in both groups together."""
    shop.run("sync", "--yes")
    shop.write(CHANGED)
    return shop


def test_markdown_is_all_that_stands_on_standard_output(changed: Shop) -> None:
    ran = changed.run("plan", "all", "--markdown")
    assert ran.code == 0 and ran.out.startswith("## Plan of all: safe\n") and ran.out.endswith("```\n\n")
    assert "| 2557•••102 | 2 | first_name Juma → Jumaa | customers.csv:3 |" in ran.out
    assert "| 2557•••106 | 6 | Upendo | customers.csv:5 |" in ran.out
    assert f"- Where: **LOCAL** {urlsplit(changed.sandbox.url).netloc}, account " in ran.out
    assert re.search(r"^- Good until: \d+ \w{3} 20\d\d, \d\d:\d\d \w+$", ran.out, re.MULTILINE)


def test_the_command_in_it_carries_the_plan_out(changed: Shop) -> None:
    out = changed.run("plan", "all", "--markdown").out
    words = re.search(r"^ampenet-sync (.+)$", out, re.MULTILINE)
    assert words and changed.run(*words[1].split(), "--yes").code == 0
    assert "255754000106" in changed.phones("Everybody")


def test_a_plan_over_a_limit_comes_with_the_command_that_allows_it(changed: Shop) -> None:
    changed.configure("all: {", "all: {limits: {deletes: 0, source_shrink: none, quarantined: none}, ")
    out = changed.run("plan", "all", "--markdown").out
    assert out.startswith("## Plan of all: unsafe\n") and "- over the limit: deletes 1 of 4 contacts (25 %)" in out
    words = re.search(r"^ampenet-sync (apply (\w+) --allow \2)$", out, re.MULTILINE)
    assert words and changed.run(*words[1].split(), "--yes").code == 0


def test_several_segments_begin_with_a_table(changed: Shop) -> None:
    out = changed.run("plan", "--markdown").out
    assert out.startswith("# Plans of 2 segments\n\n| segment | group | verdict |")
    assert "## Plan of all: safe\n" in out and "## Plan of gold: nothing to do\n" in out


def test_the_page_is_private_beside_what_is_printed_and_takes_an_earlier_ones_place(changed: Shop) -> None:
    page = changed.folder / "plan.html"
    page.write_text("of yesterday")
    ran = changed.run("plan", "all", "--html", "plan.html")
    assert ran.code == 0 and "segment" in ran.out and "Page: plan.html" in ran.err
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>") and "Jumaa" in text and not re.search(r"25575400010\d", text)
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_a_script_gets_its_object_with_the_path_of_the_page(changed: Shop) -> None:
    found = changed.run("plan", "all", "--html", "plan.html", "--json").json
    assert found["page"] == "plan.html" and found["plans"][0]["creates"] == 1
    assert "page" not in changed.run("plan", "all", "--json").json


def test_exit_codes_are_those_of_the_tables(changed: Shop) -> None:
    assert changed.run("plan", "all", "--markdown", "--exit-code").code == 3


def test_a_plan_made_before_is_shown_alike_without_a_call_and_without_a_token(
    changed: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = changed.run("plan", "all", "--markdown", "--html", "first.html").out
    digest = re.search(r"Digest: `(\w+)`", first)
    before = len(changed.sandbox.requests())
    monkeypatch.delenv("AMPENET_API_TOKEN")
    ran = changed.run("show", digest[1] if digest else "", "--markdown", "--html", "again.html")
    assert (ran.code, ran.out) == (0, first)
    pages = [(changed.folder / name).read_text(encoding="utf-8") for name in ("first.html", "again.html")]
    assert pages[0] == pages[1] and len(changed.sandbox.requests()) == before


def test_where_there_is_no_ledger_a_plan_is_shown_without_its_date(changed: Shop) -> None:
    path = changed.run("plan", "all", "--out", "kept", "--json").json["plans"][0]["path"]
    (changed.folder / ".ampenet" / "ledger.db").unlink()
    out = changed.run("show", path, "--markdown").out
    assert "- Good until: 24 hours after it was made\n" in out and "- Made:" not in out


def test_the_plan_of_an_undo_is_shown_alike(changed: Shop) -> None:
    run = changed.run("sync", "all", "--yes", "--json").json["segments"][0]["run"]
    out = changed.run("undo", run, "--markdown", "--html", "undo.html").out
    assert f"- Made from: the ledger: it undoes run {run}\n" in out
    assert "the run that is undone made this contact" in (changed.folder / "undo.html").read_text(encoding="utf-8")
    assert changed.run("undo", run, "--html", "undo.html", "--json").json["page"] == "undo.html"


def test_a_rehearsal_says_so(changed: Shop) -> None:
    out = changed.run("--sandbox", "plan", "all", "--markdown").out
    assert "- Where: **SANDBOX** sandbox, account " in out and "\nampenet-sync --sandbox apply " in out
    assert "This plan makes the group. One made through the API has no welcome SMS" in out


@pytest.mark.parametrize("command", ["plan", "show", "undo"])
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--markdown", "--json"], "--markdown and --json both print the result"),
        (["--markdown", "--unmask"], "phones are masked in them"),
        (["--html", "plan.html", "--unmask"], "phones are masked in them"),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_is_read(
    shop: Shop, command: str, options: list[str], words: str
) -> None:
    before = len(shop.sandbox.requests())
    ran = shop.run(command, *([] if command == "plan" else ["3f9a2b71"]), *options)
    assert ran.code == 2 and words in ran.out + ran.err
    assert len(shop.sandbox.requests()) == before and not (shop.folder / "plan.html").exists()


@pytest.mark.parametrize(("name", "code"), [("customers.csv", "bad_ending"), ("ampenet.html", "precious_target")])
def test_a_page_takes_no_place_of_another_file(shop: Shop, name: str, code: str) -> None:
    (shop.folder / "ampenet.html").write_text((shop.folder / "ampenet.yaml").read_text())
    options = ["--config", "ampenet.html"] if name == "ampenet.html" else []
    ran = shop.run(*options, "plan", "--html", name)
    assert (ran.code, f"[{code}]" in ran.err, "--html" in ran.err) == (1, True, True)
    assert (shop.folder / "customers.csv").read_text().endswith(ROWS)
