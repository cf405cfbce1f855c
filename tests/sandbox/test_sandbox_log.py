"""The log of accepted effects is the state: a sandbox that ends, however it ends, goes on from it."""

import json
import os
import signal
import stat
import subprocess
import sys

import pytest
import requests

from ampenet_sync.sandbox import LogError, Sandbox

ASHA = "255712345678"
JUMA = "255754000111"


def picture(sandbox):
    """Everything there is to see."""
    contacts = {group["name"]: sandbox.contacts(group["uid"]) for group in sandbox.groups()}
    return sandbox.groups(), contacts, sandbox.messages(), sandbox.balance(), sandbox.effects()


def test_a_sandbox_goes_on_where_its_log_ends(caller_of, tmp_path):
    log = tmp_path / "effects.jsonl"
    with Sandbox(log=log, balance=50) as sandbox:
        caller = caller_of(sandbox)
        group = caller.data("POST", "/contacts", name="Dodoma")["uid"]
        asha, juma = caller.store(group, ASHA), caller.store(group, JUMA)
        caller.data("PATCH", f"/contacts/{group}/update/{asha['uid']}", phone=ASHA, first_name="A\n", last_name="é")
        caller.data("DELETE", f"/contacts/{group}/delete/{juma['uid']}")
        sandbox.unsubscribe(ASHA)
        sandbox.blacklist(JUMA)
        caller.text(ASHA, "Habari\u2028 za leo")
        caller.data("PATCH", f"/contacts/{group}", name="Dodoma mjini")
        before = picture(sandbox)
    with Sandbox(log=log) as sandbox:
        assert picture(sandbox) == before
        assert caller_of(sandbox).text(JUMA)["message"] == "Number contain in blacklist"


def test_rows_come_back_letter_by_letter(caller_of, tmp_path):
    log = tmp_path / "effects.jsonl"
    with Sandbox(log=log) as sandbox:
        group = sandbox.add_group("Dodoma")
        stored = caller_of(sandbox).store(group, ASHA)
    with Sandbox(log=log, clock=lambda: 1.0) as sandbox:
        fields = {"phone": ASHA, "first_name": "Asha", "last_name": "Mollel"}
        row = caller_of(sandbox).data("PATCH", f"/contacts/{group}/update/{stored['uid']}", **fields)
        assert row | {"updated_at": ""} == stored | {"updated_at": ""}


def test_uids_and_ids_go_on_increasing_after_a_restart_with_an_older_clock(caller_of, tmp_path):
    log = tmp_path / "effects.jsonl"
    with Sandbox(log=log) as sandbox:
        first = caller_of(sandbox).store(sandbox.add_group("Dodoma"), ASHA)
        caller_of(sandbox).data("DELETE", f"/contacts/{sandbox.groups()[0]['uid']}/delete/{first['uid']}")
    with Sandbox(log=log, clock=lambda: 1_000.0) as sandbox:
        second = caller_of(sandbox).store(sandbox.groups()[0]["uid"], ASHA)
    assert second["uid"] > first["uid"]
    assert second["id"] > first["id"]


def test_a_torn_last_line_is_cut_off(tmp_path):
    log = tmp_path / "effects.jsonl"
    with Sandbox(log=log) as sandbox:
        sandbox.add_group("Dodoma")
    whole = log.read_bytes()
    log.write_bytes(whole + b'{"seq":2,"kind":"group_cre')
    with Sandbox(log=log) as sandbox:
        assert [group["name"] for group in sandbox.groups()] == ["Dodoma"]
        assert log.read_bytes() == whole
        sandbox.add_group("Arusha")
    assert [json.loads(line).get("seq") for line in log.read_text().splitlines()] == [None, 1, 2]


def test_a_torn_first_line_is_an_empty_log(tmp_path):
    log = tmp_path / "effects.jsonl"
    log.write_bytes(b'{"log":1,"bal')
    with Sandbox(log=log, balance=7) as sandbox:
        assert (sandbox.effects(), sandbox.balance()) == ([], 7)


@pytest.mark.parametrize("damage", [b'{"seq":9,"kind":"balance_set","at":1,"balance":1}\n', b"not json\n", b"[]\n"])
def test_a_damaged_line_in_the_middle_is_an_error(tmp_path, damage):
    log = tmp_path / "effects.jsonl"
    with Sandbox(log=log) as sandbox:
        sandbox.add_group("Dodoma")
    log.write_bytes(log.read_bytes() + damage)
    with pytest.raises(LogError, match="line 3"):
        Sandbox(log=log)


def test_a_file_that_is_no_log_is_left_alone(tmp_path):
    other = tmp_path / "customers.csv"
    other.write_text('{"name": "Asha"}\n')
    with pytest.raises(LogError, match="not a sandbox log"):
        Sandbox(log=other)
    assert other.read_text() == '{"name": "Asha"}\n'


def test_two_sandboxes_do_not_share_a_log(tmp_path):
    log = tmp_path / "effects.jsonl"
    with Sandbox(log=log), pytest.raises(LogError, match="in use"):
        Sandbox(log=log)


def test_a_log_is_readable_by_its_owner_only(tmp_path):
    log = tmp_path / "effects.jsonl"
    log.touch(mode=0o644)
    with Sandbox(log=log):
        assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_refused_call_leaves_no_effect(caller_of, tmp_path):
    log = tmp_path / "effects.jsonl"
    with Sandbox(log=log) as sandbox:
        caller_of(sandbox).error("POST", "/contacts/6065ecdc9184a/all")
        assert sandbox.effects() == []
    assert len(log.read_text().splitlines()) == 1


def test_effects_say_who_caused_them(caller_of, sandbox, group):
    caller_of(sandbox).store(group, ASHA)
    assert [(effect["seq"], effect["kind"], effect["by"]) for effect in sandbox.effects()] == [
        (1, "group_created", "outside"),
        (2, "contact_created", "api"),
    ]


TOKEN = "1|of-this-test-alone"
SERVER = """
import sys
from ampenet_sync.sandbox import Sandbox
sandbox = Sandbox(log=sys.argv[1], token=sys.argv[2])
print(sandbox.url, flush=True)
sandbox.serve_forever()
"""


def test_what_was_answered_survives_a_sigkill(tmp_path):
    log = tmp_path / "effects.jsonl"
    with subprocess.Popen([sys.executable, "-c", SERVER, str(log), TOKEN], stdout=subprocess.PIPE, text=True) as server:
        url = server.stdout.readline().strip()
        headers = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"}
        made = requests.post(f"{url}/contacts", json={"name": "Dodoma"}, headers=headers, timeout=60).json()["data"]
        os.kill(server.pid, signal.SIGKILL)
    with Sandbox(log=log) as sandbox:
        assert [(group["uid"], group["name"]) for group in sandbox.groups()] == [(made["uid"], "Dodoma")]
