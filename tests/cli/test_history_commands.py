"""runs, undo and release as a person and a script see them."""

from __future__ import annotations

from tests.cli.conftest import ROWS, Shop

CHANGED = ROWS.replace("Asha", "ASHA").replace("4,0754 000 104,Neema,0,1\n", "")


def test_a_run_is_listed_undone_and_its_segment_released(shop: Shop) -> None:
    shop.run("ledger", "init")
    first = shop.run("sync", "all", "--yes", "--json").json
    shop.write(CHANGED)
    second = shop.run("sync", "all", "--yes", "--json").json
    run = second["segments"][0]["run"]
    assert run.startswith(second["run"]) and first["segments"][0]["run"] != run

    listed = shop.run("runs", "--json").json
    assert [found["run"] for found in listed["runs"]] == [run, first["segments"][0]["run"]]
    assert listed["runs"][0]["subject"] == "all" and listed["runs"][0]["outcomes"]["done"] == 2
    assert listed["held"] == []

    planned = shop.run("undo", run[:8], "--json").json
    assert planned["undoes"] == run and planned["customers"] == 0
    again = "1 contact made again: with another uid, and the platform counts them as subscribed from then on"
    assert planned["not_restored"] == [again]
    assert f"all: not as it was before: {again}" in shop.run("undo", run).out
    assert f"- Not as it was before: {again}" in shop.run("undo", run, "--markdown").out
    assert f"all: not as it was before: {again}" in shop.run("show", planned["plans"][0]["digest"]).out
    plan = planned["plans"][0]
    assert (plan["creates"], plan["updates"], plan["deletes"], plan["verdict"]) == (1, 1, 0, "safe")
    applied = shop.run("apply", plan["digest"], "--yes", "--json").json
    assert applied["segments"][0]["done"] == 2

    left_out = shop.run("sync", "all", "--yes", "--json")
    assert left_out.json["segments"][0]["code"] == "segment_held" and left_out.code == 4
    held = shop.run("runs")
    assert f"as run {run} was undone in it" in held.out and "release all" in held.out
    assert shop.run("release", "all", "--yes", "--json").json == {"segment": "all", "released": True}
    assert "was not held" in shop.run("release", "all", "--yes").out
    assert shop.run("sync", "all", "--yes", "--json").json["segments"][0]["done"] == 2


def test_before_the_first_run_there_is_nothing_to_list(shop: Shop) -> None:
    shop.run("ledger", "init")
    assert "No run of this ledger changed anything yet." in shop.run("runs").out


def test_an_unknown_run_or_segment_is_named_with_the_way_on(shop: Shop) -> None:
    shop.run("ledger", "init")
    unknown = shop.run("undo", "ffff0000")
    assert unknown.code == 1 and "[unknown_run]" in unknown.err and "ampenet-sync runs" in unknown.err
    assert "[unknown_segment]" in shop.run("release", "gald", "--yes").err
