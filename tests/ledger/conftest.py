"""A ledger on each database, with one destination and one run, under a clock that only sleep moves."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from ampenet_sync.ledger import Ledger, create_ledger, destinations, runs
from tests.services import POSTGRES_URL, require
from tests.world import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """A schema of its own, which is gone afterwards."""
    engine, schema = require(POSTGRES_URL), f"ledger_{uuid.uuid4().hex[:12]}"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    url = sa.make_url(POSTGRES_URL).update_query_dict({"options": f"-csearch_path={schema}"})
    yield url.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")


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
