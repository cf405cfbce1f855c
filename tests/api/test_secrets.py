"""The token and whole phone numbers appear in no repr, no error and no log line, whatever goes wrong."""

from __future__ import annotations

import json
import logging
import pickle
import subprocess
import sys
import traceback
from typing import Any

import pytest

from ampenet_sync.api import Answer, Client, Deadlines, Lane, RequestsTransport, Slot, connect
from ampenet_sync.api.dispatch import ReadPolicy
from ampenet_sync.config import Api
from ampenet_sync.errors import ApiError

CANARY = "7|canaryCANARYcanaryCANARYcanaryCANARY12345"
PHONE = "255712345678"
ECHO = {"status": "error", "message": f"Bearer {CANARY} of {PHONE} is unknown to us", "data": {"api_token": CANARY}}
ME = {"status": "success", "data": {"uid": [CANARY], "api_token": CANARY, "timezone": [CANARY], "phone": PHONE}}


def answering(body: bytes) -> Any:
    def talk(connection: Any) -> None:
        connection.recv(65536)
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + body)

    return talk


BODIES = {
    "echo": json.dumps(ECHO).encode(),
    "me": json.dumps(ME).encode(),
    "cut": json.dumps(ECHO).encode()[:60],
    "none": b"",
}


def everything_shown(error: BaseException) -> str:
    shown = [repr(error), str(error), repr(error.args), repr(vars(error)), "".join(traceback.format_exception(error))]
    link = error.__cause__ or error.__context__
    return "\n".join(shown) + (everything_shown(link) if link else "")


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.me(),
        lambda c: c.store_contact("6065", phone=PHONE, first_name="A", last_name="B"),
        lambda c: c.send_message(phone=PHONE, sender_id="DUKA", text="Habari"),
    ],
    ids=["me", "store", "send"],
)
def test_nothing_secret_is_shown_by_an_error_or_written_by_any_library(serving, caplog, clock, call, body):
    caplog.set_level(logging.DEBUG)
    with serving(*[answering(body)] * 4) as url:
        api = Api(base_url=url)
        with pytest.raises(ApiError) as caught:
            call(connect(api, CANARY, clock=clock, sleep=clock.sleep))
    shown = everything_shown(caught.value) + everything_shown(pickle.loads(pickle.dumps(caught.value))) + caplog.text
    assert "canaryCANARY" not in shown
    assert PHONE not in shown


def test_no_error_of_requests_stays_attached_because_it_holds_the_header(serving):
    with serving(lambda connection: None) as url, pytest.raises(ApiError) as caught:
        connect(Api(base_url=url), CANARY).delete_group("6065")
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_neither_transport_nor_client_nor_request_nor_answer_shows_a_secret(play):
    transport = RequestsTransport("https://sms.ampenet.com/api/v3", CANARY, deadlines=Deadlines())
    script = play({"uid": "6065", "phone": PHONE})
    script.client.store_contact("6065", phone=PHONE, first_name="Asha", last_name="")
    client = Client(transport, script.notes, policy=ReadPolicy())
    values = [transport, vars(transport), client, vars(client), script.requests[0], Answer(200, {"a": PHONE}, b"Asha")]
    shown = repr([*values, Slot(1, Lane.SYNC, 0.0)])
    assert not any(secret in shown for secret in ("canaryCANARY", PHONE, "Asha"))


def test_the_session_headers_hold_no_token():
    transport = RequestsTransport("https://sms.ampenet.com/api/v3", CANARY)
    assert "canaryCANARY" not in repr(dict(transport._session.headers))


def test_importing_the_api_loads_neither_tables_nor_databases():
    code = "import sys, ampenet_sync.api; print({'pandas', 'sqlalchemy', 'pyarrow', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_only_the_transport_knows_requests():
    from pathlib import Path

    import ampenet_sync.api as room

    files = Path(room.__file__).parent.glob("*.py")
    assert sorted(file.name for file in files if "import requests" in file.read_text()) == ["transport.py"]
