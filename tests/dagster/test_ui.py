"""`make ui` as a person uses it: an address that answers, and nothing left running after Ctrl-C."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from ampenet_sync.sandbox import Sandbox
from dagster_project.ui import Place, environment
from tests.dagster.conftest import SAMPLE
from tests.processes import finding

PATIENCE = 90.0  # seconds, for a busy machine


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def ui(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    for name in ("ampenet.yaml", "customers.csv"):
        shutil.copy(SAMPLE / name, tmp_path)
    ours = {"AMPENET_CONFIG": str(tmp_path / "ampenet.yaml"), "AMPENET_UI_PORT": str(port)}
    env = finding(SAMPLE.parent, **ours)
    command = [sys.executable, "-u", "-m", "dagster_project.ui"]
    with subprocess.Popen(command, cwd=tmp_path, env=env, text=True, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def children(pid: int) -> list[int]:
    """The processes below one, from Linux's own table."""
    below: list[int] = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, rest = int(entry.parent.name), entry.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(rest[1]) == pid:
            below += [number, *children(number)]
    return below


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if words in line:
            return seen
    raise AssertionError(f"it ended before it said '{words}': {seen}")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for orphans in Linux's table of processes")
def test_the_ui_answers_at_the_address_it_prints_and_ctrl_c_ends_all_of_it(
    ui: subprocess.Popen[str], port: int, tmp_path: Path
) -> None:
    assert f"http://127.0.0.1:{port}" in read_until(ui, "Ctrl-C ends both")
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.request("GET", "/server_info")
        assert connection.getresponse().status == 200
    started = children(ui.pid)
    assert len(started) >= 3
    ui.send_signal(signal.SIGINT)
    assert ui.wait(PATIENCE) == 0
    until = time.monotonic() + PATIENCE
    while (left := [pid for pid in started if Path(f"/proc/{pid}").exists()]) and time.monotonic() < until:
        time.sleep(0.1)
    assert left == []
    assert sorted(path.name for path in tmp_path.glob(".*")) == [".ampenet", ".dagster"]


def test_dagster_is_given_the_sandbox_whatever_account_the_shell_is_set_up_for(tmp_path: Path) -> None:
    live = {"AMPENET_BASE_URL": "https://sms.ampenet.com/api/v3", "AMPENET_API_TOKEN": "7|live", "PATH": "/bin"}
    live |= {
        "AMPENET_API_TOKEN_FILE": "/secret",
        "AMPENET_LEDGER_URL": "sqlite:///live.db",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with Sandbox() as sandbox:
        env = environment(live, config=tmp_path / "ampenet.yaml", place=Place(sandbox, tmp_path))
    assert (env["AMPENET_BASE_URL"], env["AMPENET_API_TOKEN"]) == (sandbox.url, sandbox.token)
    assert env["AMPENET_LEDGER_URL"] == f"sqlite:///{tmp_path}/ledger.db"
    assert {"AMPENET_API_TOKEN_FILE", "PYTHONDONTWRITEBYTECODE"} & set(env) == set()
