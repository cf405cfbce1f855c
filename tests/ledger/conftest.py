"""A ledger with one destination and one run, under a clock that only sleep moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ampenet_sync.ledger import Ledger, create_ledger, records
from tests.world import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    found, _ = create_ledger("sqlite:///ledger.db", tmp_path, clock=clock)
    yield found
    found.close()


@pytest.fixture
def there(ledger: Ledger) -> int:
    """The destination's number."""
    return records.destination_id(ledger, host="sms.ampenet.com", account="5f0c3a9b1d2e4")


@pytest.fixture
def run(ledger: Ledger) -> str:
    return records.begin_run(ledger, "test")
