"""A rehearsal holds real customers: who has neither token nor link gets nothing, whatever is tried on this machine."""

from __future__ import annotations

import json

import pytest
import requests

from ampenet_sync.sandbox import Sandbox
from ampenet_sync.sandbox.keys import same

ASHA = "255712345678"
PATHS = ["/", "/_sandbox/state", "/_sandbox/switches", "/api/v3/me", "/api/v3/contacts", "/api/v3/sms"]


def ask(sandbox: Sandbox, path: str, **headers: str) -> requests.Response:
    method = "POST" if path == "/_sandbox/switches" else "GET"
    return requests.request(method, sandbox.origin + path, headers=headers | {"Accept": "application/json"}, timeout=60)


def key_of(sandbox: Sandbox) -> str:
    return sandbox.page_url.partition("#key=")[2]


def test_each_sandbox_draws_a_token_and_a_link_of_its_own() -> None:
    sandboxes = [Sandbox() for _ in range(3)]
    for sandbox in sandboxes:
        sandbox.close()
    assert len({sandbox.token for sandbox in sandboxes}) == len({key_of(sandbox) for sandbox in sandboxes}) == 3
    assert all(len(sandbox.token) >= 42 and len(key_of(sandbox)) >= 24 for sandbox in sandboxes)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
    ],
    ids=str,
)
def test_a_web_page_gets_nothing_through_the_browser_even_with_the_token(
    sandbox: Sandbox, path: str, headers: dict[str, str]
) -> None:
    token = {"Authorization": f"Bearer {sandbox.token}"}
    assert ask(sandbox, path, **token).status_code == 200, "so it is the host or the origin alone"
    refused = ask(sandbox, path, **token, **headers)
    assert (refused.status_code, list(refused.json())) == (403, ["error"])


@pytest.mark.parametrize("path", PATHS[1:])
@pytest.mark.parametrize("authorization", ["", "Bearer 1|wrong", "Bearer ", "Basic MXx3cm9uZw=="])
def test_nothing_is_read_without_the_token(sandbox: Sandbox, group: str, caller, path: str, authorization: str) -> None:
    caller.store(group, ASHA)
    answer = ask(sandbox, path, Authorization=authorization)
    assert answer.status_code == 401 or answer.json() == {"status": "error", "message": "Unauthenticated."}
    assert ASHA not in answer.text and sandbox.token not in answer.text


def test_the_page_itself_tells_nothing(sandbox: Sandbox, group: str, caller) -> None:
    caller.store(group, ASHA, "Asha")
    page = requests.get(sandbox.origin, timeout=60).text
    assert not any(secret in page for secret in (ASHA, "Asha", key_of(sandbox), sandbox.token))


def test_the_link_opens_the_figures_and_turns_nothing(sandbox: Sandbox) -> None:
    key = {"X-Sandbox-Key": key_of(sandbox)}
    assert ask(sandbox, "/_sandbox/state", **key).json()["balance"] == 10_000
    assert ask(sandbox, "/_sandbox/switches", **key).status_code == 401
    assert ask(sandbox, "/_sandbox/state", **{"X-Sandbox-Key": key_of(sandbox)[:-1]}).status_code == 401


def test_keys_are_compared_letter_by_letter() -> None:
    assert same("1|ä", "1|ä") and not same("1|a", "1|ä") and not same("", "x")


DEEP = {"array": b"[" * 100_000, "object": b'{"phone":' * 100_000}


@pytest.mark.parametrize("body", DEEP.values(), ids=DEEP)
@pytest.mark.parametrize("path", ["/api/v3/contacts", "/_sandbox/set_balance"])
def test_json_of_a_hundred_thousand_parts_inside_each_other_is_answered_400(
    sandbox: Sandbox, body: bytes, path: str
) -> None:
    with pytest.raises(RecursionError):
        json.loads(body)  # without our care it ends in this
    headers = {"Authorization": f"Bearer {sandbox.token}", "Content-Type": "application/json"}
    assert requests.post(sandbox.origin + path, data=body, headers=headers, timeout=60).status_code == 400
    assert sandbox.effects() == []


def test_a_form_of_more_fields_than_any_server_reads_is_answered_400(sandbox: Sandbox) -> None:
    headers = {"Authorization": f"Bearer {sandbox.token}"}
    fields = "&".join(f"a{number}=1" for number in range(2_000))
    assert requests.post(f"{sandbox.url}/contacts?{fields}", headers=headers, timeout=60).status_code == 400
