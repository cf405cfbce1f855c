"""What happens when a test's time is over: it fails, shows where every thread stands, and the run goes on.

How long a test may take stands in pyproject.toml, or in its marker; pytest-timeout reads both and calls us. Neither of
its own two ways ends every hang with a traceback. By its signal it raises what hypothesis takes for a finding, so the
example that hangs is tried again, and nothing stops it then. By its thread it ends the process, and of an xdist worker
that ended so nobody sees the traceback.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_timeout import Settings, is_debugging

_ERRORS = pytest.StashKey[int]()
_SETTINGS = pytest.StashKey[Settings]()


class TooLong(BaseException):
    """A test's time is over. No Exception: neither the product nor hypothesis may take it for one that it awaits."""


def pytest_addoption(parser: pytest.Parser) -> None:
    words = "Seconds after a test's limit in which it must have ended; then the process shows its threads and exits."
    parser.addini("timeout_grace", words, default="30")
    parser.addini("exit_within", "Seconds after the last test in which the process must be gone.", default="60")


def pytest_configure(config: pytest.Config) -> None:
    """The terminal's own stderr, before anything of it is captured."""
    config.stash[_ERRORS] = os.dup(sys.__stderr__.fileno())


def pytest_unconfigure(config: pytest.Config) -> None:
    """A thread that never ends would hold the process after its last test. A worker is ended by its master."""
    if not hasattr(config, "workerinput"):
        faulthandler.dump_traceback_later(float(config.getini("exit_within")), file=config.stash[_ERRORS], exit=True)


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Settings) -> bool:
    """Raise in the test when its time is over; where that doesn't end it (C code, a `with` that waits), exit."""
    item.stash[_SETTINGS] = settings
    grace = float(item.config.getini("timeout_grace"))

    def ring(_number: int, _frame: object) -> None:
        __tracebackhide__ = True
        if not is_debugging():
            sys.stderr.write("".join(_other_threads()))
            raise TooLong(f"the test took longer than {settings.timeout:g} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, settings.timeout)
    faulthandler.dump_traceback_later(settings.timeout + grace, file=item.config.stash[_ERRORS], exit=True)
    item.cancel_timeout = _cancelling(before)  # pytest-timeout calls it
    return True


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """A failure ends the limit, so that a debugger can be used; what is torn down after it gets one of its own."""
    if (settings := item.stash.get(_SETTINGS, None)) and not item.config.getoption("usepdb"):
        item.cancel_timeout()
        pytest_timeout_set_timer(item, settings)
    return (yield)


def _cancelling(before: Any) -> Callable[[], None]:
    def cancel() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        faulthandler.cancel_dump_traceback_later()

    return cancel


def _other_threads() -> Iterator[str]:
    """Where each thread but this one stands; pytest shows it as what the test wrote to stderr."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    for number, frame in sys._current_frames().items():
        if number != threading.get_ident():
            yield f"Thread {names.get(number, number)}\n"
            yield from traceback.format_stack(frame)
