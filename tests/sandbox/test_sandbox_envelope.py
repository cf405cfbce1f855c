"""Errors with HTTP 200, pages for those who don't ask for JSON, wrong methods, forms, and the request limit."""

import socket

import pytest

from ampenet_sync.sandbox import Fault, Sandbox

ASHA = "255712345678"
NO_TOKEN = {"Authorization": "Bearer 1|wrong"}
WANTS_ANYTHING = {"Accept": "*/*"}


@pytest.mark.parametrize("authorization", ["Bearer 1|wrong", "", "1|sandbox-0000-opens-nothing-but-the-sandbox-0000"])
def test_a_wrong_token_is_an_error_with_http_200(caller, authorization):
    response = caller.send("GET", "/me", headers={"Authorization": authorization})
    assert (response.status_code, response.json()) == (200, {"status": "error", "message": "Unauthenticated."})


def test_a_wrong_token_changes_nothing(caller, sandbox):
    caller.send("POST", "/contacts", headers=NO_TOKEN, json={"name": "Dodoma"})
    assert sandbox.groups() == []


@pytest.mark.parametrize("verb", ["store", "all", "show", "search/6065ecdc9184a"])
def test_getting_what_is_posted_is_refused(caller, group, verb):
    message = caller.error("GET", f"/contacts/{group}/{verb}")
    assert message == "The GET method is not supported for this route. Supported methods: POST."


def test_an_unknown_route_is_refused(caller):
    assert caller.error("GET", "/campaigns") == "The route api/v3/campaigns could not be found."


@pytest.mark.parametrize(("method", "path"), [("GET", "/contacts/"), ("GET", "/sms/"), ("POST", "/contacts/{}/show/")])
def test_a_trailing_slash_passes_where_the_documentation_writes_one(caller, group, method, path):
    assert caller.answer(method, path.format(group))["status"] == "success"


def test_elsewhere_a_trailing_slash_is_another_route(caller, group):
    assert "could not be found" in caller.error("POST", f"/contacts/{group}/all/")


def test_form_bodies_are_ignored(caller, sandbox):
    answer = caller.send("POST", "/contacts", data={"name": "Dodoma"}).json()
    assert answer["message"] == "The given data was invalid."
    assert sandbox.groups() == []


def test_the_query_is_read_and_the_body_wins_over_it(caller, sandbox):
    caller.send("POST", "/contacts?name=Dodoma")
    caller.send("POST", "/contacts?name=Ignored", json={"name": "Arusha"})
    assert [group["name"] for group in sandbox.groups()] == ["Arusha", "Dodoma"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/contacts/6065ecdc9184a/all", 405),
        ("POST", "/contacts/6065ecdc9184a/all", 404),
    ],
)
def test_without_asking_for_json_errors_are_pages(caller, method, path, status):
    response = caller.send(method, path, headers=WANTS_ANYTHING)
    assert response.status_code == status
    assert response.text.startswith("<!DOCTYPE html>")


def test_without_asking_for_json_a_wrong_token_is_a_page(caller):
    response = caller.send("GET", "/me", headers=NO_TOKEN | WANTS_ANYTHING)
    assert (response.status_code, response.headers["Content-Type"]) == (401, "text/html; charset=UTF-8")


def test_without_asking_for_json_invalid_data_is_a_redirect(caller):
    response = caller.send("POST", "/contacts", headers=WANTS_ANYTHING)
    assert (response.status_code, response.headers["Location"]) == (302, "/")


def test_without_asking_for_json_a_success_is_json_all_the_same(caller):
    assert caller.send("GET", "/balance", headers=WANTS_ANYTHING).json()["status"] == "success"


def test_a_strict_install_uses_proper_codes(caller_of):
    with Sandbox(strict_http=True) as sandbox:
        caller = caller_of(sandbox)
        unknown = caller.send("POST", "/contacts/6065ecdc9184a/all")
        codes = [caller.send("GET", "/me", headers=NO_TOKEN), unknown, caller.send("POST", "/contacts")]
        assert [response.status_code for response in codes] == [401, 404, 422]
        assert unknown.json()["status"] == "error"


def test_too_many_requests_are_refused_with_http_200_until_the_minute_is_over(caller_of):
    now = [1_000_000.0]
    with Sandbox(requests_per_minute=2, clock=lambda: now[0]) as sandbox:
        caller = caller_of(sandbox)
        passed = [caller.send("GET", "/me") for _ in range(2)]
        assert [response.headers["X-RateLimit-Remaining"] for response in passed] == ["1", "0"]
        assert passed[0].headers["X-RateLimit-Limit"] == "2"
        refused = caller.send("POST", "/contacts", json={"name": "Dodoma"})
        assert (refused.status_code, refused.json()["message"]) == (200, "Too Many Attempts.")
        assert not {"Retry-After", "X-RateLimit-Limit"} & set(refused.headers)
        assert (sandbox.groups(), sandbox.throttling()) == ([], (2, 1))
        now[0] += 60
        assert caller.send("GET", "/me").json()["status"] == "success"


def test_a_strict_install_says_how_long_to_wait(caller_of):
    with Sandbox(requests_per_minute=1, strict_http=True, clock=lambda: 1_000_000.0) as sandbox:
        caller = caller_of(sandbox)
        caller.send("GET", "/me")
        refused = caller.send("GET", "/me")
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")


def test_without_a_limit_there_are_no_limit_headers(caller):
    assert "X-RateLimit-Limit" not in caller.send("GET", "/me").headers


@pytest.mark.parametrize(
    ("message", "http"),
    [
        ("Sorry, but you do not have permissions to access this page.", 403),
        ("You do not have permission to access API", 403),
        ("This action is unauthorized.", 403),
        ("Service Unavailable", 503),
    ],
)
def test_other_refusals_are_played_on_demand(caller_of, message, http):
    with Sandbox(fault=lambda request: Fault.refused(message, http=http)) as sandbox:
        response = caller_of(sandbox).send("POST", "/contacts", json={"name": "Dodoma"})
        assert (response.status_code, response.json()) == (http, {"status": "error", "message": message})
        assert sandbox.groups() == []


def test_requests_are_remembered_in_order_without_their_query(caller, sandbox):
    caller.send("GET", "/contacts?page=2")
    caller.send("GET", "/me", headers=NO_TOKEN)
    assert sandbox.requests() == [("GET", "/contacts"), ("GET", "/me")]


def test_one_connection_serves_many_requests(sandbox):
    port = int(sandbox.url.split(":")[2].split("/")[0])
    ask = f"GET /api/v3/balance HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {sandbox.token}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        for _ in range(3):
            connection.sendall(ask)
            assert b'"success"' in connection.recv(65_536)


@pytest.mark.parametrize(("header", "status"), [("Content-Length: 20000000", 413), ("Transfer-Encoding: chunked", 411)])
def test_a_body_too_large_or_without_a_length_is_a_page_and_ends_the_connection(sandbox, header, status):
    port = int(sandbox.url.split(":")[2].split("/")[0])
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(f"POST /api/v3/contacts HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\n".encode())
        assert connection.recv(65_536).startswith(f"HTTP/1.1 {status} ".encode())
        assert connection.recv(65_536) == b""


def test_nothing_is_written_to_the_terminal(caller, capfd):
    caller.send("GET", "/me")
    caller.send("OPTIONS", "/me")
    assert capfd.readouterr() == ("", "")


def test_the_repr_shows_no_token(sandbox):
    assert sandbox.token not in repr(sandbox)
