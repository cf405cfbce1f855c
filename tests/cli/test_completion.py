"""What a shell offers when Tab is pressed, asked as bash, zsh and fish ask."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.cli.conftest import Shop


def _offered(line: str, *, shell: str = "bash", **env: str) -> list[str]:
    """The lines offered at the end of what is typed; fails where anything is said beside."""
    words = line.split()
    at = len(words) if line.endswith(" ") else len(words) - 1
    asked = {"_AMPENET_SYNC_COMPLETE": f"{shell}_complete", "COMP_WORDS": line, "COMP_CWORD": str(at)}
    if shell == "fish":
        asked["COMP_CWORD"] = "" if line.endswith(" ") else words[-1]
    ran = subprocess.run(
        [sys.executable, "-m", "ampenet_sync"], capture_output=True, text=True, check=False, timeout=60,
        env=os.environ | asked | env,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    return [word for word in ran.stdout.splitlines() if word]


def test_segments_and_campaigns_of_the_configuration_are_offered(shop: Shop) -> None:
    assert _offered("ampenet-sync plan ") == ["plain,all", "plain,gold"]
    assert _offered("ampenet-sync sync g") == ["plain,gold"]
    assert _offered("ampenet-sync campaign preview ") == ["plain,hello"]
    assert _offered("ampenet-sync campaign se") == ["plain,send"]


def test_keys_are_offered_whether_there_is_a_configuration_or_not(shop: Shop) -> None:
    (shop.folder / "ampenet.yaml").unlink()
    assert _offered("ampenet-sync config api.d") == ["plain,api.dialect"]


def test_digests_of_plans_and_audiences_are_offered(shop: Shop) -> None:
    plan = shop.run("plan", "gold", "--json").json["plans"][0]["digest"]
    audience = shop.run("campaign", "preview", "hello", "--json").json["audience"]
    assert _offered("ampenet-sync apply ") == [f"plain,{plan}"]
    assert _offered("ampenet-sync show " + plan[:3]) == [f"plain,{plan}"]
    assert _offered("ampenet-sync apply x --allow ") == [f"plain,{plan}"]
    assert _offered("ampenet-sync campaign send hello --audience ") == [f"plain,{audience}"]
    assert _offered("ampenet-sync apply ./kept") == ["file,./kept"], "else the shell's own files"


def test_a_rehearsal_offers_its_own(shop: Shop) -> None:
    live = shop.run("plan", "gold", "--json").json["plans"][0]["digest"]
    rehearsed = shop.run("--sandbox", "plan", "gold", "--json").json["plans"][0]["digest"]
    assert live != rehearsed
    assert _offered("ampenet-sync --sandbox apply ") == [f"plain,{rehearsed}"]


def test_zsh_and_fish_read_what_each_word_is(shop: Shop) -> None:
    plan = shop.run("plan", "gold", "--json").json["plans"][0]["digest"]
    assert _offered("ampenet-sync show ", shell="zsh") == ["plain", plan, "plan of gold"]
    assert any("gold" in line for line in _offered("ampenet-sync plan ", shell="fish"))


@pytest.mark.parametrize("text", ["segments: [", "", None])
def test_a_bad_configuration_offers_nothing_and_says_nothing(text: str | None, shop: Shop) -> None:
    path = shop.folder / "ampenet.yaml"
    path.unlink()
    if text is not None:
        path.write_text(text)
    assert shop.run("plan").code == 1, "it is a bad one"
    for line in ("ampenet-sync plan ", "ampenet-sync campaign preview ", "ampenet-sync campaign send x --audience "):
        assert _offered(line) == []


def test_completion_makes_no_call_and_imports_no_tables(shop: Shop) -> None:
    before = shop.sandbox.requests()
    for line in ("ampenet-sync plan ", "ampenet-sync apply ", "ampenet-sync groups show "):
        _offered(line)
    assert shop.sandbox.requests() == before
    code = "import sys, atexit\nfrom ampenet_sync.cli import main\n"
    code += "atexit.register(lambda: print(*sys.modules))\nmain([])"
    asked = {"_AMPENET_SYNC_COMPLETE": "bash_complete", "COMP_WORDS": "ampenet-sync plan ", "COMP_CWORD": "2"}
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ | asked
    )
    loaded = set(ran.stdout.split())
    assert "plain,gold" in loaded and "yaml" in loaded, "it really looked"
    assert loaded.isdisjoint({"pandas", "pyarrow", "duckdb", "pandera", "requests", "sqlalchemy"})


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_s_own_part_is_printed(shell: str) -> None:
    env = os.environ | {"_AMPENET_SYNC_COMPLETE": f"{shell}_source"}
    ran = subprocess.run([sys.executable, "-m", "ampenet_sync"], capture_output=True, text=True, check=True, env=env)
    assert "_AMPENET_SYNC_COMPLETE" in ran.stdout and "ampenet-sync" in ran.stdout
