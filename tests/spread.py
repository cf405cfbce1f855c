"""How a parallel run shares the tests out (`--dist loadgroup`): what goes together, and what begins first.

The tests of a file stay on one worker, because many share fixtures, unless they need nothing of each other and take
long. The longest begin first: else one worker is left with them while the others have nothing to do.
"""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Each test is processes of its own in a folder of its own.
APART = ("tests/docs/test_pages.py", "tests/test_time_limit.py", "tests/pipeline/test_kills.py")
FIRST = (
    *APART,
    "tests/ledger/test_ledger_throttle.py",
    "tests/install/test_wheel.py",
    "tests/sources/sql/test_sql_faults.py",
    "tests/dagster/test_refusals.py",
    "tests/cli/test_advice.py",
    "tests/cli/test_screens.py",
    "tests/cli/test_interrupts.py",
    "tests/cli/test_questions.py",
    "tests/phones/test_parity.py",
    "tests/sandbox/test_page.py",
    "tests/pipeline/test_dialects.py",
    "tests/sources/test_bounds.py",
    "tests/reports/test_quality_in_browser.py",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("loadgroup", False):
        return
    items.sort(key=lambda item: FIRST.index(_file(item)) if _file(item) in FIRST else len(FIRST))
    for item in items:
        if _file(item) not in APART:
            item.add_marker(pytest.mark.xdist_group(_file(item)))


def _file(item: pytest.Item) -> str:
    return item.path.relative_to(ROOT).as_posix() if item.path.is_relative_to(ROOT) else str(item.path)
