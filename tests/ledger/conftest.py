"""A ledger on each database, with one destination and one run, under a clock that only sleep moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ampenet_sync.ledger import Ledger, create_ledger, destinations, runs
from tests.world import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """An empty database's address; of SQLite a file in `tmp_path`."""
    return "sqlite:///ledger.db" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")


@pytest.fixture
def ledger(url: str, tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    found, _ = create_ledger(url, tmp_path, clock=clock)
    yield found
    found.close()


@pytest.fixture
def sqlite_ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    found, _ = create_ledger("sqlite:///ledger.db", tmp_path, clock=clock)
    yield found
    found.close()


@pytest.fixture
def there(ledger: Ledger) -> int:
    """The destination's number."""
    return destinations.destination_id(ledger, host="sms.ampenet.com", account="5f0c3a9b1d2e4")


@pytest.fixture
def run(ledger: Ledger) -> str:
    return runs.begin_run(ledger, "test")
