"""Faults on demand: what the client sees, and what the world looks like afterwards."""

import threading

import pytest
import requests

from ampenet_sync.sandbox import Fault, Sandbox

ASHA = "255712345678"
GROUP = {"name": "Dodoma"}


def once(fault):
    """The fault for the first request; later ones are honest."""
    return lambda request: fault if request.number == 1 else None


def names(sandbox):
    return [group["name"] for group in sandbox.groups()]


@pytest.mark.parametrize(("fault", "happened"), [(Fault.drop_before, []), (Fault.drop_after, ["Dodoma"])])
def test_a_dropped_connection_gives_no_answer(caller_of, fault, happened):
    with Sandbox(fault=once(fault)) as sandbox:
        with pytest.raises(requests.ConnectionError):
            caller_of(sandbox).send("POST", "/contacts", json=GROUP)
        assert names(sandbox) == happened


@pytest.mark.parametrize(
    ("fault", "code", "happened"), [(Fault.error_after, 500, ["Dodoma"]), (Fault.html_502, 502, [])]
)
def test_an_error_page_tells_nothing_about_the_effect(caller_of, fault, code, happened):
    with Sandbox(fault=once(fault)) as sandbox:
        response = caller_of(sandbox).send("POST", "/contacts", json=GROUP)
        assert (response.status_code, response.headers["Content-Type"]) == (code, "text/html; charset=UTF-8")
        assert names(sandbox) == happened


def test_a_throttled_request_has_no_effect(caller_of):
    with Sandbox(fault=once(Fault.throttled)) as sandbox:
        assert caller_of(sandbox).error("POST", "/contacts", **GROUP) == "Too Many Attempts."
        assert names(sandbox) == []


def test_garbage_has_its_effect_and_is_no_json(caller_of):
    with Sandbox(fault=once(Fault.garbage)) as sandbox:
        response = caller_of(sandbox).send("POST", "/contacts", json=GROUP)
        with pytest.raises(requests.JSONDecodeError):
            response.json()
        assert (response.status_code, names(sandbox)) == (200, ["Dodoma"])


def test_a_slow_answer_comes_after_its_effect(caller_of):
    seen = []
    with Sandbox(fault=once(Fault.slow(30)), sleep=lambda seconds: seen.append((seconds, names(sandbox)))) as sandbox:
        caller_of(sandbox).data("POST", "/contacts", **GROUP)
    assert seen == [(30, ["Dodoma"])]


def test_closing_does_not_wait_for_a_slow_answer(caller_of):
    slept = threading.Event()

    def fault(request):
        slept.set()
        return Fault.slow(600)

    def ask():
        with pytest.raises(requests.ConnectionError):
            caller.send("GET", "/me")

    with Sandbox(fault=fault) as sandbox:
        caller = caller_of(sandbox)
        asking = threading.Thread(target=ask)
        asking.start()
        assert slept.wait(60)
    asking.join(60)
    assert not asking.is_alive()


def test_a_late_effect_happens_at_its_own_time(caller_of):
    now = [1_000_000.0]
    with Sandbox(fault=once(Fault.late(90)), clock=lambda: now[0]) as sandbox:
        with pytest.raises(requests.ConnectionError):
            caller_of(sandbox).send("POST", "/contacts", json=GROUP)
        now[0] += 89
        assert names(sandbox) == []
        now[0] += 5
        assert [(effect["kind"], effect["at"]) for effect in sandbox.effects()] == [("group_created", 1_000_090.0)]


def test_a_late_effect_is_visible_to_the_next_request(caller_of):
    now = [1_000_000.0]
    with Sandbox(fault=once(Fault.late(90)), clock=lambda: now[0]) as sandbox:
        caller = caller_of(sandbox)
        with pytest.raises(requests.ConnectionError):
            caller.send("POST", "/contacts", json=GROUP)
        now[0] += 90
        assert caller.data("GET", "/contacts")["total"] == 1


def test_a_fault_sees_number_method_path_and_fields(caller_of):
    asked = []
    with Sandbox(fault=asked.append) as sandbox:
        caller = caller_of(sandbox)
        caller.data("GET", "/me")
        caller.send("POST", "/contacts?page=2", json=GROUP)
    assert [(ask.number, ask.method, ask.path, dict(ask.body)) for ask in asked] == [
        (1, "GET", "/me", {}),
        (2, "POST", "/contacts", {"page": "2", "name": "Dodoma"}),
    ]


def test_an_effect_is_told_before_its_answer_is_written(caller_of):
    told, answered = [], []

    def on_effect(effect):
        told.append((effect["kind"], len(sandbox.effects()), list(answered)))

    with Sandbox(on_effect=on_effect) as sandbox:
        answered.append(caller_of(sandbox).data("POST", "/contacts", **GROUP)["name"])
    assert told == [("group_created", 1, [])]


def test_a_mistake_in_a_test_s_own_callback_is_not_swallowed(caller_of):
    def fault(request):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), Sandbox(fault=fault) as sandbox, pytest.raises(requests.ConnectionError):
        caller_of(sandbox).send("GET", "/me")
