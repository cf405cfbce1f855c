"""A test that hangs is a failure with a traceback: runs of pytest of their own, whose tests never end by themselves."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from tests.processes import finding

ROOT = Path(__file__).parent.parent
ENDS = "def test_the_next_one_runs(): pass\n"
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a file of tests with a limit of a second, and a grace; gives what was shown."""

    def pytest_on(code: str, *options: str, grace: int = 30) -> str:
        (tmp_path / "pytest.ini").write_text(f"[pytest]\ntimeout = 1\ntimeout_grace = {grace}\n")
        (tmp_path / "test_hanging.py").write_text(dedent(code) + "\n\n" + ENDS)
        command = [sys.executable, "-m", "pytest", "-p", "tests.time_limit", "-p", "no:cacheprovider", *options]
        ran = subprocess.run(command, cwd=tmp_path, env=finding(ROOT), capture_output=True, text=True, timeout=60)
        assert ran.returncode == 1, ran.stdout + ran.stderr
        return ran.stdout + ran.stderr

    return pytest_on


WAITS = """
import time

def wait():
    while True:
        time.sleep(0.01)  # here

def test_waits():
    wait()
"""


@pytest.mark.parametrize("options", [(), ("-n", "1", "--dist", "loadfile")])
def test_a_loop_without_end_is_a_failure_that_names_its_line(run: Run, options: tuple[str, ...]) -> None:
    shown = run(WAITS, *options)
    assert "TooLong: the test took longer than 1 seconds" in shown and "time.sleep(0.01)  # here" in shown
    assert "test_hanging.py:9: in wait" in shown or "test_hanging.py:6: TooLong" in shown
    assert "1 failed, 1 passed" in shown


def test_an_example_of_hypothesis_that_hangs_is_not_tried_again(run: Run) -> None:
    shown = run("""
        import time
        from hypothesis import given, strategies as st

        @given(st.integers(0, 100))
        def test_hangs(number):
            while number > 50:
                time.sleep(0.01)
    """)
    assert "TooLong" in shown and "time.sleep(0.01)" in shown and "1 failed, 1 passed" in shown


@pytest.mark.parametrize(
    "wait",
    [
        "subprocess.run(['sleep', '60'])",
        "threading.Event().wait()",
        "socket.create_server(('127.0.0.1', 0)).accept()",
        "asyncio.run(asyncio.sleep(60))",
    ],
)
def test_so_is_a_wait_for_another_process_thread_or_socket(run: Run, wait: str) -> None:
    shown = run(f"""
        import asyncio, socket, subprocess, threading

        def test_waits():
            child = subprocess.Popen(['sleep', '60'])
            try:
                {wait}
            finally:
                child.kill()
                child.wait()
    """)
    assert "TooLong" in shown and f">           {wait}\n" in shown and "1 failed, 1 passed" in shown


def test_so_is_a_page_that_never_gets_ready_and_the_browser_serves_the_next_test(run: Run) -> None:
    shown = run("""
        import pytest
        from tests.browser import chromium

        @pytest.fixture
        def page():
            with chromium() as browser:
                yield browser.new_page()

        @pytest.mark.timeout(12)
        def test_waits(page):
            page.wait_for_function("() => false", timeout=0)

        @pytest.mark.timeout(60)
        def test_another(page):
            assert page.evaluate("1 + 1") == 2
    """)
    assert "TooLong" in shown and "page.wait_for_function(" in shown and "1 failed, 2 passed" in shown


def test_the_other_threads_are_shown_too(run: Run) -> None:
    shown = run("""
        import threading

        def stuck():
            threading.Event().wait(60)  # over there

        def test_waits():
            thread = threading.Thread(target=stuck, name="the-stuck-one", daemon=True)
            thread.start()
            thread.join()
    """)
    assert "Thread the-stuck-one" in shown and "# over there" in shown and "thread.join()" in shown


def test_a_fixture_that_hangs_is_a_failure_also_after_a_test_that_failed(run: Run) -> None:
    shown = run("""
        import pytest, time

        @pytest.fixture
        def slow():
            yield
            time.sleep(60)

        def test_fails(slow):
            assert False, "first"
    """)
    assert "assert False" in shown and "TooLong" in shown and "time.sleep(60)" in shown
    assert "1 failed, 1 passed, 1 error" in shown


IN_C = """
import sqlite3

def test_counts_for_ever():
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    sqlite3.connect(":memory:").execute(endless).fetchone()
"""


LEAVES = """
import threading

def stuck():
    threading.Event().wait()

def test_leaves_a_thread():
    threading.Thread(target=stuck).start()
"""


def test_what_no_signal_wakes_ends_the_process_which_shows_the_line(run: Run) -> None:
    shown = run(IN_C, grace=1)
    assert "Timeout (0:00:02)!" in shown and 'test_hanging.py", line 6 in test_counts_for_ever' in shown


def test_on_a_worker_too_and_another_one_goes_on_with_the_other_tests(run: Run) -> None:
    shown = run(IN_C, "-n", "1", grace=1)
    assert 'test_hanging.py", line 6 in test_counts_for_ever' in shown
    assert "crashed while running 'test_hanging.py::test_counts_for_ever'" in shown and "1 failed, 1 passed" in shown


def test_by_files_it_is_tried_once_more_and_then_all_ends(run: Run) -> None:
    """xdist gives the whole file to the next worker, the test that hung included."""
    shown = run(IN_C, "-n", "1", "--dist", "loadfile", "--max-worker-restart", "1", grace=1)
    assert shown.count("Timeout (0:00:02)!") == 2 and "maximum crashed workers reached: 1" in shown


def test_a_block_that_waits_for_its_child_at_its_end_is_not_waited_for(run: Run) -> None:
    code = """
        import subprocess, time

        def test_waits():
            with subprocess.Popen(["sleep", "20"]):
                time.sleep(60)
    """
    shown = run(code, grace=1)
    assert "Timeout (0:00:02)!" in shown and 'test_hanging.py", line 5 in test_waits' in shown


def test_a_thread_that_never_ends_does_not_hold_the_process_after_its_last_test(run: Run) -> None:
    shown = run(LEAVES, "-o", "exit_within=1")
    assert "2 passed" in shown and "Timeout (0:00:01)!" in shown and "in stuck" in shown


def test_a_marker_gives_one_test_more_time(run: Run) -> None:
    shown = run("""
        import pytest, time

        @pytest.mark.timeout(30)
        def test_takes_its_time():
            time.sleep(1.5)

        def test_does_not():
            time.sleep(1.5)
    """)
    assert "1 failed, 2 passed" in shown and "test_does_not" in shown


def test_every_test_here_has_a_limit(request: pytest.FixtureRequest) -> None:
    assert 0 < float(request.config.getini("timeout")) <= 300
    marked = [item.get_closest_marker("timeout") for item in request.session.items]
    assert all(marker.args[0] > 0 for marker in marked if marker)
