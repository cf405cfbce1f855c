"""Answers as other installs gave them → values; anything else is refused, never guessed."""

from __future__ import annotations

import pytest

from ampenet_sync.api import Account, Balance, Contact, Group, Message, Page, shapes
from ampenet_sync.api.shapes import Misshapen

ROW = {
    "id": 12,
    "uid": "606732aec8705",
    "customer_id": 4,
    "group_id": 9,
    "phone": 255712345678,
    "first_name": "Asha",
    "last_name": None,
    "status": "subscribe",
    "created_at": "2026-11-20T07:00:00.000000Z",
}
SENT = {"phone": "255712345678", "first_name": "Asha", "last_name": "Juma"}
SMS = {
    "uid": "606812e63f78b",
    "to": "255712345678",
    "from": "DUKA",
    "message": "Habari",
    "status": "Delivered",
    "cost": "1",
}


def page_of(items: list[object], **more: object) -> dict[str, object]:
    return {"current_page": 1, "data": items, "last_page": 1, "per_page": 25, "total": len(items)} | more


@pytest.mark.parametrize("phone", [255712345678, "255712345678", "+255712345678", " +255 712-345 678 "])
def test_a_phone_is_digits_in_a_text_whether_it_came_as_a_number_or_a_text(phone):
    assert shapes.contact(ROW | {"phone": phone}) == Contact("606732aec8705", "255712345678", "Asha", "", "subscribe")


def test_a_foreign_phone_that_is_no_number_stays_as_it_is():
    assert shapes.contact(ROW | {"phone": "0712 ask Juma"}).phone == "0712 ask Juma"


@pytest.mark.parametrize(
    "wrong",
    [
        {"phone": None},
        {"phone": 2.55712345678e11},
        {"phone": True},
        {"phone": ["255712345678"]},
        {"uid": None},
        {"uid": ""},
        {"uid": "../me"},
        {"uid": 606732},
        {"first_name": {"x": 1}},
        {"status": ["subscribe"]},
    ],
)
def test_a_contact_with_a_field_of_the_wrong_kind_is_refused(wrong):
    with pytest.raises(Misshapen):
        shapes.contact(ROW | wrong)


def test_a_listed_contact_has_no_status_because_the_listing_shows_none():
    item = {"uid": "606732aec8705", "phone": 255712345678, "first_name": "Zaïnabu", "last_name": "Ng'ang'a"}
    assert shapes.contact(item) == Contact("606732aec8705", "255712345678", "Zaïnabu", "Ng'ang'a", None)


def test_half_a_surrogate_pair_in_a_name_becomes_something_that_can_be_written():
    assert shapes.contact(ROW | {"first_name": "A\ud83d"}).first_name.encode() == "A\ufffd".encode()


def test_a_stored_contact_needs_the_uid_the_platform_gave_it():
    with pytest.raises(Misshapen) as caught:
        shapes.written_contact({"phone": "255712345678"}, SENT)
    assert caught.value.code == "no_uid"


@pytest.mark.parametrize("uid", [None, "606732aec8705"])
def test_a_written_contact_that_answers_with_another_phone_is_refused(uid):
    with pytest.raises(Misshapen) as caught:
        shapes.written_contact(ROW | {"phone": 255712345679}, SENT, uid=uid)
    assert caught.value.code == "other_phone"


def test_an_update_that_answers_with_another_uid_is_refused():
    with pytest.raises(Misshapen) as caught:
        shapes.written_contact(ROW, SENT, uid="606732aec8706")
    assert caught.value.code == "other_uid"


def test_an_update_that_shows_nothing_is_believed_to_be_what_was_sent():
    assert shapes.written_contact(None, SENT, uid="606732aec8705") == Contact(
        "606732aec8705", "255712345678", "Asha", "Juma"
    )


def test_both_spellings_of_each_field_are_sent():
    assert shapes.contact_body(phone="255712345678", first_name="Asha", last_name="") == {
        "phone": "255712345678",
        "PHONE": "255712345678",
        "first_name": "Asha",
        "FIRST_NAME": "Asha",
        "last_name": "",
        "LAST_NAME": "",
    }


def test_a_message_is_read_with_its_parts_from_the_cost_or_the_count():
    expected = Message("606812e63f78b", "255712345678", "DUKA", "Habari", "Delivered", 1)
    assert shapes.message(SMS) == expected
    assert shapes.message(SMS | {"cost": "0.8", "sms_count": 1}) == expected
    assert shapes.message(SMS | {"cost": "0.8"}).parts is None


def test_a_message_may_name_its_status_in_the_newer_way():
    newer = {key: value for key, value in SMS.items() if key != "status"} | {"customer_status": "Enroute"}
    assert shapes.message(newer).status == "Enroute"


@pytest.mark.parametrize("data", [None, [], [SMS], "sent", {"to": "255712345678"}, SMS | {"to": "255712345679"}])
def test_a_send_without_a_uid_or_to_another_number_is_refused(data):
    with pytest.raises(Misshapen):
        shapes.sent_message(data, phone="255712345678", sender_id="DUKA", text="Habari")


def test_a_group_needs_uid_and_name():
    assert shapes.group({"uid": "6065ecdc9184a", "name": "VIP"}) == Group("6065ecdc9184a", "VIP")
    with pytest.raises(Misshapen):
        shapes.group({"uid": "6065ecdc9184a"})


def test_an_answer_about_another_uid_than_asked_for_is_refused():
    with pytest.raises(Misshapen):
        shapes.asked_for(ROW, shapes.contact, uid="606732aec8706")


@pytest.mark.parametrize(
    ("shown", "units"),
    [
        ("1,250", 1250.0),
        ("TSh1,250", 1250.0),
        ("KSh 99.50", 99.5),
        ("1250 SMS", 1250.0),
        (1250, 1250.0),
        (0, 0.0),
        ("-3", -3.0),
        ("Unlimited", None),
        ("1.250,00", None),
        ("many", None),
    ],
)
def test_a_balance_is_a_number_only_where_it_can_be_read_as_one(shown, units):
    assert shapes.balance({"remaining_balance": shown, "expired_on": None}) == Balance(str(shown), units)


def test_an_old_build_names_its_balance_differently_and_none_at_all_is_refused():
    assert shapes.balance({"remaining_unit": "Unlimited"}).unlimited
    with pytest.raises(Misshapen):
        shapes.balance({"expired_on": "never"})


def test_an_account_keeps_nothing_but_what_it_names():
    data = {"uid": "606000aec8705", "api_token": "1|secret", "first_name": "Asha", "last_name": "Juma", "email": "a@b"}
    assert shapes.account(data | {"timezone": "Africa/Dar_es_Salaam"}) == Account(
        "606000aec8705", "Asha Juma", "Africa/Dar_es_Salaam"
    )


def test_a_page_is_read_with_counts_as_numbers_or_texts():
    data = page_of([{"uid": "6065ecdc9184a", "name": "VIP"}], current_page="1", total="1")
    assert shapes.page(data, shapes.group, number=1) == Page((Group("6065ecdc9184a", "VIP"),), 1, 1, 1)


def test_an_empty_listing_is_one_empty_page():
    assert shapes.page(page_of([], **{"from": None, "to": None}), shapes.contact, number=1) == Page((), 1, 1, 0)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"total": 2}, "short_page"),
        ({"total": 60, "last_page": 3}, "short_page"),
        ({"total": 0}, "short_page"),
        ({"current_page": 2}, "other_page"),
        ({"total": None}, "bad_shape"),
        ({"last_page": True}, "bad_shape"),
        ({"per_page": -1}, "bad_shape"),
        ({"data": None}, "bad_shape"),
        ({"data": ["x"]}, "bad_shape"),
    ],
)
def test_a_page_that_contradicts_its_own_counts_is_refused_because_a_short_list_deletes_people(wrong, code):
    with pytest.raises(Misshapen) as caught:
        shapes.page(page_of([ROW]) | wrong, shapes.contact, number=1)
    assert caught.value.code == code


def test_a_last_page_number_that_hides_rows_is_refused():
    with pytest.raises(Misshapen):
        shapes.page(page_of([ROW] * 25, total=60, last_page=2), shapes.contact, number=1)
