"""Where the dialects differ: contacts, groups, messages and the words of refusals, each in 3.1, 3.8 and 3.9."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ampenet_sync.sandbox import Sandbox
from ampenet_sync.sandbox.rules import DIALECTS

ASHA, JUMA, NEEMA = "255712345678", "255754000111", "254712345678"
DIALECT_NAMES = ("3.1", "3.8", "3.9")


@pytest.fixture
def place(request: pytest.FixtureRequest, caller_of: Callable) -> Iterator[tuple]:
    """A sandbox of the parametrised dialect, a caller and a group."""
    with Sandbox(dialect=request.param) as sandbox:
        yield sandbox, caller_of(sandbox), sandbox.add_group("VIP")


def in_dialects(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("place", names, indirect=True)


def both(phone: str, first_name: str = "Asha", last_name: str = "Mollel") -> dict[str, str]:
    """The fields in both spellings, as a careful client sends them."""
    fields = {"phone": phone, "first_name": first_name, "last_name": last_name}
    return fields | {key.upper(): value for key, value in fields.items()}


def store(caller, group, phone, *names):
    return caller.answer("POST", f"/contacts/{group}/store", **both(phone, *names))


def test_the_table_has_a_row_for_each_dialect_and_no_two_are_alike():
    assert [DIALECTS[name].name for name in DIALECT_NAMES] == list(DIALECT_NAMES)
    assert len(DIALECTS) == len(set(DIALECTS.values())) == 3


@in_dialects(*DIALECT_NAMES)
def test_both_spellings_suit_every_dialect(place):
    sandbox, caller, group = place
    row = store(caller, group, ASHA)["data"]
    assert (str(row["phone"]), row["status"]) == (ASHA, "subscribe")
    assert [(found["first_name"], found["last_name"]) for found in sandbox.contacts(group)] == [("Asha", "Mollel")]


@in_dialects(*DIALECT_NAMES)
def test_a_phone_is_a_string_in_3_1_and_a_number_later(place):
    sandbox, caller, group = place
    store(caller, group, ASHA)
    listed = caller.data("POST", f"/contacts/{group}/all")["data"][0]
    assert set(listed) == {"uid", "phone", "first_name", "last_name"}
    assert listed["phone"] == (ASHA if sandbox.switches().dialect == "3.1" else int(ASHA))


@in_dialects("3.9")
def test_3_9_shows_the_status_and_custom_fields_and_knows_only_capitals(place):
    sandbox, caller, group = place
    sandbox.set_group_fields(group, ["CITY"])
    fields = {"PHONE": ASHA, "FIRST_NAME": "Asha", "CITY": "Dodoma", "TIER": "gold", "last_name": "Mollel"}
    row = caller.data("POST", f"/contacts/{group}/store", **fields)
    custom = {"FIRST_NAME": "Asha", "LAST_NAME": None, "CITY": "Dodoma"}
    assert row == {"uid": row["uid"], "phone": int(ASHA), "status": "subscribe", "custom_fields": custom}
    sandbox.unsubscribe(ASHA)
    found = caller.data("POST", f"/contacts/{group}/search/{row['uid']}")
    assert found == row | {"status": "unsubscribe"}
    assert sandbox.contacts(group)[0]["fields"] == {"CITY": "Dodoma"}


@in_dialects("3.9")
def test_3_9_names_the_missing_field_in_its_own_way(place):
    _, caller, group = place
    response = caller.send("POST", f"/contacts/{group}/store", json={"phone": ASHA})
    assert (response.status_code, response.json()["message"]) == (200, "The p h o n e field is required.")


@in_dialects(*DIALECT_NAMES)
def test_a_second_create_makes_a_twin_or_is_refused_in_the_dialect_s_words(place):
    sandbox, caller, group = place
    store(caller, group, ASHA)
    response = caller.send("POST", f"/contacts/{group}/store", json=both(ASHA))
    answer = response.json()
    assert (response.status_code, answer["status"], answer["message"], len(sandbox.contacts(group))) == {
        "3.1": (200, "success", "Contact successfully added", 2),
        "3.8": (200, "error", "You have already subscribed to VIP", 1),
        "3.9": (422, "error", "The p h o n e has already been taken.", 1),
    }[sandbox.switches().dialect]


@in_dialects("3.9")
def test_on_3_9_a_number_written_otherwise_subscribes_an_opted_out_person_again(place):
    sandbox, caller, group = place
    store(caller, group, ASHA)
    sandbox.unsubscribe(ASHA)
    answer = store(caller, group, "+255 712 345 678", "Zaituni", "")
    assert answer["data"]["status"] == "subscribe"
    assert [(found["first_name"], found["last_name"]) for found in sandbox.contacts(group)] == [("Zaituni", "Mollel")]
    assert [effect["kind"] for effect in sandbox.effects()][-2:] == ["contact_updated", "contact_status_changed"]


@in_dialects("3.1")
def test_on_3_1_twins_are_two_contacts_through_updates_opt_outs_and_removal(place):
    sandbox, caller, group = place
    first, second = (store(caller, group, ASHA)["data"]["uid"] for _ in range(2))
    assert sandbox.unsubscribe(ASHA) == 2
    caller.data("PATCH", f"/contacts/{group}/update/{second}", **both(JUMA))
    assert {found["uid"]: found["phone"] for found in sandbox.contacts(group)} == {first: ASHA, second: JUMA}
    caller.data("PATCH", f"/contacts/{group}/update/{second}", **both(ASHA))
    caller.data("DELETE", f"/contacts/{group}/delete/{first}")
    assert [found["uid"] for found in sandbox.contacts(group)] == [second]


@in_dialects("3.1")
@pytest.mark.parametrize("local", ["0712345678", "abc"])
def test_on_3_1_a_local_number_is_an_error_after_its_row_stands(place, local):
    sandbox, caller, group = place
    assert store(caller, group, local)["message"] == f"{local} is a invalid phone number"
    assert [found["phone"] for found in sandbox.contacts(group)] == [local]
    assert caller.data("POST", f"/contacts/{group}/all")["data"][0]["phone"] == local


@in_dialects("3.1")
def test_3_1_stores_a_phone_as_it_was_written(place):
    sandbox, caller, group = place
    assert store(caller, group, "+255 712 345 678")["data"]["phone"] == "+255 712 345 678"
    assert sandbox.unsubscribe(ASHA) == 1


@in_dialects(*DIALECT_NAMES)
def test_an_empty_name_clears_the_field_but_not_on_3_9(place):
    sandbox, caller, group = place
    uid = store(caller, group, ASHA)["data"]["uid"]
    caller.data("PATCH", f"/contacts/{group}/update/{uid}", **both(ASHA, "", ""))
    kept = "Asha" if sandbox.switches().dialect == "3.9" else ""
    assert sandbox.contacts(group)[0]["first_name"] == kept


@in_dialects(*DIALECT_NAMES)
def test_an_update_under_another_group_is_refused_but_not_on_3_9(place):
    sandbox, caller, group = place
    uid = store(caller, group, ASHA)["data"]["uid"]
    elsewhere = sandbox.add_group("Others")
    answer = caller.answer("PATCH", f"/contacts/{elsewhere}/update/{uid}", **both(ASHA, "Zaituni"))
    assert answer["status"] == ("success" if sandbox.switches().dialect == "3.9" else "error")
    changed = sandbox.contacts(group)[0]["first_name"] == "Zaituni"
    assert changed == (sandbox.switches().dialect == "3.9")
    assert sandbox.contacts("Others") == []


@in_dialects(*DIALECT_NAMES)
def test_a_blacklisted_phone_becomes_no_contact_on_3_9_only(place):
    sandbox, caller, group = place
    sandbox.blacklist(ASHA)
    response = caller.send("POST", f"/contacts/{group}/store", json=both(ASHA))
    refused = (422, "This phone was blacklisted")
    made = (200, "Contact successfully added")
    expected = refused if sandbox.switches().dialect == "3.9" else made
    assert (response.status_code, response.json()["message"]) == expected


@in_dialects(*DIALECT_NAMES)
def test_renaming_a_group_needs_a_sending_server_on_3_1(place):
    sandbox, caller, group = place
    answer = caller.answer("PATCH", f"/contacts/{group}", name="Gold")
    assert answer["status"] == ("error" if sandbox.switches().dialect == "3.1" else "success")
    caller.data("PATCH", f"/contacts/{group}", name="Gold", sending_server="1")
    assert [found["name"] for found in sandbox.groups()] == ["Gold"]


@in_dialects(*DIALECT_NAMES)
def test_the_balance_has_its_own_key(place):
    sandbox, caller, _ = place
    key = "remaining_unit" if sandbox.switches().dialect == "3.1" else "remaining_balance"
    assert caller.data("GET", "/balance")[key] == "10,000"


@in_dialects(*DIALECT_NAMES)
def test_the_report_begins_with_the_oldest_on_3_1_and_the_newest_later(place):
    sandbox, caller, _ = place
    for number in range(27):
        caller.text(ASHA, f"Habari {number}")
    pages = [caller.send("GET", f"/sms?page={number}").json()["data"]["data"] for number in (1, 2)]
    texts = [item["message"] for page in pages for item in page]
    expected = [f"Habari {number}" for number in range(27)]
    assert texts == (expected if sandbox.switches().dialect == "3.1" else expected[::-1])


@in_dialects(*DIALECT_NAMES)
def test_the_report_of_3_1_has_only_what_was_sent_with_the_token(place):
    sandbox, caller, group = place
    sandbox.set_group_texts(group, welcome="Karibu")
    sandbox.add_stranger_message(JUMA, "Ours is not yours")
    sandbox.receive(ASHA, "ACHA", to="DUKA")
    store(caller, group, ASHA)
    caller.text(ASHA, "Habari")
    listed = [item["message"] for item in caller.data("GET", "/sms")["data"]]
    everything = ["Habari", "Karibu", "ACHA", "Ours is not yours"]
    assert listed == (["Habari"] if sandbox.switches().dialect == "3.1" else everything)


@in_dialects(*DIALECT_NAMES)
def test_two_recipients_are_answered_with_null_on_3_1_and_a_list_later(place):
    sandbox, caller, _ = place
    data = caller.text(f"{ASHA},{JUMA}")["data"]
    shown = None if data is None else [item["to"] for item in data]
    assert shown == (None if sandbox.switches().dialect == "3.1" else [ASHA, JUMA])
    assert [message["to"] for message in sandbox.messages()] == [ASHA, JUMA]


@in_dialects("3.1")
def test_3_1_takes_three_recipients_for_one_bad_number(place):
    sandbox, caller, _ = place
    several = f"{ASHA},{JUMA},{NEEMA}"
    assert caller.text(several)["message"] == f"{several} is a invalid phone number"
    assert sandbox.messages() == []


@in_dialects("3.1", "3.8")
def test_only_3_1_counts_no_parts_in_its_answer(place):
    sandbox, caller, _ = place
    assert ("sms_count" in caller.text(ASHA)["data"]) == (sandbox.switches().dialect == "3.8")


@in_dialects("3.1", "3.8")
def test_a_schedule_for_one_is_kept_on_3_1_and_ignored_later(place):
    sandbox, caller, _ = place
    caller.text(ASHA, schedule_time="2099-01-01 09:00")
    assert len(sandbox.messages()) == (0 if sandbox.switches().dialect == "3.1" else 1)
    assert sandbox.balance() == 9_999


@in_dialects("3.9")
def test_3_9_leaves_blacklisted_numbers_out_of_several_and_says_so(place):
    sandbox, caller, _ = place
    sandbox.blacklist(ASHA)
    answer = caller.text(f"{ASHA},{JUMA}")
    assert (answer["status"], [item["to"] for item in answer["data"]]) == ("success", [JUMA])
    assert answer["message"] == f"{ASHA}: Number contains in the blacklist"
    assert caller.text(ASHA)["message"] == "Number contains in the blacklist"


def test_a_log_of_3_1_with_twins_and_odd_numbers_goes_on_under_3_8(tmp_path, caller_of):
    log = tmp_path / "effects.jsonl"
    with Sandbox(dialect="3.1", log=log) as old:
        group, caller = old.add_group("VIP"), caller_of(old)
        for phone in (ASHA, ASHA, "+255 754 000 111", "abc"):
            store(caller, group, phone)
    with Sandbox(dialect="3.8", log=log) as new:
        items = caller_of(new).data("POST", f"/contacts/{group}/all")["data"]
        assert [item["phone"] for item in items] == [int(ASHA), int(ASHA), int(JUMA), 0]
