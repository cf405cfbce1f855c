"""The control endpoint: what it turns, does and shows, and whom it turns away."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from ampenet_sync.cli.sandbox import switches_of_environment
from ampenet_sync.sandbox import Sandbox

ASHA, JUMA = "255712345678", "255754000111"


def ask(sandbox: Sandbox, name: str, headers: dict[str, str] | None = None, **fields: object) -> requests.Response:
    headers = bearer(sandbox) | (headers or {})
    return requests.post(f"{sandbox.origin}/_sandbox/{name}", json=fields, headers=headers, timeout=60)


def bearer(sandbox: Sandbox) -> dict[str, str]:
    return {"Authorization": f"Bearer {sandbox.token}"}


def test_switches_are_shown_and_turned(sandbox, caller):
    assert ask(sandbox, "switches").json()["result"]["dialect"] == "3.8"
    turned = ask(sandbox, "switches", dialect="3.1", faults="slow:0.5", requests_per_minute=60).json()["result"]
    assert (turned["dialect"], turned["faults"], turned["requests_per_minute"]) == ("3.1", "slow:0.5", 60)
    assert sandbox.switches().dialect == "3.1"


@pytest.mark.parametrize(
    ("name", "fields", "said"),
    [
        ("switches", {"dialect": "4"}, "dialect must be 3.1 or 3.8 or 3.9"),
        ("unsubscribe", {}, "missing: phone"),
        ("unsubscribe", {"phone": 255712345678}, "phone is of the wrong kind"),
        ("set_balance", {"units": True}, "units is of the wrong kind"),
        ("unsubscribe", {"phone": ASHA, "world": "flat"}, "unknown: world; it takes phone"),
        ("add_contact", {"group": "Nowhere", "phone": ASHA}, "the sandbox has no group 'Nowhere'"),
        ("add_contact", {"group": "VIP customers", "phone": "0712"}, "0712 is a invalid phone number"),
    ],
)
def test_what_cannot_be_done_is_explained(sandbox, group, name, fields, said):
    before = sandbox.effects()
    response = ask(sandbox, name, **fields)
    assert (response.status_code, response.json()["error"]) == (400, said)
    assert sandbox.effects() == before


def test_people_s_deeds_are_done(sandbox, group, caller):
    ask(sandbox, "add_contact", group="VIP customers", phone=ASHA, first_name="Asha")
    assert ask(sandbox, "unsubscribe", phone=ASHA).json() == {"result": 1}
    ask(sandbox, "receive", phone=ASHA, text="ACHA", to="DUKA")
    ask(sandbox, "stranger_message", phone=JUMA, text="Not ours", sender="OTHERS")
    ask(sandbox, "blacklist", phone=JUMA)
    ask(sandbox, "set_balance", units=None)
    ask(sandbox, "set_group_texts", group=group, welcome="Karibu")
    ask(sandbox, "set_group_fields", group=group, tags=["CITY"])
    assert [effect["kind"] for effect in sandbox.effects()][1:] == [
        "contact_created", "contact_status_changed", "message_received", "stranger_message", "phone_blacklisted",
        "balance_set", "group_texts_set", "group_fields_set",
    ]  # fmt: skip


def test_the_world_is_looked_at_and_reset(sandbox, group, caller):
    caller.store(group, ASHA)
    caller.text(ASHA)
    assert [found["phone"] for found in ask(sandbox, "contacts", group=group).json()["result"]] == [ASHA]
    assert [effect["kind"] for effect in ask(sandbox, "effects", after=1).json()["result"]] == [
        "contact_created",
        "message_sent",
    ]
    assert ask(sandbox, "requests").json()["result"][-1] == ["POST", "/sms/send"]
    ask(sandbox, "reset", balance=5)
    assert (ask(sandbox, "groups").json()["result"], sandbox.messages(), sandbox.balance()) == ([], [], 5)


def test_its_own_requests_are_not_among_those_of_the_platform(sandbox):
    ask(sandbox, "switches")
    assert sandbox.requests() == []


def test_an_unknown_name_is_answered_with_the_known_ones(sandbox):
    response = ask(sandbox, "explode")
    assert response.status_code == 404
    assert "unsubscribe" in response.json()["error"]
    assert requests.get(f"{sandbox.origin}/_sandbox/reset", headers=bearer(sandbox), timeout=60).status_code == 405


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff", b'"x"', b"[" * 100_000, b'{"a":' * 100_000])
def test_a_body_that_is_no_object_is_refused(sandbox, body):
    response = requests.post(f"{sandbox.origin}/_sandbox/reset", data=body, headers=bearer(sandbox), timeout=60)
    assert (response.status_code, sandbox.effects()) == (400, [])


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Host": "["}, {"Origin": "http://evil.example"}, {"Origin": "null"}]
)
def test_a_web_page_elsewhere_is_turned_away(sandbox, headers):
    assert ask(sandbox, "set_balance", headers, units=1).status_code == 403
    headers = bearer(sandbox) | headers
    assert requests.get(f"{sandbox.origin}/_sandbox/state", headers=headers, timeout=60).status_code == 403
    assert sandbox.balance() == 10_000


def test_a_balance_below_zero_is_refused(sandbox):
    assert (ask(sandbox, "set_balance", units=-5).status_code, sandbox.balance()) == (400, 10_000)


def test_another_machine_is_turned_away():
    here = _own_address()
    with Sandbox(host="0.0.0.0") as sandbox:
        port = sandbox.origin.split(":")[2]
        host = bearer(sandbox) | {"Host": f"127.0.0.1:{port}"}
        answers = [
            requests.post(f"http://{where}:{port}/_sandbox/reset", headers=host, timeout=60).status_code
            for where in ("127.0.0.1", here)
        ]
    assert answers == [200, 403]


def _own_address() -> str:
    """An address of this machine that is not the loopback's; no packet leaves."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no address but the loopback's")
        return str(probe.getsockname()[0])


def started(*options: str, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "ampenet_sync", "sandbox", "--port", "0", *options]
    env = {key: value for key, value in os.environ.items() if not key.startswith("AMPENET_")} | environment
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env)


def test_the_command_takes_options_before_the_environment_and_ends_on_ctrl_c(tmp_path: Path):
    variables = {"AMPENET_SANDBOX_DIALECT": "3.1", "AMPENET_SANDBOX_STRICT": "1", "AMPENET_SANDBOX_SEED": "3"}
    with started("--seed", "7", "--faults", "cut:0.5", "--no-listing", **variables) as process:
        lines = [process.stdout.readline() for _ in range(4)]
        origin, token = lines[3].split()[-1].partition("/#key=")[0], lines[2].split("'")[1]
        headers = {"Authorization": f"Bearer {token}"}
        found = requests.post(f"{origin}/_sandbox/switches", headers=headers, timeout=60).json()["result"]
        process.send_signal(signal.SIGINT)
        assert "The sandbox ended." in process.communicate(timeout=60)[0]
    assert process.returncode == 0
    assert (found["dialect"], found["strict_http"], found["seed"]) == ("3.1", True, 7)
    assert (found["faults"], found["lists_contacts"]) == ("cut:0.5", False)


@pytest.mark.parametrize(
    ("options", "said"),
    [(("--faults", "boom:1"), "no fault is called 'boom'"), (("--dialect", "2"), "'2' is not one of")],
)
def test_the_command_explains_what_it_cannot_be(options, said):
    with started(*options) as process:
        assert said in process.communicate(timeout=60)[0]
    assert process.returncode in (1, 2)


def test_an_embedded_sandbox_can_be_turned_by_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AMPENET_SANDBOX_DIALECT", "3.9")
    monkeypatch.setenv("AMPENET_SANDBOX_LATENCY", "0.25")
    with Sandbox(**switches_of_environment()) as sandbox:
        assert (sandbox.switches().dialect, sandbox.switches().latency) == ("3.9", 0.25)
