"""docs/runbook.md has an entry for each error code, and each names a command that exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import get_args

import click
import pytest

from ampenet_sync import codes
from tests.cli.parsing import make_files_of, parsed

PAGE = (Path(__file__).parent.parent.parent / "docs/runbook.md").read_text(encoding="utf-8")
PARTS = ("Happened", "Written", "Again", "Next")
NO_ERRORS = ("Code", "WarningCode")  # all of them, and those of verdicts that refuse nothing
BRANCHES = [value for name, value in vars(codes).items() if name.endswith("Code") and name not in NO_ERRORS]
BEFORE_ANY_CHANGE = (codes.ConfigCode, codes.SourceCode, codes.PlanCode)
OF_THE_COMMAND_LINE = {"usage", "interrupted"}  # an error's object has these too
ENTRY = re.compile(r"^### `(\w+)`\n\n(.+?)(?=^#|\Z)", re.MULTILINE | re.DOTALL)


def entries(page: str) -> dict[str, dict[str, str]]:
    """Code → its parts. Of two entries with one code the second counts."""
    return {
        code: dict(re.findall(r"^- \*\*(\w+):\*\* (.+)$", body, re.MULTILINE)) for code, body in ENTRY.findall(page)
    }


def commands_in(words: str) -> list[list[str]]:
    return [shlex.split(command) for command in re.findall(r"`ampenet-sync ([^`]+)`", words)]


def test_every_code_has_an_entry_and_only_one() -> None:
    known = {code for branch in BRANCHES for code in get_args(branch)}
    assert len(known) > 150
    written = [code for code, _ in ENTRY.findall(PAGE)]
    assert sorted(written) == sorted(known | OF_THE_COMMAND_LINE)


@pytest.mark.parametrize(("code", "entry"), entries(PAGE).items())
def test_an_entry_says_all_four_things_and_a_command_that_can_be_typed(
    code: str, entry: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert tuple(entry) == PARTS
    assert all(words.endswith((".", "`")) or name == "Next" for name, words in entry.items())
    commands = commands_in(entry["Next"])
    assert commands, "it names no command"
    for words in commands:
        make_files_of(words)
        try:
            parsed(words)
        except click.exceptions.Exit as ended:  # of --help and --version
            assert ended.exit_code == 0


def test_a_command_that_does_not_exist_is_found_out() -> None:
    (words,) = commands_in("look: `ampenet-sync plans --all`")
    with pytest.raises(click.UsageError):
        parsed(words)


def test_what_is_refused_before_any_change_wrote_nothing() -> None:
    """As the command line says it then. A code that other branches have too may say more."""
    later = {code for branch in BRANCHES if branch not in BEFORE_ANY_CHANGE for code in get_args(branch)}
    before = {code for branch in BEFORE_ANY_CHANGE for code in get_args(branch)} - later
    written = entries(PAGE)
    assert [code for code in sorted(before) if not written[code]["Written"].startswith("Nothing")] == []
