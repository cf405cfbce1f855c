"""A sandbox and a plain way to call it for these tests. No client of ours is involved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from ampenet_sync.sandbox import Sandbox

PATIENCE = 60  # seconds, for a busy machine


class Caller:
    """Calls a sandbox as a careful client would: JSON in, JSON wanted, the right token, one kept connection."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.session = requests.Session()
        self.session.trust_env = False
        self.headers = {"Authorization": f"Bearer {sandbox.token}", "Accept": "application/json"}

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = self.headers | options.pop("headers", {})
        url = self.sandbox.url + path
        return self.session.request(method, url, headers=headers, timeout=PATIENCE, allow_redirects=False, **options)

    def answer(self, method: str, path: str, **fields: Any) -> dict[str, Any]:
        return self.send(method, path, json=fields).json()

    def data(self, method: str, path: str, **fields: Any) -> Any:
        answer = self.answer(method, path, **fields)
        assert answer["status"] == "success", answer["message"]
        return answer["data"]

    def error(self, method: str, path: str, **fields: Any) -> str:
        answer = self.answer(method, path, **fields)
        assert answer["status"] == "error"
        return answer["message"]

    def store(self, group: str, phone: str, first_name: str = "Asha", last_name: str = "Mollel") -> Any:
        fields = {"phone": phone, "first_name": first_name, "last_name": last_name}
        return self.data("POST", f"/contacts/{group}/store", **fields)

    def text(self, recipient: str, message: str = "Habari", **fields: Any) -> dict[str, Any]:
        values = {"recipient": recipient, "sender_id": "AMPENET", "type": "plain", "message": message} | fields
        return self.answer("POST", "/sms/send", **values)


@pytest.fixture
def caller_of() -> Iterator[Callable[[Sandbox], Caller]]:
    callers: list[Caller] = []

    def make(sandbox: Sandbox) -> Caller:
        callers.append(Caller(sandbox))
        return callers[-1]

    yield make
    for caller in callers:
        caller.session.close()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def caller(sandbox: Sandbox, caller_of: Callable[[Sandbox], Caller]) -> Caller:
    return caller_of(sandbox)


@pytest.fixture
def group(sandbox: Sandbox) -> str:
    return sandbox.add_group("VIP customers")
