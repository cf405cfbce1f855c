"""Each known answer in the 200 form, the strict form and as a proxy's page, for reads, writes and single sends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ampenet_sync.api import Answer, calls
from ampenet_sync.api.answers import LONGEST_QUOTE, date_named, judge, quote, read_json, wait_named
from ampenet_sync.api.calls import Call
from ampenet_sync.errors import ApiError, BadAnswer, InDoubt, Refused, Throttled, Unauthorised

STORE, UPDATE, DELETE, SEND, LIST = (
    calls.STORE_CONTACT,
    calls.UPDATE_CONTACT,
    calls.DELETE_CONTACT,
    calls.SEND_MESSAGE,
    calls.LIST_CONTACTS,
)
GROUP_GONE = r"No query results for model [App\Models\ContactGroups] 6065ecdc9184a"
CONTACT_GONE = r"No query results for model [App\Models\Contacts] 606732aec8705"

# call, message, strict HTTP status, error, code
KNOWN = [
    (STORE, "Unauthenticated.", 401, Unauthorised, "unauthenticated"),
    (SEND, "Unauthenticated.", 401, Unauthorised, "unauthenticated"),
    (STORE, GROUP_GONE, 404, Refused, "group_not_found"),
    (calls.RENAME_GROUP, GROUP_GONE, 404, Refused, "not_found"),
    (UPDATE, CONTACT_GONE, 404, Refused, "not_found"),
    (UPDATE, "Sorry, but the page you were trying to view does not exist.", 404, Refused, "wrong_group"),
    (DELETE, "Something went wrong. Please try again", 404, Refused, "not_deleted"),
    (STORE, "The given data was invalid.", 422, Refused, "validation"),
    (STORE, "The p h o n e field is required.", 422, Refused, "validation"),
    (STORE, "The first name may not be greater than 255 characters.", 422, Refused, "validation"),
    (STORE, "The PHONE format is invalid.", 422, Refused, "validation"),
    (SEND, "The sender id must be a string.", 422, Refused, "validation"),
    (STORE, "255712345678 is a invalid phone number", 422, Refused, "invalid_phone"),
    (STORE, "You have already subscribed to VIP customers", 422, Refused, "duplicate"),
    (STORE, "The PHONE has already been taken.", 422, Refused, "duplicate"),
    (calls.CREATE_GROUP, "VIP already available as your contact group.", 422, Refused, "duplicate"),
    (STORE, "This phone was blacklisted", 422, Refused, "blacklisted"),
    (STORE, "Sorry, but you do not have permissions to access this page.", 403, Unauthorised, "permission"),
    (SEND, "You do not have permission to access API", 403, Unauthorised, "permission"),
    (STORE, "This action is unauthorized.", 403, Unauthorised, "permission"),
    (
        SEND,
        "There is not enough balance available to send this message.You have 3 of the 9",
        403,
        Refused,
        "balance",
    ),
    (SEND, "You have exceeded your sending limit.", 403, Refused, "balance"),
    (SEND, "Originator ID is not authorized to send this message", 404, Refused, "sender"),
    (SEND, 'Sender ID "AMPENET" is not authorized to send this message.', 403, Refused, "sender"),
    (SEND, "Number contain in blacklist", 403, Refused, "blacklisted"),
    (SEND, "Number contains in the blacklist", 404, Refused, "blacklisted"),
    (SEND, "You cannot send more than 100 SMS in a single request.", 403, Refused, "too_many"),
    (calls.VIEW_MESSAGE, "SMS Info not found", 404, Refused, "not_found"),
    (SEND, "Too Many Attempts.", 429, Throttled, "throttled"),
    (LIST, "Too Many Attempts.", 429, Throttled, "throttled"),
    (STORE, "Service Unavailable", 503, InDoubt, "maintenance"),
    (STORE, "SQLSTATE[23000]: Integrity constraint violation", 500, InDoubt, "server_fault"),
    (STORE, 'Undefined array key "first_name"', 500, InDoubt, "server_fault"),
    (LIST, "SQLSTATE[42S22]: Column not found: Unknown column 'first_name'", 500, BadAnswer, "not_listable"),
    # as 3.9 words them
    (STORE, "The PHONE field is required.", 422, Refused, "validation"),
    (STORE, "The phone has already been taken.", 422, Refused, "duplicate"),
    (UPDATE, "The PHONE has already been taken.", 422, Refused, "duplicate"),
    # as 3.1 does
    (calls.RENAME_GROUP, "The sending server field is required.", 422, Refused, "validation"),
]


def error_of(call: Call, answer: Answer) -> ApiError:
    with pytest.raises(ApiError) as caught:
        judge(call, answer)
    return caught.value


def said(message: str, http: int, **more: Any) -> Answer:
    return Answer(http, {}, json.dumps({"message": message} | more).encode())


@pytest.mark.parametrize(("call", "message", "http", "error", "code"), KNOWN)
def test_a_known_message_means_the_same_in_the_200_form(call, message, http, error, code):
    found = error_of(call, said(message, 200, status="error"))
    assert (type(found), found.code, found.status) == (error, code, 200)


@pytest.mark.parametrize(("call", "message", "http", "error", "code"), KNOWN)
def test_a_known_message_means_the_same_in_the_strict_form_without_an_envelope(call, message, http, error, code):
    found = error_of(call, said(message, http))
    assert (type(found), found.code, found.status) == (error, code, http)


@pytest.mark.parametrize(("call", "message", "http", "error", "code"), KNOWN)
def test_a_known_message_on_a_page_of_html_proves_no_more_than_its_status(call, message, http, error, code):
    found = error_of(call, Answer(http, {}, f"<html><h1>{message}</h1></html>".encode()))
    assert type(found) is {401: Unauthorised, 429: Throttled}.get(http, InDoubt)


@pytest.mark.parametrize("call", [UPDATE, DELETE, calls.RENAME_GROUP, SEND])
def test_a_write_that_was_put_into_a_queue_is_in_doubt(call):
    assert error_of(call, said("", 202, status="success", data={"queue": "7f"})).code == "queued"
    assert judge(call, said("", 202, status="success", data={"uid": "6065ecdc9184a"}))


@pytest.mark.parametrize(
    ("http", "error", "code"),
    [
        (200, InDoubt, "not_json"),
        (302, InDoubt, "redirect"),
        (401, Unauthorised, "unauthenticated"),
        (403, InDoubt, "not_json"),
        (404, InDoubt, "not_json"),
        (413, InDoubt, "not_json"),
        (429, Throttled, "throttled"),
        (500, InDoubt, "server_fault"),
        (502, InDoubt, "server_fault"),
        (503, InDoubt, "maintenance"),
        (504, InDoubt, "server_fault"),
    ],
)
@pytest.mark.parametrize("call", [STORE, SEND])
def test_a_page_of_html_proves_what_its_status_proves(call, http, error, code):
    found = error_of(call, Answer(http, {}, b"<html><h1>Too Many Attempts.</h1></html>"))
    assert (type(found), found.code) == (error, code)


@pytest.mark.parametrize("http", [200, 403, 404, 422])
@pytest.mark.parametrize("call", [STORE, UPDATE, DELETE, SEND, calls.CREATE_GROUP])
def test_an_unknown_message_to_a_write_is_in_doubt_and_never_a_refusal(call, http):
    found = error_of(call, said("Rejected by the operator", http, status="error"))
    assert (type(found), found.code) == (InDoubt, "unexpected")


@pytest.mark.parametrize(
    "message",
    [
        CONTACT_GONE,
        "Something went wrong. Please try again",
        "SMS Info not found",
        "This number has already been taken",
        "Gateway: Unauthenticated. Originator ID is not authorized to send this message",
        "The message is queued",
    ],
)
def test_words_of_a_gateway_do_not_prove_that_a_message_was_not_sent(message):
    assert type(error_of(SEND, said(message, 404, status="error"))) is InDoubt


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"success"',
        b'{"status":"success","data":{"uid":"60',
        b'{"status":"success","data":NaN}',
        b'{"status":"ok","data":{}}',
        b'{"status":true,"data":{}}',
        b'Warning: x <br>{"status":"success","data":{}}',
        b'{"status":"success","data":"\xff"}',
        b"[" * 100_000,
    ],
)
def test_only_a_whole_json_envelope_that_says_success_is_a_success(body):
    assert type(error_of(STORE, Answer(200, {}, body))) is InDoubt


def test_success_in_the_body_of_an_http_error_is_no_success():
    assert type(error_of(STORE, said("", 500, status="success", data={"uid": "6065ecdc9184a"}))) is InDoubt


def test_a_success_gives_its_data_also_with_another_2xx_status_and_a_byte_order_mark():
    body = b'\xef\xbb\xbf{"status":"success","message":null,"data":{"a":2}}'
    assert judge(STORE, Answer(201, {}, body)) == {"a": 2}


@pytest.mark.parametrize(
    "body",
    [
        b'{"status":"error","message":"Unauthenticated.","status":"success","data":{"uid":"6065ecdc9184a"}}',
        b'{"status":"success","data":{"uid":"6065ecdc9184a","uid":"6065ecdc9184b"}}',
    ],
)
def test_an_answer_that_says_two_things_proves_nothing(body):
    assert type(error_of(STORE, Answer(200, {}, body))) is InDoubt


def test_a_page_of_nothing_is_not_even_parsed():
    assert read_json(b"[" + b"0," * 20_001 + b"0]") is None
    assert read_json(b"[" + b"0," * 10_000 + b"0]") is not None


def test_a_token_the_platform_echoes_is_not_shown():
    assert quote("Who is 7|abcdefghijklmnop ?") == "Who is ••• ?"


def test_a_message_that_is_no_text_is_an_unknown_one():
    assert error_of(STORE, Answer(200, {}, b'{"status":"error","message":{"phone":["x"]}}')).code == "unexpected"


def test_words_of_the_platform_are_made_harmless_before_they_enter_a_message():
    hostile = "\x1b[31mSorry\u202e 255712345678, +255 712-345 679\x00\r\n" + "ab " * 200
    line = quote(hostile)
    assert line.startswith("[31mSorry 2557•••678, +2557•••679 ab ab")
    assert len(line) == LONGEST_QUOTE
    assert line.isprintable()


def test_an_error_quotes_the_platform_with_masked_numbers():
    found = error_of(STORE, said("255712345678 is a invalid phone number", 200))
    assert found.message == "store_contact was refused: HTTP 200: 2557•••678 is a invalid phone number"


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("30", 30.0),
        ("0", 0.0),
        ("999999999999", 600.0),
        ("Sun, 22 Nov 2026 12:00:40 GMT", 40.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("1.5", None),
        ("Sun, 22 Nov 99999 12:00:40 GMT", None),
        ("Sun, 22 Nov 2026 12:00:40 +9999", None),
        ("9" * 5000, 600.0),
        ("Mon, 01 Jan 9999 00:00:00 GMT", 600.0),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(text, wait):
    assert wait_named({"retry-after": text}, 1_795_348_800.0) == wait


@pytest.mark.parametrize(
    ("text", "date"), [("Sun, 22 Nov 2026 12:00:40 GMT", 1_795_348_840.0), ("yesterday", None), ("", None)]
)
def test_the_time_of_an_answer_is_read_from_its_date(text, date):
    assert date_named({"date": text}) == date


def test_a_json_number_too_long_to_read_is_no_json():
    assert read_json(b'{"a":' + b"9" * 5000 + b"}") is None
