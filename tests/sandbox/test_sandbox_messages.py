"""Sending, billing, the balance and the account."""

import pytest

from ampenet_sync.sandbox import Sandbox

ASHA = "255712345678"
JUMA = "255754000111"


def test_one_recipient_gets_one_message_and_one_object_answers(caller, sandbox):
    data = caller.text(ASHA)["data"]
    uid = sandbox.messages()[0]["uid"]
    assert data == {
        "uid": uid,
        "to": ASHA,
        "from": "AMPENET",
        "message": "Habari",
        "status": "Delivered",
        "cost": "1",
        "sms_count": 1,
    }
    assert len(sandbox.messages()) == 1


def test_a_message_is_viewed_by_its_uid(caller):
    sent = caller.text(ASHA)["data"]
    assert caller.data("GET", f"/sms/{sent['uid']}") == {key: sent[key] for key in sent if key != "sms_count"}


def test_an_unknown_message_is_not_found(caller):
    response = caller.send("GET", "/sms/6065ecdc9184a")
    assert (response.status_code, response.json()["message"]) == (404, "SMS Info not found")


def test_several_recipients_are_answered_with_a_list(caller, sandbox):
    data = caller.text(f"{ASHA},{JUMA}")["data"]
    assert [entry["to"] for entry in data] == [ASHA, JUMA]
    assert [message["to"] for message in sandbox.messages()] == [ASHA, JUMA]


def test_among_several_a_bad_number_is_only_named_in_the_message(caller, sandbox):
    answer = caller.text(f"{ASHA},0712,{JUMA}")
    assert (answer["status"], answer["message"]) == ("success", "0712 is a invalid phone number")
    assert [entry["to"] for entry in answer["data"]] == [ASHA, JUMA]


def test_a_hundred_recipients_pass_and_one_more_is_refused(caller, sandbox):
    hundred = ",".join(f"255712000{number:03d}" for number in range(100))
    assert len(caller.text(hundred)["data"]) == 100
    refused = caller.text(f"{hundred},{JUMA}")
    assert refused["message"] == "You cannot send more than 100 SMS in a single request."
    assert len(sandbox.messages()) == 100


def test_a_schedule_is_ignored_with_one_recipient(caller, sandbox):
    caller.text(ASHA, schedule_time="2099-01-01 09:00")
    assert len(sandbox.messages()) == 1


def test_with_several_a_schedule_takes_the_units_now_and_sends_then(caller_of):
    now = [1_764_568_800.0]  # 2025-12-01 09:00 in Dar es Salaam
    with Sandbox(clock=lambda: now[0]) as sandbox:
        answer = caller_of(sandbox).text(f"{ASHA},{JUMA}", schedule_time="2025-12-01 10:00")
        assert (answer["data"], sandbox.balance(), sandbox.messages()) == (None, 9_998, [])
        now[0] += 3_600
        assert [message["to"] for message in sandbox.messages()] == [ASHA, JUMA]
        assert sandbox.balance() == 9_998


def test_a_schedule_that_is_no_time_is_invalid(caller):
    assert caller.text(f"{ASHA},{JUMA}", schedule_time="tomorrow")["message"] == "The given data was invalid."


@pytest.mark.parametrize("missing", ["recipient", "sender_id", "type", "message"])
def test_each_field_of_a_message_is_needed(caller, sandbox, missing):
    assert caller.text(**({"recipient": ASHA} | {missing: ""}))["message"] == "The given data was invalid."
    assert sandbox.messages() == []


def test_a_bad_number_gets_no_message(caller, sandbox):
    assert caller.text("0712345678")["message"] == "0712345678 is a invalid phone number"
    assert sandbox.messages() == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 158 + "€", 1),
        ("a" * 159 + "€", 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 2),  # three parts on the air; the platform bills ceil(306 / 153)
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 134, 2),
        ("ж" * 135, 3),
        ("ж" * 68 + "😀", 1),
        ("ж" * 69 + "😀", 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("ç" * 71, 2),
        ("Ç" * 160, 1),
        ("\u0391" * 71, 2),
        ("a\n" * 79 + "aa", 1),
        ("a\t" * 39 + "aa", 2),
    ],
)
def test_a_message_is_billed_by_its_units(caller, sandbox, text, parts):
    assert caller.text(ASHA, text)["data"]["sms_count"] == parts
    assert sandbox.balance() == 10_000 - parts


def test_the_type_unicode_bills_a_plain_text_as_unicode(caller):
    assert caller.text(ASHA, "a" * 71, type="unicode")["data"]["cost"] == "2"


def test_the_balance_is_a_text_for_people(caller, sandbox):
    sandbox.set_balance(1_250)
    assert caller.data("GET", "/balance")["remaining_balance"] == "1,250"
    sandbox.set_balance(None)
    assert caller.data("GET", "/balance")["remaining_balance"] == "Unlimited"


def test_too_few_units_send_nothing(caller, sandbox):
    sandbox.set_balance(1)
    response = caller.text(ASHA, "a" * 161)
    expected = "There is not enough balance available to send this message.You have 1 of the 2"
    assert response["message"] == expected
    assert (sandbox.messages(), sandbox.balance()) == ([], 1)


def test_a_balance_too_small_for_all_of_several_sends_to_none(caller, sandbox):
    sandbox.set_balance(1)
    assert "not enough balance" in caller.text(f"{ASHA},{JUMA}")["message"]
    assert sandbox.messages() == []


def test_at_zero_the_limit_is_exceeded(caller, sandbox):
    sandbox.set_balance(0)
    fields = {"recipient": ASHA, "sender_id": "AMPENET", "type": "plain", "message": "Habari"}
    response = caller.send("POST", "/sms/send", json=fields)
    assert (response.status_code, response.json()["message"]) == (403, "You have exceeded your sending limit.")


@pytest.mark.parametrize(
    ("sender", "status"), [("AMPENET", "success"), ("255710867157", "success"), ("x" * 12, "error")]
)
def test_a_sender_id_is_a_number_or_up_to_eleven_characters(caller, sender, status):
    assert caller.text(ASHA, sender_id=sender)["status"] == status


def test_only_listed_sender_ids_pass_where_there_is_a_list(caller_of):
    with Sandbox(sender_ids=["AMPENET"]) as sandbox:
        caller = caller_of(sandbox)
        assert caller.text(ASHA, sender_id="AMPENET")["status"] == "success"
        refused = caller.text(ASHA, sender_id="OTHER")
        assert refused["message"] == "Originator ID is not authorized to send this message"
        assert len(sandbox.messages()) == 1


def test_the_blacklist_binds_single_sends_only(caller, sandbox):
    sandbox.blacklist(ASHA)
    assert caller.text(ASHA)["message"] == "Number contain in blacklist"
    assert caller.text(f"{ASHA},{JUMA}")["status"] == "success"


def test_a_send_does_not_ask_whether_a_contact_opted_out(caller, sandbox, group):
    sandbox.add_contact(group, ASHA)
    sandbox.unsubscribe(ASHA)
    assert caller.text(ASHA)["status"] == "success"


def test_the_profile_holds_the_token_and_the_time_zone(caller, sandbox):
    profile = caller.data("GET", "/me")
    assert profile["api_token"] == sandbox.token
    assert profile["timezone"] == "Africa/Dar_es_Salaam"
    assert {"uid", "first_name", "last_name", "email", "locale", "last_access_at"} <= set(profile)
