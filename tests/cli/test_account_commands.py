"""login, doctor, balance and groups, typed as a person or a script types them."""

from __future__ import annotations

import io
import sqlite3
import stat
import sys

import pytest

from ampenet_sync.api import connect
from ampenet_sync.config import load
from ampenet_sync.errors import Throttled
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
        "reachable",
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
    assert (ran.code, [check["ok"] for check in ran.json["checks"]]) == (1, [False, False]), (
        "the clock is the ledger's, and one cause is told once"
    )


def test_balance_shows_what_the_platform_says(shop: Shop) -> None:
    shop.sandbox.set_balance(1250)
    assert shop.run("balance").out == "1,250 units\n"
    assert shop.run("balance", "--json").json == {"balance": "1,250", "units": 1250, "unlimited": False}


def test_groups_are_made_shown_and_listed(shop: Shop) -> None:
    made = shop.run("groups", "create", "Wateja", "--yes", "--json").json
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


def test_another_name_than_the_group_s_is_named(shop: Shop) -> None:
    shop.sandbox.add_group("Gold")
    ran = shop.run("groups", "delete", "Gold", "--confirm", "gold")
    assert (ran.code, "--confirm says 'gold', but the group is called 'Gold'" in ran.err) == (2, True)
    assert "add --confirm 'Gold'" in shop.run("groups", "delete", "Gold").err


def test_a_group_whose_contacts_can_t_be_listed_is_shown_and_deleted(shop: Shop) -> None:
    shop.sandbox.add_group("Gold")
    shop.sandbox.switch(lists_contacts=False)
    assert shop.run("groups", "show", "Gold", "--json").json["contacts"] is None
    assert "an unknown number of contacts" in shop.run("groups", "delete", "Gold", "--confirm", "Gold").out
    assert shop.sandbox.groups() == []


def test_an_install_of_3_1_is_given_its_sending_server(shop: Shop) -> None:
    shop.sandbox.switch(dialect="3.1")
    shop.sandbox.add_group("Gold")
    rename = ("groups", "rename", "Gold", "Dhahabu", "--confirm", "Gold")
    ran = shop.run(*rename)
    assert (ran.code, "--sending-server" in ran.err, "Nothing was changed" in ran.err) == (1, True, True)
    assert shop.run(*rename, "--sending-server", "5f0c3a9b1d2e4").code == 0


def test_a_lost_answer_to_a_change_of_groups_says_where_to_look(shop: Shop) -> None:
    shop.sandbox.switch(faults="drop_after:1")
    ran = shop.run("groups", "create", "Gold", "--yes", "--json")  # for a script nothing is read before
    assert (ran.code, "look with  ampenet-sync groups list" in ran.err) == (1, True)
    assert len(shop.sandbox.groups()) == 1


def test_a_hostile_name_can_t_colour_or_turn_the_screen(shop: Shop) -> None:
    hostile = "x \x1b[31mRED\x1b[0m \u202eevil"
    shop.sandbox.add_group(hostile)
    for ran in (shop.run("groups", "list"), shop.run("groups", "show", hostile)):
        assert ran.code == 0 and "x [31mRED[0m evil" in ran.out


def test_short_commands_share_the_rate_of_the_ledger(shop: Shop) -> None:
    shop.run("balance")
    slots = sqlite3.connect(shop.folder / ".ampenet/throttle.db")
    assert slots.execute("SELECT count(*) FROM throttle_slots").fetchone() == (1,)
    slots.close()


def test_a_long_silence_is_told(shop: Shop) -> None:
    shop.sandbox.switch(requests_per_minute=1, strict_http=True)
    shop.run("balance")
    told: list[float] = []
    client = connect(load(shop.folder / "ampenet.yaml").api, shop.sandbox.token, on_wait=told.append)
    with pytest.raises(Throttled):
        client.create_group("Gold")
    assert len(told) == 1 and 50 < told[0] <= 60


def test_a_group_that_is_not_there_is_named(shop: Shop) -> None:
    ran = shop.run("groups", "show", "Nobody")
    assert (ran.code, "there is no group 'Nobody'" in ran.err) == (1, True)
