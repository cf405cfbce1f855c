"""Switches: how an install can be turned, before it starts and while it runs."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

import pytest

from ampenet_sync.sandbox import Sandbox, Switches, SwitchValues
from ampenet_sync.sandbox.control import NAMES as CONTROL_NAMES
from ampenet_sync.sandbox.mix import NAMES as FAULT_NAMES

ASHA, JUMA = "255712345678", "255754000111"


def test_every_switch_has_a_keyword():
    assert set(get_type_hints(SwitchValues)) == {field.name for field in fields(Switches)}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"dialect": "4.0"}, "dialect must be 3.1 or 3.8 or 3.9"),
        ({"strict_http": 1}, "strict_http must be true or false"),
        ({"requests_per_minute": 0}, "requests_per_minute must be"),
        ({"requests_per_minute": True}, "requests_per_minute must be"),
        ({"latency": -1}, "latency must be"),
        ({"latency": float("nan")}, "latency must be"),
        ({"faults": "boom:0.1"}, "no fault is called 'boom'"),
        ({"colour": "red"}, "no switch is called 'colour'"),
    ],
)
def test_an_impossible_switch_is_an_error_and_turns_none(sandbox, values, said):
    with pytest.raises(ValueError, match=said):
        sandbox.switch(**{"currency": "TSh", **values})
    assert sandbox.switches() == Switches()
    with pytest.raises(ValueError, match=said):
        Sandbox(**values)


def test_the_dialect_changes_under_a_running_client(sandbox, caller):
    sandbox.switch(dialect="3.1")
    assert "remaining_unit" in caller.data("GET", "/balance")
    assert sandbox.switches().dialect == "3.1"


def test_form_bodies_are_read_where_an_install_reads_them(sandbox, caller):
    sandbox.switch(accept_forms=True)
    caller.send("POST", "/contacts", data={"name": "Dodoma & Arusha"})
    caller.send("POST", "/contacts", json={"name": "Mwanza"})
    assert [group["name"] for group in sandbox.groups()] == ["Dodoma & Arusha", "Mwanza"]


def test_an_install_may_be_unable_to_list_contacts(sandbox, caller, group):
    sandbox.switch(lists_contacts=False)
    said = caller.error("POST", f"/contacts/{group}/all")
    assert said.startswith("SQLSTATE[42S22]: Column not found: 1054 Unknown column 'first_name'")
    assert caller.data("GET", "/contacts")["total"] == 1


def test_a_message_s_state_may_be_called_customer_status(sandbox, caller):
    sandbox.switch(customer_status=True)
    sent = caller.text(ASHA)["data"]
    assert (sent["customer_status"], "status" in sent) == ("Delivered", False)


def test_strangers_send_too_and_their_rows_are_among_ours(sandbox, caller):
    sandbox.switch(strangers=True)
    uid = caller.text(ASHA)["data"]["uid"]
    listed = caller.data("GET", "/sms")["data"]
    assert [(item["to"], item["from"]) for item in listed] == [("255700000000", "OTHERS"), (ASHA, "AMPENET")]
    assert [message["uid"] for message in sandbox.messages()] == [uid]
    assert sandbox.balance() == 9_999


def test_a_welcome_for_every_group_costs_a_message_for_each_contact(sandbox, caller, group):
    sandbox.switch(welcome="Karibu")
    caller.store(group, ASHA)
    assert [message["message"] for message in sandbox.messages()] == ["Karibu"]


def test_a_currency_stands_before_the_balance(sandbox, caller):
    sandbox.switch(currency="TSh")
    assert caller.data("GET", "/balance")["remaining_balance"] == "TSh10,000"
    sandbox.set_balance(None)
    assert caller.data("GET", "/balance")["remaining_balance"] == "Unlimited"


def test_a_limit_begins_when_it_is_set_and_ends_when_it_is_taken_away(sandbox, caller):
    sandbox.switch(requests_per_minute=1)
    assert [caller.answer("GET", "/me")["status"] for _ in range(2)] == ["success", "error"]
    sandbox.switch(requests_per_minute=None)
    assert caller.answer("GET", "/me")["status"] == "success"


def test_turning_another_switch_does_not_begin_the_minute_anew(sandbox, caller):
    sandbox.switch(requests_per_minute=1)
    caller.answer("GET", "/me")
    sandbox.switch(latency=0)
    assert caller.error("GET", "/me") == "Too Many Attempts."


def test_latency_is_waited_before_and_after_the_effect(caller_of):
    waited = []
    with Sandbox(latency=0.5, sleep=lambda seconds: waited.append((seconds, len(sandbox.groups())))) as sandbox:
        caller_of(sandbox).data("POST", "/contacts", name="Dodoma")
    assert waited == [(0.25, 0), (0.25, 1)]


def crowded(sandbox, group, count=60):
    for number in range(count):
        sandbox.add_contact(group, f"2557120000{number:02d}")


def listed(caller, group, between=lambda number: None):
    uids = []
    for number in (1, 2, 3):
        uids += [
            item["uid"] for item in caller.send("POST", f"/contacts/{group}/all?page={number}").json()["data"]["data"]
        ]
        between(number)
    return uids


def test_drifting_pages_repeat_and_skip_rows_while_somebody_writes(sandbox, caller, group):
    sandbox.switch(page_drift=True)
    crowded(sandbox, group)

    def rename(number):
        sandbox.edit_contact(group, "255712000000", first_name=f"Name {number}")

    uids = listed(caller, group, rename)
    assert len(uids) == 60
    assert len(set(uids)) < 60


def test_drifting_pages_stand_still_while_nobody_writes(sandbox, caller, group):
    sandbox.switch(page_drift=True)
    crowded(sandbox, group)
    assert len(set(listed(caller, group))) == 60


def test_inbound_texts_stand_in_the_report_but_are_none_of_ours(sandbox, caller):
    uid = sandbox.receive(ASHA, "ACHA", to="DUKA")
    item = caller.data("GET", "/sms")["data"][0]
    assert (item["uid"], item["from"], item["to"], item["message"]) == (uid, ASHA, "DUKA", "ACHA")
    assert (sandbox.messages(), [text["message"] for text in sandbox.received()]) == ([], ["ACHA"])


def test_a_gateway_may_report_another_status_later(sandbox, caller):
    uid = caller.text(ASHA)["data"]["uid"]
    sandbox.set_message_status(uid, "Failed")
    assert caller.data("GET", f"/sms/{uid}")["status"] == "Failed"


def test_a_reset_empties_the_account_and_keeps_its_history(tmp_path, caller_of):
    with Sandbox(log=tmp_path / "effects.jsonl") as sandbox:
        group = sandbox.add_group("VIP")
        caller_of(sandbox).store(group, ASHA)
        caller_of(sandbox).text(ASHA)
        sandbox.blacklist(JUMA)
        sandbox.reset()
        later = sandbox.add_group("VIP")
        assert later > group
    with Sandbox(log=tmp_path / "effects.jsonl") as again:
        assert [found["contacts"] for found in again.groups()] == [0]
        assert (again.messages(), again.balance()) == ([], 10_000)
        assert [effect["kind"] for effect in again.effects()][-2:] == ["world_reset", "group_created"]
        assert caller_of(again).text(JUMA)["status"] == "success"


def test_the_documentation_names_every_switch_fault_and_control():
    page = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
    named = set(re.findall(r"[a-z]\w+", " ".join(re.findall(r"`([^`\n]+)`", page))))
    assert {field.name for field in fields(Switches)} - named == set()
    assert {*FAULT_NAMES} - named == set()
    assert {*CONTROL_NAMES} - named == set()
