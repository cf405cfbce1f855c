"""Property tests: `make test` tries the same examples each time, and not many; the long form tries others, and more."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.examples import examples
from tests.processes import finding

ROOT = Path(__file__).parent.parent
PROPERTY = """
from hypothesis import given, strategies as st
from tests.examples import examples

tried = []

@examples(50)
@given(st.integers())
def test_numbers(number):
    tried.append(number)

def test_tell():
    print("tried", len(tried), sorted(tried))
"""


def tried(folder: Path, *options: str) -> str:
    """How many numbers a run of pytest tried, and which."""
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_property.py").write_text(PROPERTY)
    command = [sys.executable, "-m", "pytest", "-s", "-p", "tests.examples", "-p", "no:cacheprovider", *options]
    ran = subprocess.run(command, cwd=folder, env=finding(ROOT), capture_output=True, text=True, timeout=100)
    return re.search(r"tried (\d+ .*)", ran.stdout)[1]


def test_each_run_tries_the_same_examples_and_leaves_nothing_behind(tmp_path: Path) -> None:
    first, again = tried(tmp_path), tried(tmp_path)
    assert first == again and first.startswith("50 ")
    assert not (tmp_path / ".hypothesis" / "examples").exists()


def test_the_long_form_tries_twenty_times_as_many_and_always_others(tmp_path: Path) -> None:
    first, again = (tried(tmp_path, "--hypothesis-profile", "long") for _ in range(2))
    assert first != again and int(first.split()[0]) > 900 and int(again.split()[0]) > 900


@pytest.mark.parametrize("profile", ["steady", "long"])
def test_the_speed_of_the_machine_fails_nothing(profile: str) -> None:
    chosen = settings.get_profile(profile)
    assert chosen.deadline is None and HealthCheck.too_slow in chosen.suppress_health_check


def test_a_test_may_have_its_number_of_examples_and_a_health_check_of_its_own() -> None:
    chosen = examples(30, HealthCheck.function_scoped_fixture)
    assert chosen.max_examples % 30 == 0 and chosen.deadline is None
    assert set(chosen.suppress_health_check) == {HealthCheck.too_slow, HealthCheck.function_scoped_fixture}


def test_what_holds_of_examples_is_said_in_one_place() -> None:
    words = re.compile(r"\b(max_examples|derandomize|database=None|settings\()")
    here = {ROOT / "tests" / name for name in ("examples.py", "test_examples.py")}
    files = sorted(set((ROOT / "tests").rglob("*.py")) - here)
    assert [str(path) for path in files if words.search(path.read_text(encoding="utf-8"))] == []
