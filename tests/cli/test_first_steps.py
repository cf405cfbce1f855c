"""init, ledger init, --sandbox, sandbox, demo, and what a stranger reads when something is missing or wrong."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from ampenet_sync.config import load
from ampenet_sync.config.starter import STARTER
from ampenet_sync.pipeline.status import ledger_address
from tests.cli.conftest import HEAD, ROWS, Shop

ROOT = Path(__file__).parent.parent.parent


def _one_error(shop: Shop, *arguments: str) -> str:
    """The error's code, after checking that it is one clear line with a next step and that nothing was written."""
    ran = shop.run(*arguments)
    assert (ran.code, ran.out) == (1, "")
    error, *following = ran.err.splitlines()
    assert following[0].startswith("  Next: ")
    assert following[1:] == ["  Nothing was changed at Ampenet."]
    assert shop.changes() == []
    return re.findall(r"\[(\w+)\]$", error)[0]


def test_a_wrong_token(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMPENET_API_TOKEN", "1|wrong")
    assert _one_error(shop, "sync", "--yes") == "unauthenticated"


def test_no_token(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AMPENET_API_TOKEN")
    assert _one_error(shop, "plan") == "no_token"


def test_an_unreachable_host(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMPENET_BASE_URL", "http://127.0.0.1:9/api/v3")
    assert _one_error(shop, "plan") == "unreachable"


@pytest.mark.parametrize("text", ["", HEAD])
def test_an_empty_csv(shop: Shop, text: str) -> None:
    (shop.folder / "customers.csv").write_text(text)
    assert _one_error(shop, "sync", "--yes") == "empty_source"


def test_a_missing_column(shop: Shop) -> None:
    shop.write(ROWS, head=HEAD.replace("phone", "fone"))
    assert _one_error(shop, "plan") == "missing_column"


def test_a_missing_ledger(shop: Shop) -> None:
    (shop.folder / ".ampenet/ledger.db").rename(shop.folder / "elsewhere.db")
    assert _one_error(shop, "plan") == "no_ledger"
    assert not (shop.folder / ".ampenet/ledger.db").exists()


def test_a_missing_configuration(shop: Shop) -> None:
    assert _one_error(shop, "--config", "other.yaml", "plan") == "no_config"


def test_an_unknown_key_names_file_line_and_the_nearest_word(shop: Shop) -> None:
    shop.configure("mode: mirror}\n  gold", "mdoe: mirror}\n  gold")
    assert _one_error(shop, "plan") == "unknown_key"
    assert "ampenet.yaml:10: segments.all.mdoe" in shop.run("plan").err


def test_with_json_an_error_is_one_object_too(shop: Shop) -> None:
    (shop.folder / "customers.csv").unlink()
    ran = shop.run("plan", "--json")
    assert (ran.code, ran.json["error"]["code"]) == (1, "missing_file")


def test_init_writes_a_configuration_that_loads_and_a_ledger_and_overwrites_nothing(shop: Shop) -> None:
    assert shop.run("--config", "new/../fresh.yaml", "init").code == 1  # no such folder
    assert shop.run("--config", "fresh.yaml", "init").code == 0
    assert load(shop.folder / "fresh.yaml", environ={}).segments["everybody"].mode == "mirror"
    (shop.folder / "fresh.yaml").write_text("mine")
    assert shop.run("--config", "fresh.yaml", "init").code == 1
    assert (shop.folder / "fresh.yaml").read_text() == "mine"


def test_the_address_of_a_ledger_is_shown_without_its_password(shop: Shop) -> None:
    shop.configure("segments:", "ledger: postgresql+psycopg://asha:s3cret@db.example.com/l\nsegments:")
    assert ledger_address(load(shop.folder / "ampenet.yaml", environ={})).startswith("postgresql+psycopg://asha:***@")


def test_the_starter_says_what_every_section_is_for() -> None:
    sections = [line for line in STARTER.splitlines() if re.match(r"\w+:", line)]
    assert [line.split(":")[0] for line in sections] == [
        "api",
        "ledger",
        "time_zone",
        "region",
        "countries",
        "customers",
        "segments",
        "campaigns",
    ]


def test_a_rehearsal_goes_on_where_it_was_and_touches_neither_server_nor_ledger(shop: Shop) -> None:
    ledger = (shop.folder / ".ampenet/ledger.db").read_bytes()
    assert shop.run("--sandbox", "sync", "--yes").code == 0
    assert shop.run("--sandbox", "plan", "--exit-code").code == 0
    digest = shop.run("--sandbox", "campaign", "preview", "hello", "--json").json["audience"]
    sent = shop.run("--sandbox", "campaign", "send", "hello", "--audience", digest, "--yes", "--json").json
    assert sent["sent"] == 3
    assert shop.sandbox.requests() == []
    assert (shop.folder / ".ampenet/ledger.db").read_bytes() == ledger


def test_a_rehearsal_plays_the_install_that_the_environment_names(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMPENET_SANDBOX_DIALECT", "3.1")
    shop.run("--sandbox", "sync", "--yes")
    assert shop.run("--sandbox", "doctor", "--json").json["dialect"] == "3.1"


def test_a_rehearsal_plays_the_dialect_that_is_configured(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.configure("api: {", "api: {dialect: '3.9', ")
    assert shop.run("--sandbox", "sync", "--yes").code == 0
    state = (shop.folder / ".ampenet/sandbox/sandbox.jsonl").read_text()
    monkeypatch.setenv("AMPENET_SANDBOX_DIALECT", "3.1")
    ran = shop.run("--sandbox", "plan")
    assert (ran.code, "AMPENET_SANDBOX_DIALECT is 3.1, but api.dialect is 3.9" in ran.err) == (1, True)
    assert (shop.folder / ".ampenet/sandbox/sandbox.jsonl").read_text() == state


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("AMPENET_SANDBOX_DIALEKT", "3.1", "did you mean AMPENET_SANDBOX_DIALECT?"),
        ("AMPENET_SANDBOX_DIALECT", "4", "AMPENET_SANDBOX_DIALECT: '4' is not one of"),
    ],
)
def test_a_slip_in_the_environment_is_named(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)
    ran = shop.run("--sandbox", "balance")
    assert (ran.code, said in ran.err) == (1, True)


def test_the_sandbox_needs_no_login(shop: Shop) -> None:
    ran = shop.run("--sandbox", "login")
    assert (ran.code, "needs no login" in ran.err) == (2, True)


def test_every_help_ends_with_an_example() -> None:
    for words in ("plan", "apply", "sync", "status", "quarantine export", "campaign preview", "campaign send", "init"):
        shown = _ampenet(*words.split(), "--help").stdout
        assert "Example:  ampenet-sync" in shown, words


def test_the_demo_tells_the_whole_story_and_ends_well(tmp_path: Path) -> None:
    for name in ("ampenet.yaml", "customers.csv"):
        (tmp_path / name).write_bytes((ROOT / "sample_data" / name).read_bytes())
    ran = _ampenet("--config", str(tmp_path / "ampenet.yaml"), "demo")
    assert ran.returncode == 0, ran.stderr
    for said in ("298 customers, 14 quarantined", "customers: 296 done", "57 parts, about TZS 1,425", "52 sent"):
        assert said in ran.stdout


def test_the_sandbox_command_answers_until_it_is_interrupted(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ampenet_sync", "sandbox", "--port", "0", "--state", str(tmp_path / "state.jsonl")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        said = [server.stdout.readline() for _ in range(3)]
        url, token = said[1].split("AMPENET_BASE_URL=")[1].strip(), said[2].split("'")[1]
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(f"{url}/balance", headers=headers)) as answer:
            assert b"success" in answer.read()
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=60) == 0


def _ampenet(*arguments: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("AMPENET_")}
    command = [sys.executable, "-m", "ampenet_sync", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=env)
