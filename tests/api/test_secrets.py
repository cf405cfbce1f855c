"""The token and whole phone numbers appear in no repr, no error and no log line, whatever goes wrong."""

from __future__ import annotations

import json
import logging
import pickle
import re
import subprocess
import sys
import traceback
from typing import Any

import pytest

from ampenet_sync.api import Answer, Client, Deadlines, Lane, RequestsTransport, Slot, connect
from ampenet_sync.api.dispatch import ReadPolicy
from ampenet_sync.config import Api
from ampenet_sync.errors import ApiError
from ampenet_sync.machine import HERE
from tests.api.hostile import ANSWERS, CALLS, KINDS, client_of, serving
from tests.api.hostile import PHONE as HOSTILE_PHONE

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


PHONES = [f"25571{number:07d}" for number in range(1_111_111, 9_000_000, 160_000)]
ECHOES = [
    "{0} is a invalid phone number",
    "no route to +{0}, sorry",
    "tel:%2B{0};x={0}",
    "insert into contacts (phone) values ('{0}')",
    "{1} is odd",
    "/{2}/ is odd",
    "<b>{3}</b>",
]


def echo(form: str, phone: str) -> Answer:
    """The phone as it is and written in three other ways, beside the token."""
    ways = [phone, " ".join(phone), "/".join(phone[at : at + 3] for at in (0, 3, 6, 9)), f"({phone[:3]}) {phone[3:]}"]
    message = f"{form.format(*ways)} {CANARY}"
    return Answer(200, {"x-echo": phone}, json.dumps({"status": "error", "message": message, "data": phone}).encode())


def bare(text: str) -> str:
    """Without what may stand between two digits of a number."""
    return re.sub(r"[\W_]", "", text)


@pytest.mark.parametrize("phone", PHONES)
def test_none_of_fifty_phones_is_shown_however_the_platform_echoes_it(play, caplog, phone):
    caplog.set_level(logging.DEBUG)
    for form in ECHOES:
        for call in (
            lambda c: c.store_contact("6065", phone=phone, first_name="A", last_name="B"),
            lambda c: c.update_contact("6065", "6066", phone=phone, first_name="A", last_name="B"),
            lambda c: c.send_message(phone=phone, sender_id="DUKA", text=f"Habari {phone}"),
            lambda c: c.store_contact("6065", phone=f"+{phone}", first_name="A", last_name="B"),
            lambda c: c.delete_contact("6065", f"../{phone}"),
        ):
            with pytest.raises(ApiError) as caught:
                call(play(*[echo(form, phone)] * 9).client)
            shown = everything_shown(caught.value) + caplog.text
            assert phone not in bare(shown), form
            assert "canaryCANARY" not in shown


def test_there_are_fifty_phones():
    assert len(set(PHONES)) == 50


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_no_call_shows_what_an_answer_echoes(play, caplog, call, body):
    caplog.set_level(logging.DEBUG)
    try:
        shown = repr(CALLS[call](play(*[Answer(200, {}, body)] * 9).client))
    except ApiError as error:
        shown = everything_shown(error) + everything_shown(pickle.loads(pickle.dumps(error)))
    assert "canaryCANARY" not in shown + caplog.text
    assert HOSTILE_PHONE not in shown + caplog.text


def test_no_hostile_answer_makes_any_library_show_the_token_or_a_phone(caplog):
    caplog.set_level(logging.DEBUG)
    with serving() as url:
        for number in (number for number, answer in enumerate(ANSWERS) if not answer.slow):
            for call in KINDS:
                try:
                    CALLS[call](client_of(f"{url}/{number}", CANARY))
                except ApiError as error:
                    shown = everything_shown(error)
                    assert "canaryCANARY" not in shown
                    assert HOSTILE_PHONE not in shown
    assert "urllib3" in {record.name.partition(".")[0] for record in caplog.records}
    assert "canaryCANARY" not in caplog.text
    assert HOSTILE_PHONE not in caplog.text


def test_no_error_of_requests_stays_attached_because_it_holds_the_header(serving):
    with serving(lambda connection: None) as url, pytest.raises(ApiError) as caught:
        connect(Api(base_url=url), CANARY).delete_group("6065")
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_neither_transport_nor_client_nor_request_nor_answer_shows_a_secret(play):
    transport = RequestsTransport(
        "https://sms.ampenet.com/api/v3", CANARY, monotonic=HERE.monotonic, deadlines=Deadlines()
    )
    script = play({"uid": "6065", "phone": PHONE})
    script.client.store_contact("6065", phone=PHONE, first_name="Asha", last_name="")
    client = Client(
        transport, script.notes, clock=HERE.clock, sleep=HERE.sleep, random=HERE.random, policy=ReadPolicy()
    )
    values = [transport, vars(transport), client, vars(client), script.requests[0], Answer(200, {"a": PHONE}, b"Asha")]
    shown = repr([*values, Slot(1, Lane.SYNC, 0.0)])
    assert not any(secret in shown for secret in ("canaryCANARY", PHONE, "Asha"))


def test_the_session_headers_hold_no_token():
    transport = RequestsTransport("https://sms.ampenet.com/api/v3", CANARY, monotonic=HERE.monotonic)
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
