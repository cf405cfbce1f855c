"""Ctrl-C and SIGTERM: waits end at once, what is on the wire is finished, a second one ends hard, nothing is lost."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from ampenet_sync.cli.interrupts import Interrupts
from ampenet_sync.sandbox import Fault, Sandbox, SandboxRequest
from ampenet_sync.stopping import Stop
from tests.cli.conftest import Shop

LONG = 60.0  # seconds that an answer takes: as good as for ever, but for a patient process


@contextmanager
def running(shop: Shop, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "ampenet_sync", *arguments]
    with subprocess.Popen(
        command, cwd=shop.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def heard_until(process: subprocess.Popen[str], words: str) -> str:
    """Standard error up to the line that has these words."""
    assert process.stderr is not None
    heard = ""
    for line in process.stderr:
        heard += line
        if words in line:
            return heard
    raise AssertionError(heard)


def slowed(shop: Shop, calls: int) -> None:
    """So many calls are permitted in this minute, beyond those that there were."""
    shop.configure("60000", str(len(shop.sandbox.requests()) + calls))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", ["sync", "apply", "send"])
def test_a_process_that_waits_for_the_rate_ends_before_the_rate_would_allow_a_call(
    shop: Shop, command: str, number: signal.Signals
) -> None:
    arguments = prepared(shop, command)
    with running(shop, *arguments) as process:
        line = heard_until(process, "the permitted rate is used up; goes on at").splitlines()[-1]
        process.send_signal(number)
        _, rest = process.communicate(timeout=LONG)
        ended = datetime.now()
    said = re.search(r"goes on at (\d\d:\d\d:\d\d)", line)
    assert said and ended < at_hour(said[1], near=ended), "it waited for the rate"
    assert process.returncode == 130
    assert re.search(r"again to stop hard\.", rest)
    assert re.search(
        r"Interrupted while (applying|sending): \d of [34] done\. Whatever was done stands in the ledger", rest
    )


@pytest.fixture
def slow(shop: Shop) -> Iterator[list[float]]:
    """Where a create is answered after so many seconds, and done before; none where the list is empty."""
    seconds: list[float] = []

    def fault(request: SandboxRequest) -> Fault | None:
        return Fault.slow(seconds[0]) if seconds and request.path.endswith("/store") else None

    with Sandbox(fault=fault) as sandbox:
        shop.move_to(sandbox)
        yield seconds


def test_what_is_on_the_wire_is_finished_and_booked(shop: Shop, slow: list[float]) -> None:
    slow.append(2.0)
    with running(shop, "sync", "all", "--yes") as process:
        wait_for(lambda: "contact_created" in shop.changes())
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=LONG)
    assert (process.returncode, bool(re.search(r"Finishing \d calls?; again to stop hard", rest))) == (130, True), rest
    slow.clear()
    came = re.search(r"applying: (\d) of 4 done", rest)
    assert came and 1 <= int(came[1]) == len(shop.phones("Everybody")), rest
    assert shop.run("sync", "all", "--yes").code == 0 and len(shop.phones("Everybody")) == 4


def test_a_second_signal_ends_at_once_and_the_next_run_finishes_without_a_twin(shop: Shop, slow: list[float]) -> None:
    slow.append(LONG)
    with running(shop, "sync", "all", "--yes") as process:
        wait_for(lambda: "contact_created" in shop.changes())
        process.send_signal(signal.SIGINT)
        heard_until(process, "again to stop hard")
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=LONG / 2)
    assert (process.returncode, "Stopped hard." in rest) == (130, True)
    slow.clear()
    assert shop.run("sync", "all", "--yes").code == 0 and len(shop.phones("Everybody")) == 4


def test_the_first_signal_asks_and_interrupts_the_second_ends(capsys: pytest.CaptureFixture[str]) -> None:
    stop, written, ended = Stop(), [], []
    stop.under_way = lambda: 4
    interrupts = Interrupts(stop, write=written.append, end=ended.append)
    with pytest.raises(KeyboardInterrupt):
        interrupts.hear(signal.SIGINT, None)
    assert (written, stop.is_set, ended) == ([b"\nFinishing 4 calls; again to stop hard.\n"], True, [])
    interrupts.hear(signal.SIGTERM, None)
    assert ended == [130] and b"Stopped hard" in written[-1]


def prepared(shop: Shop, command: str) -> list[str]:
    """What comes before is done at once; then few calls are permitted."""
    if command == "send":
        shop.run("sync", "--yes")
        digest = shop.run("campaign", "preview", "hello", "--json").json["audience"]
        slowed(shop, 7)
        return ["campaign", "send", "hello", "--audience", digest, "--yes"]
    if command == "apply":
        digest = shop.run("plan", "all", "--json").json["plans"][0]["digest"]
        slowed(shop, 4)
        return ["apply", digest, "--yes"]
    slowed(shop, 6)
    return ["sync", "all", "--yes"]


def at_hour(words: str, *, near: datetime) -> datetime:
    """That hour of the day that is nearest."""
    found = datetime.combine(near.date(), datetime.strptime(words, "%H:%M:%S").time())
    return min((found + timedelta(days=days) for days in (-1, 0, 1)), key=lambda moment: abs(moment - near))


def wait_for(there) -> None:
    for _ in range(int(LONG / 0.02)):
        if there():
            return
        time.sleep(0.02)
    raise AssertionError("it never came")
