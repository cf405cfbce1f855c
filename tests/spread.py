"""How a parallel run shares the tests out (`--dist loadgroup`): what goes together, and what begins first.

The tests of a file stay on one worker, because many share fixtures, unless they need nothing of each other and take
long. The longest begin first: else one worker is left with them while the others have nothing to do. Of files whose
tests stand alone, those with the same word after an @ in their id go together all the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

ROOT = Path(__file__).parent.parent
TOGETHER = "@"
# Each test is processes of its own in a folder of its own.
APART = (
    "tests/pipeline/test_kill_boundaries.py",
    "tests/pipeline/test_kills_everywhere.py",
    "tests/docs/test_pages.py",
    "tests/test_time_limit.py",
    "tests/pipeline/test_kills.py",
)
FIRST = (
    *APART,
    "tests/ledger/test_ledger_throttle.py",
    "tests/install/test_wheel.py",
    "tests/sources/sql/test_sql_faults.py",
    "tests/dagster/test_refusals.py",
    "tests/pipeline/test_undo.py",
    "tests/cli/test_advice.py",
    "tests/cli/test_screens.py",
    "tests/cli/test_interrupts.py",
    "tests/cli/test_questions.py",
    "tests/phones/test_parity.py",
    "tests/sources/test_malformed.py",
    "tests/sync/test_plan_query.py",
    "tests/sandbox/test_page.py",
    "tests/pipeline/test_dialects.py",
    "tests/sources/test_bounds.py",
    "tests/reports/test_quality_in_browser.py",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("loadgroup", False):
        items.sort(key=lambda item: FIRST.index(_file(item)) if _file(item) in FIRST else len(FIRST))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    return _ByFile(config, log) if config.getoption("dist") == "loadgroup" else None


class _ByFile(LoadScopeScheduling):  # type: ignore[misc] - xdist has no types
    """xdist's own groups are told by an attribute of the tests that pytest no longer has, and so by nothing."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return nodeid.rpartition(TOGETHER)[2] if file in APART else file


def _file(item: pytest.Item) -> str:
    return item.path.relative_to(ROOT).as_posix() if item.path.is_relative_to(ROOT) else str(item.path)
