"""Mixes of faults by share, the same under the same seed; and the faults that break answers or gateways."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
import requests

from ampenet_sync.sandbox import Fault, Sandbox, SandboxRequest
from ampenet_sync.sandbox.mix import NAMES, mixed, parse_mix

ASHA, JUMA, NEEMA, ZURI = "255712345678", "255754000111", "254712345678", "255713000222"
GROUP = {"name": "Dodoma"}


def asked(number: int, path: str = "/contacts/6065ecdc9184a/store") -> SandboxRequest:
    return SandboxRequest(number, "POST", path, {"phone": f"2557120{number:05d}"})


def dealt(seed: int, requests_: list[SandboxRequest]) -> list[str]:
    choose = mixed("drop_after:0.2,html_502:0.2,slow:0.1:3", seed=seed)
    return [fault.kind.value if (fault := choose(request)) else "" for request in requests_]


def test_the_same_seed_deals_the_same_faults_and_another_seed_others():
    requests_ = [asked(number) for number in range(200)]
    assert dealt(7, requests_) == dealt(7, requests_)
    assert dealt(7, requests_) != dealt(8, requests_)


def test_a_request_s_fate_depends_neither_on_its_turn_nor_on_the_uids_of_the_run():
    requests_ = [asked(number) for number in range(50)]
    elsewhere = [asked(number, "/contacts/6065ecdc9ffff/store") for number in range(50)]
    assert dealt(7, elsewhere[::-1])[::-1] == dealt(7, requests_)


def test_asking_the_same_again_is_dealt_anew():
    assert len(set(dealt(7, [asked(1)] * 50))) > 2


def test_shares_are_kept():
    kinds = dealt(7, [asked(number) for number in range(5_000)])
    assert 850 < kinds.count("drop_after") < 1_150
    assert 2_350 < kinds.count("") < 2_650


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("boom:0.1", "no fault is called 'boom'"),
        ("drop_after", "is no fault of a mix"),
        ("drop_after:0.1:5", "is no fault of a mix"),
        ("slow:often", "is no number from 0 to 1"),
        ("slow:0.1:nan", "is no number from 0 to 600"),
        ("drop_after:0.6,slow:0.5", "add up to more than 1"),
    ],
)
def test_a_mix_that_cannot_be_is_explained(text, said):
    with pytest.raises(ValueError, match=said):
        parse_mix(text)


def test_no_mix_deals_nothing_and_blanks_do_not_matter():
    assert mixed(" , ", seed=1) is None
    assert [found.fault.kind.value for found in parse_mix(" slow:0.1 , cut:0.1 ")] == ["slow", "cut"]


def test_a_sandbox_deals_its_mix_and_can_be_turned_back(caller_of):
    with Sandbox(faults="maintenance:1") as sandbox:
        caller = caller_of(sandbox)
        response = caller.send("GET", "/me")
        assert (response.status_code, response.json()["message"]) == (503, "Service Unavailable")
        sandbox.switch(faults="")
        assert caller.answer("GET", "/me")["status"] == "success"


@pytest.mark.parametrize("name", NAMES)
def test_each_fault_of_a_mix_is_survived_by_the_next_honest_request(caller_of, name):
    with Sandbox(faults=f"{name}:1", sleep=lambda seconds: None) as sandbox:
        caller = caller_of(sandbox)
        with suppress(requests.RequestException):
            caller.send("GET", "/balance", stream=True).close()
        sandbox.switch(faults="")
        assert caller.answer("GET", "/balance")["status"] == "success"


@pytest.mark.parametrize(("fault", "happened"), [(Fault.reset_before, []), (Fault.reset_after, ["Dodoma"])])
def test_a_reset_connection_gives_no_answer(caller_of, fault, happened):
    with Sandbox(fault=lambda request: fault) as sandbox:
        with pytest.raises(requests.ConnectionError, match="reset by peer"):
            caller_of(sandbox).send("POST", "/contacts", json=GROUP)
        assert [group["name"] for group in sandbox.groups()] == happened


def test_an_empty_answer_has_had_its_effect(caller_of):
    with Sandbox(fault=lambda request: Fault.empty) as sandbox:
        response = caller_of(sandbox).send("POST", "/contacts", json=GROUP)
        assert (response.status_code, response.content, len(sandbox.groups())) == (200, b"", 1)


def test_a_cut_answer_ends_before_the_length_it_announced(caller_of):
    with Sandbox(fault=lambda request: Fault.cut) as sandbox:
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            caller_of(sandbox).send("POST", "/contacts", json=GROUP)
        assert len(sandbox.groups()) == 1


def test_a_huge_answer_announces_fifty_megabytes(caller_of):
    with Sandbox(fault=lambda request: Fault.huge) as sandbox:
        response = caller_of(sandbox).send("POST", "/contacts", json=GROUP, stream=True)
        assert int(response.headers["Content-Length"]) > 50_000_000
        assert next(response.iter_content(100)).startswith(b'{"status":"success"')
        response.close()


@pytest.mark.parametrize(("wait", "happened"), [(0, 1), (90, 0)])
def test_a_queued_request_is_answered_202_and_happens_in_its_time(caller_of, wait, happened):
    now = [1_000_000.0]
    with Sandbox(fault=lambda request: Fault.queued(wait), clock=lambda: now[0]) as sandbox:
        response = caller_of(sandbox).send("POST", "/contacts", json=GROUP)
        assert (response.status_code, response.json()["data"]) == (202, {"queue_id": "q-00000001"})
        assert len(sandbox.groups()) == happened
        now[0] += 90
        assert len(sandbox.groups()) == 1


def test_of_several_recipients_half_may_get_the_text_before_the_line_breaks(caller_of):
    with Sandbox(fault=lambda request: Fault.half) as sandbox:
        with pytest.raises(requests.ConnectionError):
            caller_of(sandbox).text(f"{ASHA},{JUMA},{NEEMA},{ZURI}")
        assert [message["to"] for message in sandbox.messages()] == [ASHA, JUMA]


def test_a_refused_send_may_have_its_row_in_the_report(caller_of):
    with Sandbox(fault=lambda request: Fault.undelivered("Enroute") if request.number == 1 else None) as sandbox:
        caller = caller_of(sandbox)
        assert caller.text(ASHA) == {"status": "error", "message": "Enroute"}
        listed = caller.data("GET", "/sms")["data"]
        assert [(item["to"], item["status"]) for item in listed] == [(ASHA, "Enroute")]
        assert sandbox.balance() == 10_000


def test_an_accepted_text_may_never_be_listed(caller_of):
    with Sandbox(fault=lambda request: Fault.unlisted) as sandbox:
        caller = caller_of(sandbox)
        uid = caller.text(ASHA)["data"]["uid"]
        assert caller.data("GET", "/sms")["data"] == []
        assert caller.error("GET", f"/sms/{uid}") == "SMS Info not found"
        assert [message["to"] for message in sandbox.messages()] == [ASHA]


def test_an_accepted_text_may_have_failed(caller_of):
    with Sandbox(fault=lambda request: Fault.status("Failed")) as sandbox:
        answer = caller_of(sandbox).text(ASHA)
        assert (answer["status"], answer["data"]["status"]) == ("success", "Failed")


def test_several_clients_meet_the_same_faults_as_one(caller_of):
    def world(threads: int) -> list[str]:
        phones = [f"2557120000{number:02d}" for number in range(40)]
        with Sandbox(faults="html_502:0.2,throttled:0.2", seed=3) as sandbox:
            group = sandbox.add_group("VIP")

            def store(part: int) -> None:
                caller = caller_of(sandbox)
                for phone in phones[part::threads]:
                    fields = {"phone": phone, "first_name": "", "last_name": ""}
                    caller.send("POST", f"/contacts/{group}/store", json=fields)

            running = [threading.Thread(target=store, args=(part,)) for part in range(threads)]
            for thread in running:
                thread.start()
            for thread in running:
                thread.join()
            return [found["phone"] for found in sandbox.contacts(group)]

    alone = world(1)
    assert 10 < len(alone) < 35
    assert world(4) == alone
