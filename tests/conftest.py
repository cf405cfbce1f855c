"""The fixtures that several rooms' tests share. Those of one room stand in that room."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from ampenet_sync.sandbox import Sandbox
from tests.services import POSTGRES_URL, require
from tests.warm import warm_commands
from tests.world import Clock, Place, Trouble, people

pytest_plugins = ["tests.time_limit", "tests.examples", "tests.spread"]


def pytest_configure() -> None:
    """What is printed is as wide as it is without a terminal; xdist's workers are given 80 columns."""
    os.environ.pop("COLUMNS", None)


@pytest.fixture(scope="session")
def warm() -> Iterator[Path]:
    """A folder with an `ampenet-sync` that starts at once."""
    with warm_commands() as folder:
        yield folder


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A shop with three customers, a fresh ledger and a sandbox, all under one clock."""
    clock, trouble = Clock(), Trouble()
    with Sandbox(fault=trouble, clock=clock, sleep=clock.sleep) as sandbox:
        place = Place(tmp_path, sandbox, clock, trouble, token=sandbox.token, url=sandbox.url)
        place.write(*people(3))
        place.make_ledger()
        yield place


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
def ledger_url(request: pytest.FixtureRequest) -> str:
    """The address of a ledger that is yet to be made; of SQLite beside its configuration."""
    return "sqlite:///ledger.db" if request.param == "sqlite" else str(request.getfixturevalue("postgresql_url"))
