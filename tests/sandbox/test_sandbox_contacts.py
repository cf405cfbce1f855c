"""Contacts and groups over the documented routes, with the platform's own words."""

import re

import pytest

ASHA = "255712345678"
JUMA = "255754000111"
NOBODY = "6065ecdc9184a"


def test_storing_a_contact_answers_its_full_row(caller, group):
    row = caller.store(group, ASHA)
    assert set(row) == {
        "id", "uid", "customer_id", "group_id", "phone", "first_name", "last_name", "status", "created_at", "updated_at"
    }  # fmt: skip
    assert (row["phone"], row["status"]) == (255712345678, "subscribe")
    assert isinstance(row["group_id"], int)


def test_uids_are_thirteen_hex_characters_and_increase(caller, group):
    first, second = caller.store(group, ASHA)["uid"], caller.store(group, JUMA)["uid"]
    assert re.fullmatch(r"[0-9a-f]{13}", first)
    assert re.fullmatch(r"[0-9a-f]{13}", second)
    assert first < second


def test_searching_shows_four_fields_and_no_status(caller, group):
    uid = caller.store(group, ASHA)["uid"]
    found = caller.data("POST", f"/contacts/{group}/search/{uid}")
    assert found == {"uid": uid, "phone": 255712345678, "first_name": "Asha", "last_name": "Mollel"}


def test_updating_changes_phone_and_names_and_keeps_the_uid(caller, group, sandbox):
    uid = caller.store(group, ASHA)["uid"]
    caller.data("PATCH", f"/contacts/{group}/update/{uid}", phone=JUMA, first_name="Juma", last_name="")
    assert sandbox.contacts(group) == [
        {"uid": uid, "phone": JUMA, "first_name": "Juma", "last_name": "", "status": "subscribe"}
    ]


def test_a_phone_that_was_given_up_can_be_stored_again(caller, group, sandbox):
    uid = caller.store(group, ASHA)["uid"]
    caller.data("PATCH", f"/contacts/{group}/update/{uid}", phone=JUMA, first_name="", last_name="")
    assert caller.store(group, ASHA)["uid"] != uid
    assert [contact["phone"] for contact in sandbox.contacts(group)] == [ASHA, JUMA]


def test_an_update_keeps_an_opt_out_and_shows_it(caller, group, sandbox):
    uid = caller.store(group, ASHA)["uid"]
    sandbox.unsubscribe(ASHA)
    row = caller.data("PATCH", f"/contacts/{group}/update/{uid}", phone=ASHA, first_name="Asha", last_name="Mollel")
    assert row["status"] == "unsubscribe"


def test_delete_and_create_subscribes_an_opted_out_person_again(caller, group, sandbox):
    uid = caller.store(group, ASHA)["uid"]
    sandbox.unsubscribe(ASHA)
    assert caller.data("DELETE", f"/contacts/{group}/delete/{uid}") is None
    assert caller.store(group, ASHA)["status"] == "subscribe"


def test_a_second_create_of_a_phone_is_refused(caller, group, sandbox):
    caller.store(group, ASHA)
    message = caller.error("POST", f"/contacts/{group}/store", phone="+255 712 345 678", first_name="", last_name="")
    assert message == "You have already subscribed to VIP customers"
    assert len(sandbox.contacts(group)) == 1


def test_an_update_onto_a_phone_of_the_group_is_refused(caller, group):
    caller.store(group, JUMA)
    uid = caller.store(group, ASHA)["uid"]
    message = caller.error("PATCH", f"/contacts/{group}/update/{uid}", phone=JUMA, first_name="", last_name="")
    assert message == "You have already subscribed to VIP customers"


@pytest.mark.parametrize("phone", ["0712345678", "25571234567", "2557123456789", "abc", "12345", "255712345678.0"])
def test_an_impossible_phone_is_refused(caller, group, phone, sandbox):
    message = caller.error("POST", f"/contacts/{group}/store", phone=phone, first_name="", last_name="")
    assert message == f"{phone} is a invalid phone number"
    assert sandbox.contacts(group) == []


def test_a_phone_may_be_a_json_number(caller, group, sandbox):
    caller.data("POST", f"/contacts/{group}/store", phone=255712345678, first_name="", last_name="")
    assert [contact["phone"] for contact in sandbox.contacts(group)] == [ASHA]


def test_create_and_update_need_the_phone(caller, group):
    uid = caller.store(group, ASHA)["uid"]
    names = {"first_name": "", "last_name": ""}
    assert caller.error("POST", f"/contacts/{group}/store", **names) == "The given data was invalid."
    assert caller.error("PATCH", f"/contacts/{group}/update/{uid}", **names) == "The given data was invalid."


@pytest.mark.parametrize(("sent", "missing"), [("last_name", "first_name"), ("first_name", "last_name")])
def test_both_name_keys_must_be_there(caller, group, sent, missing, sandbox):
    message = caller.error("POST", f"/contacts/{group}/store", phone=ASHA, **{sent: ""})
    assert message == f'Undefined array key "{missing}"'
    assert sandbox.contacts(group) == []


def test_an_update_needs_both_name_keys_too(caller, group, sandbox):
    uid = caller.store(group, ASHA)["uid"]
    message = caller.error("PATCH", f"/contacts/{group}/update/{uid}", phone=JUMA)
    assert message == 'Undefined array key "first_name"'
    assert sandbox.contacts(group)[0]["phone"] == ASHA


def test_a_name_too_long_for_its_column_is_a_server_fault(caller, group):
    message = caller.error("POST", f"/contacts/{group}/store", phone=ASHA, first_name="a" * 256, last_name="")
    assert message.startswith("SQLSTATE[22001]")


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "store"), ("POST", "all"), ("POST", "show"), ("PATCH", f"update/{NOBODY}"), ("POST", f"search/{NOBODY}")],
)
def test_an_unknown_group_is_named(caller, method, path):
    message = caller.error(method, f"/contacts/{NOBODY}/{path}", phone=ASHA, first_name="", last_name="")
    assert message == rf"No query results for model [App\Models\ContactGroups] {NOBODY}"


@pytest.mark.parametrize(("method", "verb"), [("POST", "search"), ("PATCH", "update"), ("DELETE", "delete")])
def test_an_unknown_contact_is_named(caller, group, method, verb):
    message = caller.error(method, f"/contacts/{group}/{verb}/{NOBODY}", phone=ASHA, first_name="", last_name="")
    assert message == rf"No query results for model [App\Models\Contacts] {NOBODY}"


def test_a_contact_of_another_group_is_answered_in_three_ways(caller, group, sandbox):
    uid = caller.store(sandbox.add_group("Others"), ASHA)["uid"]
    fields = {"phone": ASHA, "first_name": "", "last_name": ""}
    assert caller.data("POST", f"/contacts/{group}/search/{uid}") is None
    update = caller.error("PATCH", f"/contacts/{group}/update/{uid}", **fields)
    assert update == "Sorry, but the page you were trying to view does not exist."
    delete = caller.error("DELETE", f"/contacts/{group}/delete/{uid}")
    assert delete == "Something went wrong. Please try again"
    assert sandbox.contacts("Others")[0]["first_name"] == "Asha"


def test_a_group_is_created_shown_renamed_listed_and_deleted(caller, sandbox):
    made = caller.data("POST", "/contacts", name="Dodoma")
    assert set(made) == {"uid", "name"}
    assert caller.data("POST", f"/contacts/{made['uid']}/show") == made
    caller.data("PATCH", f"/contacts/{made['uid']}", name="Dodoma mjini")
    assert caller.data("GET", "/contacts")["data"] == [{"uid": made["uid"], "name": "Dodoma mjini"}]
    assert caller.data("DELETE", f"/contacts/{made['uid']}") is None
    assert sandbox.groups() == []


def test_group_names_are_unique(caller, group):
    other = caller.data("POST", "/contacts", name="Dodoma")["uid"]
    taken = "VIP customers already available as your contact group."
    assert caller.error("POST", "/contacts", name="VIP customers") == taken
    assert caller.error("PATCH", f"/contacts/{other}", name="VIP customers") == taken
    assert caller.data("PATCH", f"/contacts/{other}", name="Dodoma")["name"] == "Dodoma"


def test_a_group_needs_a_name(caller, group):
    assert caller.error("POST", "/contacts") == "The given data was invalid."
    assert caller.error("PATCH", f"/contacts/{group}", name="") == "The given data was invalid."


def test_renaming_a_group_switches_its_automatic_texts_off(caller, group, sandbox):
    sandbox.set_group_texts(group, welcome="Karibu", unsubscribe="Kwaheri", keyword="JIUNGE")
    caller.data("PATCH", f"/contacts/{group}", name="VIP")
    assert sandbox.groups() == [
        {"uid": group, "name": "VIP", "contacts": 0, "welcome": None, "unsubscribe": None, "keyword": None}
    ]


def test_deleting_a_group_removes_its_contacts(caller, group, sandbox):
    uid = caller.store(group, ASHA)["uid"]
    other = sandbox.add_group("Others")
    caller.data("DELETE", f"/contacts/{group}")
    assert "[App\\Models\\Contacts]" in caller.error("POST", f"/contacts/{other}/search/{uid}")


def test_a_welcome_text_makes_a_new_contact_cost_a_message(caller, group, sandbox):
    sandbox.set_group_texts(group, welcome="Karibu")
    caller.store(group, ASHA)
    assert [(message["to"], message["message"]) for message in sandbox.messages()] == [(ASHA, "Karibu")]
    assert sandbox.balance() == 9_999
