"""login, doctor, balance and groups, typed as a person or a script types them."""

from __future__ import annotations

import io
import stat
import sys

import pytest

from tests.cli.conftest import Shop


def _piped(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.delenv("AMPENET_API_TOKEN")
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_login_keeps_an_accepted_token_where_nobody_else_reads_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    _piped(monkeypatch, f"{shop.sandbox.token}\n")
    assert shop.run("login").code == 0
    assert stat.S_IMODE((shop.folder / ".ampenet/token").stat().st_mode) == 0o600
    assert (shop.folder / ".ampenet/.gitignore").read_text() == "*\n"
    assert shop.run("plan").code == 0


def test_login_keeps_nothing_of_a_token_that_is_not_accepted(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    _piped(monkeypatch, "1|wrong")
    assert shop.run("login").code == 1
    assert not (shop.folder / ".ampenet/token").exists()


def test_a_token_file_that_others_may_read_is_refused(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    _piped(monkeypatch, shop.sandbox.token)
    shop.run("login")
    (shop.folder / ".ampenet/token").chmod(0o644)
    ran = shop.run("plan")
    assert (ran.code, "[token_exposed]" in ran.err) == (1, True)


def test_doctor_finds_everything_well_and_changes_nothing(shop: Shop) -> None:
    shop.sandbox.add_group("Everybody")
    shop.sandbox.add_contact("Everybody", "255754000101", "Asha", "")
    before = shop.changes()
    ran = shop.run("doctor", "--json")
    assert ran.code == 0
    assert [check["name"] for check in ran.json["checks"] if check["ok"]] == [
        "token",
        "server clock",
        "time zone",
        "balance",
        "listing",
        "dialect",
        "ledger",
        "clock",
    ]
    assert ran.json["dialect"] == "3.8"
    assert shop.changes() == before


def test_doctor_goes_on_after_a_fault_and_ends_in_exit_1(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMPENET_BASE_URL", "http://127.0.0.1:9/api/v3")
    (shop.folder / ".ampenet/ledger.db").unlink()
    ran = shop.run("doctor", "--json")
    assert (ran.code, [check["ok"] for check in ran.json["checks"]]) == (1, [False, False, False])


def test_balance_shows_what_the_platform_says(shop: Shop) -> None:
    shop.sandbox.set_balance(1250)
    assert shop.run("balance").out == "1,250 units\n"
    assert shop.run("balance", "--json").json == {"balance": "1,250", "units": 1250, "unlimited": False}


def test_groups_are_made_shown_and_listed(shop: Shop) -> None:
    made = shop.run("groups", "create", "Wateja", "--json").json
    assert shop.run("groups", "list", "--json").json == {"groups": [{"name": "Wateja", "uid": made["uid"]}]}
    assert shop.run("groups", "show", "Wateja", "--json").json["contacts"] == 0


def test_a_group_is_renamed_or_deleted_only_with_its_name(shop: Shop) -> None:
    shop.run("sync", "gold", "--yes")
    assert shop.run("groups", "delete", "Gold").code == 2
    assert shop.run("groups", "delete", "Gold", "--confirm", "gold").code == 2
    assert len(shop.phones("Gold")) == 2
    assert shop.run("groups", "rename", "Gold", "Dhahabu", "--confirm", "Gold").code == 0
    assert "is called 'Dhahabu' there now" in shop.run("plan", "gold").out
    assert shop.run("groups", "delete", "Dhahabu", "--confirm", "Dhahabu").code == 0
    assert shop.sandbox.groups() == []


def test_a_group_that_is_not_there_is_named(shop: Shop) -> None:
    ran = shop.run("groups", "show", "Nobody")
    assert (ran.code, "there is no group 'Nobody'" in ran.err) == (1, True)
