"""Whoever turns SQLAlchemy's loggers on sees statements, and no row and no parameter of ours."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import sqlalchemy as sa

from ampenet_sync.config import Source
from ampenet_sync.ledger import create_ledger, suppressions
from tests.services import MYSQL_URL, POSTGRES_URL, require
from tests.sources.rows import read_rows

PHONE = "255754000101"
QUERY = "select concat('2557', '54000101') as phone"  # so that the phone stands in the row alone


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="sqlalchemy")
    return caplog


@pytest.mark.parametrize("url", [POSTGRES_URL, MYSQL_URL], ids=["postgresql", "mariadb"])
def test_rows_of_a_source_are_not_logged(url: str, everything: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    require(url).dispose()
    rows = read_rows(Source.model_validate({"sql": {"url": url, "query": QUERY}}), folder=tmp_path)
    assert rows.table["phone"].to_pylist() == [PHONE]
    assert "select concat" in everything.text and PHONE not in everything.text


@pytest.mark.parametrize("url", [POSTGRES_URL, MYSQL_URL], ids=["postgresql", "mariadb"])
def test_an_engine_that_is_not_ours_does_log_them(url: str, everything: pytest.LogCaptureFixture) -> None:
    with require(url).connect() as db:
        db.exec_driver_sql(QUERY).fetchall()
    assert PHONE in everything.text


def test_neither_rows_nor_parameters_of_the_ledger_are_logged(
    everything: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    ledger, _ = create_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", tmp_path)
    suppressions.suppress(ledger, phone=PHONE, reason="asked")
    assert PHONE in suppressions.all_suppressed(ledger).phones
    with ledger.read() as db:
        assert db.execute(sa.text("select phone from suppressions")).scalar_one() == PHONE
    assert "INSERT INTO suppressions" in everything.text and PHONE not in everything.text
