"""What stands in the file that a scheduled run writes its standard error into, and what a script learns of the run."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest

from ampenet_sync.ledger import open_ledger
from ampenet_sync.ledger.tables import runs
from tests.cli.conftest import Shop

LINE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d) ([0-9a-f]{8}) (.+)")


def lines(log: str) -> list[tuple[str, str, str]]:
    found = [LINE.fullmatch(line) for line in log.splitlines()]
    assert all(found)
    return [(match[1], match[2], match[3]) for match in found if match]


@pytest.mark.parametrize("words", [["plan"], ["sync", "--yes"], ["campaign", "preview", "hello"]])
def test_a_run_has_a_first_and_a_last_line_with_time_and_run(shop: Shop, words: list[str]) -> None:
    found = lines(shop.run(*words).log)
    assert [found[0][2], found[-1][2]] == [f"began: {' '.join(words)}", "ended with exit code 0"]
    assert len({run for _, run, _ in found}) == 1


def test_so_has_one_that_fails(shop: Shop) -> None:
    (shop.folder / "customers.csv").unlink()
    assert lines(shop.run("plan").log)[-1][2] == "ended with exit code 1"


def test_v_tells_pages_and_changes_as_they_come_and_no_phone(shop: Shop) -> None:
    said = [words for _, _, words in lines(shop.run("sync", "all", "--yes", "-v").log)]
    assert "applying: 4 of 4" in said and any(words.startswith("reading") for words in said)


@pytest.mark.parametrize("words", [["--log-format", "json", "plan"], ["plan", "--log-format=json"]])
def test_so_can_an_error_wherever_the_option_stands(shop: Shop, words: list[str]) -> None:
    (shop.folder / "customers.csv").unlink()
    began, error, ended = [json.loads(line) for line in shop.run(*words).err.splitlines()]
    assert (error["code"], ended["exit_code"], bool(error["hint"])) == ("missing_file", 1, True)
    assert began["run"] == error["run"] == ended["run"]


def test_lines_can_be_json(shop: Shop) -> None:
    ran = shop.run("--log-format", "json", "sync", "--yes", "-v")
    objects = [json.loads(line) for line in ran.err.splitlines()]
    assert [entry["message"] for entry in objects[:1]] == ["began: --log-format json sync --yes -v"]
    assert objects[-1]["exit_code"] == 0 and len({entry["run"] for entry in objects}) == 1
    assert {"what": "applying", "done": 4, "total": 4}.items() <= next(
        entry for entry in objects if entry.get("done") == 4 and entry["what"] == "applying"
    ).items()


def test_the_ledgers_runs_begin_with_the_logs_id(shop: Shop) -> None:
    found = shop.run("sync", "--yes", "--json")
    with open_ledger("sqlite:///.ampenet/ledger.db", shop.folder).read() as db:
        ids = [row.id for row in db.execute(runs.select())]
    assert len(ids) == 2 and {id_[:8] for id_ in ids} == {found.json["run"]}


def test_the_answer_of_a_run_says_when_it_was_and_what_to_type_next(shop: Shop) -> None:
    plan = shop.run("plan", "all", "--json").json
    digest = plan["plans"][0]["digest"]
    assert plan["next"] == f"ampenet-sync apply {digest}"
    assert datetime.fromisoformat(plan["started"]) <= datetime.fromisoformat(plan["ended"])
    assert shop.run("apply", digest, "--yes", "--json").json["next"] == "ampenet-sync plan"
    assert shop.run("sync", "--yes", "--json").json["next"] == "ampenet-sync campaign preview hello"
    preview = shop.run("campaign", "preview", "hello", "--json").json
    send = f"campaign send hello --audience {preview['audience']}"
    assert preview["next"] == f"ampenet-sync {send}"
    sent = shop.run(*send.split(), "--yes", "--json").json
    assert (sent["next"], len(sent["run"])) == ("ampenet-sync status", 8)


def test_where_there_is_nothing_to_do_next_is_null(shop: Shop) -> None:
    shop.run("sync", "--yes")
    assert shop.run("plan", "all", "--json").json["next"] is None


def test_a_phone_among_the_words_is_not_logged(shop: Shop) -> None:
    ran = shop.run("plan", "255754000101")
    assert "began: plan •••" in ran.log.replace("'", "") and "255754000101" not in ran.log
