"""A hundred hostile answers to every kind of call: the right class each time, nothing untyped, little memory."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from ampenet_sync.api import Deadlines
from ampenet_sync.errors import BadAnswer, InDoubt, Throttled, Unauthorised
from tests.api.hostile import ANSWERS, CALLS, KINDS, PATIENT, QUICK, WRITES, Canned, client_of, serving

TOKEN = "7|canaryCANARYcanaryCANARYcanaryCANARY12345"
MOST_MB = 50
LONGEST = QUICK.total + 10.0  # seconds a call may take on a busy machine; each answer would go on for a minute
MEASURE = """
import re, sys
from pathlib import Path
from ampenet_sync.errors import ApiError
from tests.api.hostile import ANSWERS, CALLS, client_of
# Not getrusage: its peak is inherited from the process that started this one.
held = lambda name: int(re.search(name + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
def play(numbers):
    for number in numbers:
        for name in ("store", "balance", "contact_pages"):
            try:
                CALLS[name](client_of(f"{sys.argv[1]}/{number}", "7|token"))
            except ApiError:
                pass
play([ANSWERS.index(next(a for a in ANSWERS if a.name == "empty"))])
before = held("VmRSS")
play([number for number, answer in enumerate(ANSWERS) if not answer.slow])
print(held("VmHWM") - before)
"""


PAGES = """
import json, re
from pathlib import Path
from ampenet_sync.api import Answer, Client, SlotThrottle
from ampenet_sync.api.answers import MOST_PARTS
from ampenet_sync.api import Deadlines
from ampenet_sync.errors import BadAnswer
from tests.api.hostile import GROUP, NAMES, objects
held = lambda name: int(re.search(name + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
items = [{"uid": f"606732aec8{n:03d}", **NAMES} for n in range(25)]
first = {"current_page": 1, "data": items, "last_page": 100, "per_page": 25, "total": 2500}
good = json.dumps({"status": "success", "data": first}).encode()
bad = objects(MOST_PARTS // 2 - 9).encode()
class Turning:
    def send(self, request):
        return Answer(200, {}, good if request.query["page"] == 1 else bad)
time = {"clock": lambda: 0.0, "sleep": lambda seconds: None}
client = Client(Turning(), SlotThrottle(1_000_000, **time), pages_at_once=8, random=lambda: 0.0, **time)
before = held("VmRSS")
try:
    list(client.contact_pages(GROUP))
except BadAnswer:
    print(held("VmHWM") - before)
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving() as url:
        yield url


def expected(answer: Canned, call: str) -> type[Exception] | None:
    if call in answer.fine:
        return None
    match answer.means:
        case "throttled":
            return Throttled
        case "unauthorised":
            return Unauthorised
    return InDoubt if call in WRITES else BadAnswer


def outcome(call: str, url: str, deadlines: Deadlines) -> type[Exception] | None:
    """What came of it; anything at all that is raised counts."""
    try:
        CALLS[call](client_of(url, TOKEN, deadlines=deadlines))
    except BaseException as error:  # noqa: BLE001
        return type(error)
    return None


def test_there_are_a_hundred_of_them_and_every_method_is_asked():
    assert len({answer.name for answer in ANSWERS}) == len(ANSWERS) >= 100
    assert len(CALLS) == 15


@pytest.mark.parametrize("number", range(len(ANSWERS)), ids=[answer.name for answer in ANSWERS])
def test_a_hostile_answer_is_what_it_proves_for_every_call(url: str, number: int):
    answer = ANSWERS[number]
    calls, deadlines = (KINDS, QUICK) if answer.slow else (CALLS, PATIENT)
    start = time.monotonic()
    found = {call: outcome(call, f"{url}/{number}", deadlines) for call in calls}
    assert not answer.slow or time.monotonic() - start < LONGEST * len(calls), "a call outlived its deadline"
    assert found == {call: expected(answer, call) for call in calls}


def test_a_platform_that_turns_hostile_within_a_listing_takes_little_memory_with_many_pages_at_once():
    """Eight pages are read at once and each of them asked again: as a run does it."""
    done = subprocess.run([sys.executable, "-c", PAGES], capture_output=True, text=True, check=True, timeout=170)
    assert float(done.stdout) < MOST_MB


def test_no_hostile_answer_takes_much_memory(url: str):
    command = [sys.executable, "-c", MEASURE, url]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=170)
    assert float(done.stdout) < MOST_MB
