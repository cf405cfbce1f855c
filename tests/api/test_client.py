"""Each method on a scripted platform: what is asked, what is counted, what is asked again and what never is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ampenet_sync.api import Answer, Contact, Group, Lane, ReadPolicy, Slot, connect
from ampenet_sync.config import Api
from ampenet_sync.errors import BadAnswer, InDoubt, Refused, Throttled, Unauthorised, Unreachable

GROUP, UID, PHONE = "6065ecdc9184a", "606732aec8705", "255712345678"
ROW = {"uid": UID, "phone": 255712345678, "first_name": "Asha", "last_name": "Juma", "status": "subscribe"}
SMS = {"uid": "606812e63f78b", "to": PHONE, "from": "DUKA", "message": "Habari", "status": "Delivered", "cost": "1"}
NAMES = {"phone": PHONE, "first_name": "Asha", "last_name": "Juma"}
LOST, REFUSED_CONNECTION = InDoubt("lost", code="lost_answer"), Unreachable("no", code="unreachable")
MAINTENANCE = Answer(503, {}, b"<html>")

Play = Callable[..., Any]


def error(message: str, http: int = 200, **headers: str) -> Answer:
    return Answer(http, headers, json.dumps({"status": "error", "message": message}).encode())


def page(number: int, last: int, *rows: object, total: int) -> dict[str, object]:
    return {"current_page": number, "last_page": last, "per_page": 2, "total": total, "data": list(rows)}


def store(client: Any, **more: Any) -> Any:
    return client.store_contact(GROUP, **NAMES, **more)


def send(client: Any, **more: Any) -> Any:
    return client.send_message(phone=PHONE, sender_id="DUKA", text="Habari", **more)


WRITES = [
    store,
    send,
    lambda c: c.update_contact(GROUP, UID, **NAMES),
    lambda c: c.delete_contact(GROUP, UID),
    lambda c: c.create_group("VIP"),
    lambda c: c.rename_group(GROUP, "VIP"),
    lambda c: c.delete_group(GROUP),
]
READS = [
    lambda c: c.search_contact(GROUP, UID),
    lambda c: c.show_group(GROUP),
    lambda c: c.view_message(UID),
    lambda c: c.balance(),
    lambda c: c.me(),
    lambda c: list(c.contact_pages(GROUP)),
    lambda c: list(c.group_pages()),
    lambda c: list(c.message_pages()),
]

# call, method and path as documented, data of the answer
ROUTES = [
    (WRITES[0], "POST", f"/contacts/{GROUP}/store", ROW),
    (WRITES[1], "POST", "/sms/send", SMS),
    (WRITES[2], "PATCH", f"/contacts/{GROUP}/update/{UID}", ROW),
    (WRITES[3], "DELETE", f"/contacts/{GROUP}/delete/{UID}", None),
    (WRITES[4], "POST", "/contacts", {"uid": GROUP, "name": "VIP"}),
    (WRITES[5], "PATCH", f"/contacts/{GROUP}", {"uid": GROUP, "name": "VIP"}),
    (WRITES[6], "DELETE", f"/contacts/{GROUP}", None),
    (READS[0], "POST", f"/contacts/{GROUP}/search/{UID}", ROW),
    (READS[1], "POST", f"/contacts/{GROUP}/show", {"uid": GROUP, "name": "VIP"}),
    (READS[2], "GET", f"/sms/{UID}", SMS | {"uid": UID}),
    (READS[3], "GET", "/balance", {"remaining_balance": "1,250", "expired_on": None}),
    (READS[4], "GET", "/me", {"uid": UID, "api_token": "x", "first_name": "Asha", "last_name": "Juma"}),
    (READS[5], "POST", f"/contacts/{GROUP}/all", page(1, 1, ROW, total=1)),
    (READS[6], "GET", "/contacts", page(1, 1, {"uid": GROUP, "name": "VIP"}, total=1)),
    (READS[7], "GET", "/sms", page(1, 1, SMS, total=1)),
]


@pytest.mark.parametrize(("call", "method", "path", "data"), ROUTES)
def test_each_method_asks_once_as_documented(play: Play, call, method, path, data):
    script = play(data)
    client = script.client
    call(client)
    assert [(request.method, request.path) for request in script.requests] == [(method, path)]
    assert client.calls == 1


def test_storing_sends_both_spellings_and_gives_the_contact(play: Play):
    script = play(ROW)
    assert store(script.client) == Contact(UID, PHONE, "Asha", "Juma", "subscribe")
    assert script.requests[0].body["PHONE"] == script.requests[0].body["phone"] == PHONE


def test_sending_names_recipient_sender_type_and_text(play: Play):
    script = play(SMS)
    assert send(script.client).status == "Delivered"
    assert script.requests[0].body == {"recipient": PHONE, "sender_id": "DUKA", "type": "plain", "message": "Habari"}


def test_only_messages_go_in_the_campaigns_lane(play: Play):
    script = play(*(data for _, _, _, data in ROUTES))
    client = script.client
    for call, *_ in ROUTES:
        call(client)
    lanes = [told[1] for told in script.notes.told if told[0] == "take"]
    assert lanes == [Lane.CAMPAIGN if call is send else Lane.SYNC for call, *_ in ROUTES]


@pytest.mark.parametrize("call", WRITES)
@pytest.mark.parametrize("fault", [LOST, MAINTENANCE, error("SQLSTATE[HY000]", 500), Answer(200, {}, b"")])
def test_a_write_whose_answer_proves_nothing_is_in_doubt_and_never_repeated(play: Play, call, fault):
    script = play(fault)
    with pytest.raises(InDoubt):
        call(script.client)
    assert len(script.requests) == 1


@pytest.mark.parametrize("call", WRITES)
@pytest.mark.parametrize("fault", [REFUSED_CONNECTION, error("Too Many Attempts.")])
def test_a_write_that_certainly_did_not_happen_is_not_repeated_either(play: Play, call, fault):
    script = play(fault)
    with pytest.raises((Unreachable, Throttled)):
        call(script.client)
    assert len(script.requests) == 1


@pytest.mark.parametrize("call", [store, send, WRITES[4]])
@pytest.mark.parametrize("data", [None, [], {}, {"uid": 5}, {"queue": "7f"}])
def test_a_creation_that_succeeds_without_a_usable_uid_is_in_doubt(play: Play, call, data):
    with pytest.raises(InDoubt):
        call(play(data).client)


def test_a_store_that_answers_with_another_phone_is_in_doubt(play: Play):
    with pytest.raises(InDoubt) as caught:
        store(play(ROW | {"phone": 255712345679}).client)
    assert caught.value.code == "other_phone"


@pytest.mark.parametrize("call", READS)
@pytest.mark.parametrize("fault", [LOST, REFUSED_CONNECTION, MAINTENANCE, error("Too Many Attempts."), Answer(200)])
def test_a_read_is_asked_again_after_a_fault_that_may_pass(play: Play, call, fault):
    data = next(row[3] for row in ROUTES if row[0] is call)
    script = play(fault, fault, fault, data)
    call(script.client)
    assert len(script.requests) == 4


@pytest.mark.parametrize(
    ("fault", "raised", "code"),
    [
        (LOST, BadAnswer, "lost_answer"),
        (REFUSED_CONNECTION, Unreachable, "unreachable"),
        (MAINTENANCE, BadAnswer, "maintenance"),
        (error("Too Many Attempts."), Throttled, "throttled"),
        (error("What is this"), BadAnswer, "unexpected"),
    ],
)
def test_a_read_is_given_up_after_four_attempts_and_is_never_in_doubt(play: Play, fault, raised, code):
    script = play(fault, fault, fault, fault)
    with pytest.raises(raised) as caught:
        script.client.balance()
    assert caught.value.code == code


@pytest.mark.parametrize("message", ["Unauthenticated.", "You do not have permission to access API"])
def test_a_token_that_is_not_accepted_stops_a_read_at_once(play: Play, message):
    script = play(error(message))
    with pytest.raises(Unauthorised):
        script.client.me()
    assert len(script.requests) == 1


def test_waits_between_reads_double_up_to_a_longest_one(play: Play, clock):
    script = play(LOST, LOST, LOST, LOST)
    with pytest.raises(BadAnswer):
        script.client.balance()
    assert clock.naps == [0.5, 1.0, 2.0]
    assert ReadPolicy().wait(30, 0.0) == 20.0
    assert ReadPolicy().wait(1, 0.5) == 0.375


def test_after_a_throttled_answer_the_throttle_is_told_and_does_the_waiting(play: Play, clock):
    script = play(error("Too Many Attempts.", 429, **{"retry-after": "17"}), {"remaining_balance": 1})
    script.client.balance()
    assert ("answered", None, None, 17.0) in script.notes.told
    assert clock.naps == []


def test_a_throttled_answer_that_names_no_wait_means_a_minute(play: Play):
    with pytest.raises(Throttled) as caught:
        store(play(error("Too Many Attempts.")).client)
    assert caught.value.wait == 60.0


@pytest.mark.parametrize("named", ["0", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_a_throttled_answer_that_names_now_still_means_a_moment(play: Play, named):
    script = play(error("Too Many Attempts.", 429, **{"retry-after": named}))
    with pytest.raises(Throttled) as caught:
        store(script.client)
    assert caught.value.wait == 1.0


def test_an_outage_is_not_asked_again_by_every_read_but_once_the_spare_repeats_are_used_up(play: Play):
    script = play(*[LOST] * 200)
    client = script.client
    for _ in range(50):
        with pytest.raises(BadAnswer):
            client.balance()
    assert len(script.requests) == 50 + int(ReadPolicy().spare)


def test_reads_that_work_earn_repeats_back_so_that_a_fault_in_ten_is_bridged_for_ever(play: Play):
    fine = {"remaining_balance": 1}
    script = play(*([fine] * 9 + [LOST]) * 100, fine)
    client = script.client
    for _ in range(901):
        client.balance()
    assert len(script.requests) == 1001


def test_a_slot_handed_to_a_search_serves_its_first_attempt_only(play: Play):
    script = play(LOST, ROW)
    script.client.search_contact(GROUP, UID, slot=Slot(7, Lane.SYNC, 0.0))
    assert [told[0] for told in script.notes.told] == ["take", "answered"]


@pytest.mark.parametrize("tag", ["city", "PHONE", "FIRST_NAME", "", "A B", "1A", "_token"])
def test_what_is_no_tag_of_a_custom_field_is_not_sent(play: Play, tag):
    script = play()
    with pytest.raises(Refused) as caught:
        store(script.client, fields={tag: "x"}, slot=Slot(7, Lane.SYNC, 0.0))
    assert (caught.value.code, script.requests, script.notes.told) == ("bad_tag", [], [("give_back",)])


def test_custom_fields_are_sent_by_their_tags(play: Play):
    script = play(ROW)
    store(script.client, fields={"CITY": "Dodoma"})
    assert script.requests[0].body["CITY"] == "Dodoma"


@pytest.mark.parametrize("phone", ["+255712345678", "0712345678", "255 712 345 678", "", "۲۵۵"])
def test_a_new_number_that_is_not_digits_with_a_country_code_is_not_sent(play: Play, phone):
    script = play()
    with pytest.raises(Refused) as caught:
        script.client.store_contact(GROUP, phone=phone, first_name="A", last_name="B")
    assert (caught.value.code, script.requests) == ("bad_phone", [])


def test_signs_that_contradict_each_other_mean_3_1(play: Play):
    listed = page(1, 1, ROW | {"phone": PHONE}, total=1)
    client = play({"remaining_balance": 1}, listed).client
    client.balance()
    list(client.contact_pages(GROUP))
    found = client.detected
    assert (found.dialect.name, found.certain) == ("3.1", False)
    assert found.evidence[-1] == "fits no dialect: treated as 3.1"


def test_what_is_refused_or_not_understood_is_no_evidence_and_no_error(play: Play):
    denied = error("You do not have permission to access API", 403)
    client = play(denied, *[error("What is this")] * 4).client
    assert client.detected.evidence == ("fits 3.1 or 3.8 or 3.9: treated as 3.1",)


def test_a_token_that_is_not_accepted_stops_the_finding_out(play: Play):
    with pytest.raises(Unauthorised):
        _ = play(error("Unauthenticated.")).client.dialect


def test_the_configured_proxy_is_used_for_https_alone():
    client = connect(Api(base_url="https://sms.ampenet.com/api/v3", proxy="http://127.0.0.1:3128/"), "7|token")
    assert client._dispatch._transport._session.proxies == {"https": "http://127.0.0.1:3128"}


@pytest.mark.parametrize("proxy", ["proxy:3128", "http://u:p@proxy:3128", "socks5://proxy", "http://proxy/x?y"])
def test_a_proxy_is_scheme_host_and_port_alone(proxy):
    with pytest.raises(ValueError, match="proxy") as caught:
        Api(proxy=proxy)
    assert any(
        words in str(caught.value) for words in ("scheme, host and port", "whole address", "no user and no password")
    )


def test_the_throttle_learns_what_the_platform_says_is_left(play: Play):
    script = play(Answer(200, {"x-ratelimit-limit": "60", "x-ratelimit-remaining": "58"}, b'{"status":"success"}'))
    script.client.delete_group(GROUP)
    assert script.notes.told == [("take", Lane.SYNC), ("answered", 60, 58, None)]


def test_a_request_that_was_not_sent_gives_its_slot_back_and_does_not_count(play: Play):
    script = play(REFUSED_CONNECTION)
    client = script.client
    with pytest.raises(Unreachable):
        store(client)
    assert script.notes.told[-1] == ("give_back",)
    assert client.calls == 0


def test_a_lost_answer_keeps_its_slot_and_counts(play: Play):
    script = play(LOST)
    client = script.client
    with pytest.raises(InDoubt):
        store(client)
    assert script.notes.told == [("take", Lane.SYNC)]
    assert client.calls == 1


@pytest.mark.parametrize("call", [store, send])
def test_a_slot_that_is_handed_in_is_used_instead_of_another(play: Play, call):
    script = play(ROW if call is store else SMS)
    call(script.client, slot=Slot(7, Lane.SYNC, 0.0))
    assert script.notes.told == [("answered", None, None, None)]


@pytest.mark.parametrize("late", [0.0, 1.0])
def test_nothing_is_sent_once_its_time_is_over(play: Play, clock, late):
    script = play()
    with pytest.raises(Unreachable) as caught:
        store(script.client, slot=Slot(7, Lane.SYNC, 0.0), send_before=clock.now - late)
    assert caught.value.code == "too_late"
    assert script.requests == []
    assert script.notes.told == [("give_back",)]


def test_a_connection_may_take_no_longer_than_the_time_left(play: Play, clock):
    script = play(ROW)
    store(script.client, send_before=clock.now + 3)
    assert script.requests[0].within == 3


@pytest.mark.parametrize("uid", ["", "../../me", "a/b", "a%2fb", "a b", "ä", "6065ecdc9184a\n", "a?page=1"])
def test_what_is_no_uid_never_reaches_a_path(play: Play, uid):
    script = play()
    for call in (lambda: script.client.delete_contact(GROUP, uid), lambda: script.client.show_group(uid)):
        with pytest.raises(Refused) as caught:
            call()
        assert caught.value.code == "bad_uid"
    assert script.notes.told == [("take", Lane.SYNC), ("give_back",)]


@pytest.mark.parametrize("absent", [None, error(rf"No query results for model [App\Models\Contacts] {UID}")])
def test_a_contact_that_is_not_there_is_none(play: Play, absent):
    assert play(absent).client.search_contact(GROUP, UID) is None


def test_a_group_that_is_not_there_is_no_missing_contact(play: Play):
    script = play(error(rf"No query results for model [App\Models\ContactGroups] {GROUP}", 404))
    with pytest.raises(Refused) as caught:
        script.client.search_contact(GROUP, UID)
    assert caught.value.code == "group_not_found"


def test_pages_are_counted_here_and_read_to_the_end(play: Play):
    rows = [{"uid": f"6065ecdc9184{n}", "name": f"G{n}"} for n in range(5)]
    pages = [
        page(n, 3, *rows[2 * n - 2 : 2 * n], total=5) | {"next_page_url": "http://evil.example"} for n in (1, 2, 3)
    ]
    script = play(*pages)
    found = [group for part in script.client.group_pages() for group in part.items]
    assert found == [Group(f"6065ecdc9184{n}", f"G{n}") for n in range(5)]
    assert [request.query for request in script.requests] == [{"page": 1}, {"page": 2}, {"page": 3}]


def test_a_listing_that_grows_while_it_is_read_is_read_to_its_new_end(play: Play):
    one, two, three = (ROW | {"uid": f"606732aec870{n}"} for n in range(3))
    script = play(page(1, 1, one, two, total=2) | {"last_page": 2, "total": 3}, page(2, 2, three, total=3))
    assert sum(len(part.items) for part in script.client.contact_pages(GROUP)) == 3


def test_a_page_that_stays_short_ends_the_listing_with_an_error(play: Play):
    short = page(1, 2, ROW, total=3)
    with pytest.raises(BadAnswer) as caught:
        list(play(short, short, short, short).client.contact_pages(GROUP))
    assert caught.value.code == "short_page"


def test_a_listing_that_breaks_off_raises_after_the_pages_already_read(play: Play):
    pages = play(page(1, 2, ROW, ROW, total=3), *[LOST] * 4).client.contact_pages(GROUP)
    assert next(pages).number == 1
    with pytest.raises(BadAnswer):
        next(pages)


def test_a_number_of_pages_nobody_can_have_is_not_believed(play: Play):
    endless = page(1, 10**9, ROW, ROW, total=2 * 10**9)
    with pytest.raises(BadAnswer) as caught:
        next(play(endless).client.contact_pages(GROUP))
    assert caught.value.code == "too_many_pages"


def test_an_install_that_cannot_list_contacts_is_told_apart_at_once(play: Play):
    script = play(error("SQLSTATE[42S22]: Column not found: 1054 Unknown column 'first_name'"))
    with pytest.raises(BadAnswer) as caught:
        list(script.client.contact_pages(GROUP))
    assert caught.value.code == "not_listable"


def test_connect_wires_a_throttle_of_the_configured_rate(clock):
    client = connect(Api(requests_per_minute=1), "7|token", clock=clock, sleep=clock.sleep)
    start = clock.now
    client.throttle.answered(client.throttle.take(Lane.SYNC), limit=None, remaining=None, wait=None)
    client.throttle.take(Lane.SYNC)
    assert clock.now == start + 60
