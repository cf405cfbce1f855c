"""What README and docs show is what happens."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

sys.path.insert(0, str(Path(__file__).parent))
from console import BIN, ROOT, Shell, Step, fits, steady, steps

from tests.spread import TOGETHER

PAGES = [path for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))) if list(steps(path.read_text()))]


def _page(path: Path) -> ParameterSet:
    """Pages whose commands run in the checkout share its folders, so they go one after the other."""
    together = any(step.in_checkout for step in steps(path.read_text()))
    return pytest.param(path, id=f"{path.name}{TOGETHER}checkout" if together else path.name)


@pytest.mark.timeout(600)  # many commands, each a process of its own
@pytest.mark.parametrize("page", [*map(_page, PAGES)])
def test_every_command_of_the_page_prints_what_the_page_shows(page: Path, tmp_path: Path, warm: Path) -> None:
    shell = Shell(tmp_path, commands=[BIN] if os.environ.get("AMPENET_TEST_COLD") else [warm, BIN])
    for step in steps(page.read_text(encoding="utf-8")):
        printed = shell.run(step)
        if step.expected is not None and not fits(step.expected, printed):
            assert steady(printed) == steady(step.expected), step.command


def test_a_page_that_shows_something_else_is_found_out(tmp_path: Path) -> None:
    (step,) = steps("```console\n$ echo 3 rows\n4 rows\n```\n")
    assert not fits(step.expected or "", Shell(tmp_path).run(step))


def test_dots_stand_for_any_lines_but_not_for_other_ones_around_them() -> None:
    assert fits("a\n…\nz", "a\nb\nc\nz")
    assert not fits("a\n…\nz", "a\nb\ny")


def test_a_digest_of_the_page_becomes_that_of_the_run(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.run(Step("echo fedcba9876543210", "0123456789abcdef\n", False))
    assert shell.run(Step("echo 0123456789abcdef", "", False)) == "fedcba9876543210\n"


def test_who_would_wait_live_depends_on_the_hour_and_may_differ() -> None:
    day = "Quiet hours 20:00-08:00: live, nobody would wait."
    assert steady(day) == steady("Quiet hours 20:00-08:00: live, 1,057 would wait until 2026-11-25 08:00.")
    assert steady(day) != steady("Quiet hours 21:00-08:00: live, nobody would wait.")


def test_the_pictures_a_page_shows_are_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "](docs/dagster-ui.png)" in readme
    assert (ROOT / "docs/dagster-ui.png").stat().st_size > 10_000
    assert "](report.png)" in (ROOT / "docs/report.md").read_text(encoding="utf-8")
    assert 10_000 < (ROOT / "docs/report.png").stat().st_size < 150_000
    assert "](plan.png)" in (ROOT / "docs/plans.md").read_text(encoding="utf-8")
    assert 10_000 < (ROOT / "docs/plan.png").stat().st_size < 150_000
