"""Each line of what docs/security.md calls defended names a test, and that test is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
DEFENDED = PAGE[PAGE.index("## What is defended") : PAGE.index("## How it was tried")]
LINES = re.findall(r"^- (.+(?:\n  .+)*)", DEFENDED, re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)?(?:::(test_\w+))?`")


def named(line: str) -> list[tuple[Path, str]]:
    """(file, test) of each in a line; `::test_…` is in the file before it, a file alone stands for all of it."""
    found: list[tuple[Path, str]] = []
    for file, test in NAMED.findall(line):
        found.append((ROOT / file if file else found[-1][0], test))
    return found


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.split("**")[1])
def test_what_is_called_defended_has_its_test(line: str) -> None:
    assert named(line), "it names no test"
    for file, test in named(line):
        assert f"def {test}" in file.read_text(encoding="utf-8"), f"{file.name} has no {test}"


def test_there_are_lines_and_a_missing_test_would_be_noticed() -> None:
    assert len(LINES) > 40
    ((file, test),) = named("**x** `tests/docs/test_security.py::test_nowhere`")
    assert f"def {test}(" not in file.read_text(encoding="utf-8")


def test_what_is_not_defended_is_said_and_a_way_to_report_stands_beside() -> None:
    assert PAGE.count("\n- **", PAGE.index("## What is not defended")) >= 8
    assert "## How to report" in (ROOT / ".github/SECURITY.md").read_text(encoding="utf-8")
