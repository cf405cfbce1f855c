"""The command tree: options at every level, words that were meant otherwise, and an example at the end of each help."""

from __future__ import annotations

import shlex
from pathlib import Path

import click
import pytest

from ampenet_sync.cli.app import app
from ampenet_sync.cli.tree import SessionOption
from ampenet_sync.cli.words import OURS
from tests.cli.conftest import Shop
from tests.cli.parsing import command_at, commands, make_files_of, parsed


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
def test_every_help_ends_with_an_example_that_parses(
    path: tuple[str, ...], shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    ran = shop.run(*path, "--help")
    last = ran.out.rstrip().splitlines()[-1]
    assert ran.code == 0 and last.startswith("  Example:  ampenet-sync "), ran.out
    words = shlex.split(last.partition("ampenet-sync")[2].partition(" < ")[0])
    make_files_of(words)
    assert tuple(words[: len(path)]) == path
    parsed(words)


def test_an_example_with_a_slip_is_found_out() -> None:
    for words in (["plan", "--exitcode"], ["campaign", "previews"], ["campaign", "approve", "welcome"]):
        with pytest.raises(click.UsageError):
            parsed(words)


@pytest.mark.parametrize(
    "words",
    [
        ("--config", "other.yaml", "--sandbox", "plan", "gold", "--json"),
        ("plan", "--config", "other.yaml", "--sandbox", "gold", "--json"),
        ("--sandbox", "plan", "gold", "--json", "--config=other.yaml"),
        ("plan", "gold", "--json", "--sandbox", "--config", "other.yaml"),
    ],
)
def test_session_options_stand_before_or_behind_the_command(words: tuple[str, ...], shop: Shop) -> None:
    Path("ampenet.yaml").rename("other.yaml")
    ran = shop.run(*words)
    assert ran.json["plans"][0]["path"].endswith(".ampenet/sandbox/plans/" + Path(ran.json["plans"][0]["path"]).name)
    assert shop.sandbox.requests() == []


@pytest.mark.parametrize("at", range(4))
def test_session_options_stand_at_every_level_of_a_group(at: int, shop: Shop) -> None:
    words = ["campaign", "preview", "hello"]
    ran = shop.run(*words[:at], "--sandbox", *words[at:])
    assert ran.code == 0 and "ampenet-sync --sandbox campaign send hello" in ran.out
    assert shop.sandbox.requests() == []


def test_every_command_takes_every_session_option() -> None:
    wanted = {option.name for option in app.params if isinstance(option, SessionOption)}
    assert {"config_path", "sandbox"} <= wanted
    for path in commands():
        assert wanted <= {option.name for option in command_at(path).params}, path


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("plna", "plan"),
        ("diff", "plan"),
        ("push", "apply"),
        ("deploy", "apply"),
        ("run", "sync"),
        ("load", "import"),
        ("upload", "sync"),
        ("preview", "campaign preview"),
        ("send", "campaign send"),
        ("validate", "doctor"),
        ("check", "doctor"),
        ("campaign test", "campaign preview"),
        ("campaign perview", "campaign preview"),
        ("groups rm", "groups delete"),
        ("quarantine list", "quarantine export"),
        ("ledger create", "ledger init"),
    ],
)
def test_a_word_of_another_tool_is_answered_with_ours(typed: str, meant: str, shop: Shop) -> None:
    ran = shop.run("--sandbox", *typed.split())
    assert ran.code == 2
    assert f"there is no command '{typed}'. Did you mean:  ampenet-sync --sandbox {meant}\n" in ran.err


def test_every_word_of_ours_is_there() -> None:
    known = {" ".join(path) for path in commands()}
    for group, words in OURS.items():
        for word, ours in words.items():
            whole = f"{group} {ours}".strip().removeprefix("--sandbox ")
            assert whole in known or whole in ("--help", "--version"), (word, ours)
            assert f"{group} {word}".strip() not in known, f"{word} is a command"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plan", "gould"), "did you mean gold? kept in a group: all, gold"),
        (("sync", "GOLD", "--yes"), "did you mean gold? kept in a group: all, gold"),
        (("campaign", "preview", "helo"), "did you mean hello? campaigns: hello"),
        (("groups", "show", "everybdy"), "did you mean Everybody? to see them: ampenet-sync groups list"),
        (("plan", "--exit-cod"), "--exit-code"),
        (("plan", "--sandbx"), "--sandbox"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(words: tuple[str, ...], said: str, shop: Shop) -> None:
    shop.sandbox.add_group("Everybody")
    ran = shop.run(*words)
    assert ran.code in (1, 2) and said in ran.err


def test_a_word_nobody_knows_is_answered_with_what_there_is(shop: Shop) -> None:
    ran = shop.run("xyzzy")
    assert ran.code == 2 and "There are: apply, balance, campaign, config, demo" in ran.err
