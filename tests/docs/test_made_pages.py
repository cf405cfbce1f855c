"""The pages that are made from the program are as it makes them now, and nothing is missing in them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click
import pytest

from ampenet_sync.cli import codes
from ampenet_sync.cli.tree import SessionOption
from ampenet_sync.config.source import Model
from tests.cli.parsing import command_at, commands
from tests.docs.commands_page import MEANS, exit_codes
from tests.docs.pages import DOCS, MADE

COMMANDS = (DOCS / "commands.md").read_text(encoding="utf-8")
CONFIGURATION = (DOCS / "configuration.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MADE)
def test_the_page_is_as_the_program_makes_it(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == MADE[name](), "write it anew: make docs"


@pytest.mark.parametrize("path", [path for path in commands() if path], ids=" ".join)
def test_each_command_stands_there_with_its_options_and_example(path: tuple[str, ...]) -> None:
    (section,) = re.findall(rf"^## {' '.join(path)}\n(.+?)(?=^## |\Z)", COMMANDS, re.MULTILINE | re.DOTALL)
    command = command_at(path)
    if isinstance(command, click.Group):
        assert all(f"[{' '.join((*path, inner))}]" in section for inner in command.commands)
        return
    options = [option for option in command.params if isinstance(option, click.Option)]
    for option in options:
        assert isinstance(option, SessionOption) or f"`{', '.join(option.opts)}" in section, option.name
    assert f"Example: `ampenet-sync {path[0]}" in section and "Exit codes: 0, 1, 2" in section


def test_the_options_of_every_command_stand_above_them() -> None:
    shared = COMMANDS[COMMANDS.index("## Options of every command") : COMMANDS.index("\n## init")]
    assert all(f"{option}" in shared for option in ("--config", "--sandbox", "--verbose", "--log-format"))


def test_each_key_of_each_model_stands_there() -> None:
    models = list(_models(Model))
    assert len(models) > 12
    headings = re.findall(r"^##+ `?([\w.]+)`?$", CONFIGURATION, re.MULTILINE)
    last = {heading.rpartition(".")[2] for heading in headings}
    assert {name for model in models for name in model.model_fields} - last == set()


@pytest.mark.parametrize("path", [path for path in commands() if path], ids=" ".join)
def test_no_command_ends_in_a_code_that_its_section_does_not_name(path: tuple[str, ...]) -> None:
    callback = command_at(path).callback
    assert callback is not None
    assert _returned(inspect.getsource(inspect.unwrap(callback))) <= set(exit_codes(path))


def test_every_exit_code_has_its_meaning() -> None:
    assert {value for name, value in vars(codes).items() if name.isupper() and isinstance(value, int)} <= set(MEANS)
    assert _returned("return codes.of_runs(runs)") == {0, 4, 5, 6, 75}


def _models(model: type[Model]) -> Iterator[type[Model]]:
    for inner in model.__subclasses__():
        if inner.__module__.startswith("ampenet_sync."):
            yield inner
            yield from _models(inner)


def _returned(source: str) -> set[int]:
    """The exit codes that a function names, and those of each rule of `cli/codes.py` that it asks."""
    named = {getattr(codes, name) for name in re.findall(r"\b([A-Z]{4,})\b", source) if hasattr(codes, name)}
    rules = {getattr(codes, name) for name in re.findall(r"\b(of_[a-z]+)\(", source)}
    inner = [inspect.getsource(rule).partition("\n")[2] for rule in rules]
    return {code for code in named if isinstance(code, int)}.union(*map(_returned, inner))
