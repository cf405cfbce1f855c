"""show: every row of a plan, found by path or digest, filtered, for people, scripts and files."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import openpyxl
import pandas
import pytest

from ampenet_sync.config import load
from ampenet_sync.pipeline.intake import take_in
from ampenet_sync.pipeline.planning import plan_segment
from ampenet_sync.pipeline.world import open_world
from tests.cli.conftest import ROWS, Shop

CHANGED = ROWS.replace("Juma", "Jumaa").replace("4,0754 000 104,Neema,0,1\n", "6,0754 000 106,Upendo,0,yes\n")


def planned(shop: Shop, *arguments: str) -> dict[str, str]:
    found: dict[str, str] = shop.run("plan", "all", *arguments, "--json").json["plans"][0]
    return found


@pytest.fixture
def plan(shop: Shop) -> dict[str, str]:
    """One create, one update, one delete."""
    shop.run("sync", "--yes")
    shop.write(CHANGED)
    return planned(shop)


def test_every_row_is_shown_with_kind_key_mask_change_reason_and_line(shop: Shop, plan: dict[str, str]) -> None:
    ran = shop.run("show", plan["digest"])
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert ran.code == 0 and "change key phone before → after reason source" in lines
    assert "update 2 2557•••102 first_name Juma → Jumaa differs customers.csv:3" in lines
    assert "create 6 2557•••106 Upendo new customers.csv:5" in lines
    assert "delete 4 2557•••104 Neema left_segment" in lines
    assert "differs: the customer's record says something else than the contact" in lines
    assert lines[-1] == f"Next: ampenet-sync apply {plan['digest']}"


def test_show_makes_no_call_and_needs_no_token(
    shop: Shop, plan: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(shop.sandbox.requests())
    monkeypatch.delenv("AMPENET_API_TOKEN")
    assert shop.run("show", plan["digest"]).code == 0
    assert len(shop.sandbox.requests()) == before


def test_a_script_gets_one_object_with_the_agreed_keys(shop: Shop, plan: dict[str, str]) -> None:
    found = shop.run("show", plan["digest"], "--json").json
    assert (found["digest"], found["total"], len(found["rows"])) == (plan["digest"], 3, 3)
    assert found["rows"][0] == {
        "change": "update",
        "reason": "differs",
        "key": "2",
        "phone": "2557•••102",
        "before": {"phone": "2557•••102", "first_name": "Juma", "last_name": ""},
        "after": {"phone": "2557•••102", "first_name": "Jumaa", "last_name": ""},
        "source": "customers.csv:3",
    }
    create, delete = found["rows"][1:]
    assert (create["before"], delete["after"], delete["source"]) == (None, None, "")


@pytest.mark.parametrize(
    ("options", "keys", "total"),
    [
        (["--change", "create", "--change", "delete"], ["6", "4"], 2),
        (["--key", "2"], ["2"], 1),
        (["--reason", "left_segment"], ["4"], 1),
        (["--limit", "1"], ["2"], 3),
        (["--change", "create", "--key", "2"], [], 0),
    ],
)
def test_filters_choose_rows_and_the_total_counts_what_fits(
    shop: Shop, plan: dict[str, str], options: list[str], keys: list[str], total: int
) -> None:
    found = shop.run("show", plan["digest"], *options, "--json").json
    assert ([row["key"] for row in found["rows"]], found["total"], found["of"]) == (keys, total, 3)


def test_a_plan_is_found_by_its_path_and_by_how_its_digest_begins(shop: Shop, plan: dict[str, str]) -> None:
    by_path, by_prefix = shop.run("show", plan["path"]), shop.run("show", plan["digest"][:8])
    assert (by_path.code, by_prefix.code) == (0, 0) and by_path.out == by_prefix.out


def test_a_plan_written_elsewhere_is_named_by_its_path(shop: Shop) -> None:
    ran = shop.run("plan", "gold", "--out", "kept")
    assert "Next: ampenet-sync apply kept/gold-" in ran.out and "Every row: ampenet-sync show kept/gold-" in ran.out


def test_plan_leads_to_exactly_this_plan_and_to_each_of_several(shop: Shop) -> None:
    digests = [found["digest"] for found in shop.run("plan", "--json").json["plans"]]
    steps = [line for line in shop.run("plan").out.splitlines() if line.startswith("Next: ")]
    assert steps == [f"Next: ampenet-sync apply {digest}" for digest in digests]
    assert [shop.run("apply", digest, "--yes").code for digest in digests] == [0, 0]


def test_plan_shows_samples_of_creates_updates_and_deletes(shop: Shop, plan: dict[str, str]) -> None:
    out = shop.run("plan", "all").out
    assert "all: create 2557•••106: Upendo (new)" in out
    assert "all: update 2557•••102: first_name Juma → Jumaa (differs)" in out
    assert "all: delete 2557•••104: Neema (left_segment)" in out


def test_several_plans_that_begin_alike_are_listed(shop: Shop, plan: dict[str, str]) -> None:
    other = Path(plan["path"]).with_name(f"gold-{plan['digest'][:8]}00000000.plan.parquet")
    (shop.folder / other).write_bytes((shop.folder / plan["path"]).read_bytes())
    ran = shop.run("show", plan["digest"][:8])
    assert (ran.code, "[plan_ambiguous]" in ran.err) == (1, True)
    assert f"{plan['digest']} (segment all)" in ran.err and "00000000 (segment gold)" in ran.err


def test_a_file_that_holds_another_plan_than_its_name_says_is_refused(shop: Shop, plan: dict[str, str]) -> None:
    path = (shop.folder / plan["path"]).with_name("all-0123456789abcdef.plan.parquet")
    path.write_bytes((shop.folder / plan["path"]).read_bytes())
    for command in ("show", "apply"):
        ran = shop.run(command, "0123456789abcdef")
        assert (ran.code, f"but holds plan {plan['digest']} [bad_plan]" in ran.err) == (1, True)


def test_a_digest_that_no_plan_has_and_a_reason_that_is_none_are_clear_errors(shop: Shop, plan: dict[str, str]) -> None:
    missing = shop.run("show", "fedcba98")
    assert (missing.code, "there is no plan fedcba98" in missing.err, "[no_plan]" in missing.err) == (1, True, True)
    wrong = shop.run("show", plan["digest"], "--reason", "differ")
    assert (wrong.code, "there is no reason 'differ': new, differs" in wrong.err) == (2, True)


def test_a_csv_of_the_rows_is_private_masked_and_inert(shop: Shop) -> None:
    shop.write(ROWS.replace("Asha", "=1+1"))
    found = planned(shop)
    told = shop.run("show", found["digest"], "--out", "rows.csv", "--change", "create")
    path = shop.folder / "rows.csv"
    assert "Written: rows.csv  (phones are masked; --unmask writes them whole)" in told.out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    asha = next(row for row in rows if row["key"] == "1")
    assert (asha["phone"], asha["phone_after"], asha["first_name_after"]) == ("2557•••101", "2557•••101", "'=1+1")
    assert (asha["why"], asha["source"]) == ("the customer has no contact in the group yet", "customers.csv:2")


def test_a_workbook_holds_whole_numbers_only_when_asked_and_no_formulas(shop: Shop) -> None:
    shop.write(ROWS.replace("Asha", "=1+1"))
    found = planned(shop)
    told = shop.run("show", found["digest"], "--out", "rows.xlsx", "--unmask")
    assert "whole phone numbers: don't pass it on" in told.out
    path = shop.folder / "rows.xlsx"
    sheet = openpyxl.load_workbook(path)["Plan"]
    head, *rows = sheet.iter_rows()
    at = [cell.value for cell in head].index("first_name_after")
    asha = next(row for row in rows if "255754000101" in [cell.value for cell in row])
    assert (asha[at].value, asha[at].data_type) == ("=1+1", "s")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_whole_numbers_come_to_the_screen_only_when_asked_and_that_is_noted(shop: Shop, plan: dict[str, str]) -> None:
    assert "255754000106" not in shop.run("show", plan["digest"]).out
    ran = shop.run("show", plan["digest"], "--unmask")
    assert (ran.code, "255754000106" in ran.out) == (0, True)
    assert "show" in (shop.folder / ".ampenet" / "unmasked.log").read_text().splitlines()[-1]


def test_what_is_there_already_is_not_overwritten(shop: Shop, plan: dict[str, str]) -> None:
    (shop.folder / "rows.csv").write_text("mine")
    assert shop.run("show", plan["digest"], "--out", "rows.csv", "--json").json["path"] == "rows-2.csv"
    assert (shop.folder / "rows.csv").read_text() == "mine"
    for precious in ("customers.csv", "rows.txt"):
        assert shop.run("show", plan["digest"], "--out", precious).code == 1


def test_a_key_that_is_a_phone_is_masked_also_where_it_was_the_number_before(shop: Shop) -> None:
    shop.write("0754000101,0754 000 101,Asha,1,yes\n")
    shop.run("sync", "all", "--yes")
    shop.write("0754000101,0754 000 109,Asha,1,yes\n")
    ran = shop.run("show", planned(shop)["digest"])
    assert "07•••101" in ran.out and "phone 2557•••101 → 2557•••109" in ran.out


def test_apply_reads_the_source_again_and_names_who_moved(shop: Shop, plan: dict[str, str]) -> None:
    shop.write(CHANGED.replace("Upendo", "Rehema"))
    ran = shop.run("apply", plan["digest"], "--yes")
    assert "all: 2 of 3 done, 1 moved" in ran.out
    left = "left alone: create 2557•••106 (6): the source says something else of the customer now (customer_changed)"
    assert left in ran.out and "255754000106" not in shop.phones("Everybody")
    found = shop.run("apply", plan["digest"], "--yes", "--json").json["segments"][0]
    assert found["moved_rows"] == [{"change": "create", "key": "6", "phone": "2557•••106", "why": "customer_changed"}]


def test_a_plan_of_customers_handed_in_is_applied_without_the_source(shop: Shop) -> None:
    customers = pandas.read_csv(shop.folder / "customers.csv", dtype=str)
    config = load(shop.folder / "ampenet.yaml")
    with open_world(config, shop.sandbox.token) as world:
        path = plan_segment(world, take_in(config, customers=customers), "gold").path
    (shop.folder / "customers.csv").unlink()
    assert shop.run("apply", str(path), "--yes").code == 0
    assert shop.phones("Gold") == ["254722000103", "255754000101"]
