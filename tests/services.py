"""Databases some tests need: there, or a skip that says so; AMPENET_TEST_NO_SKIP=1 makes the skip a failure."""

from __future__ import annotations

import os

import pytest
import sqlalchemy as sa

POSTGRES_URL = os.environ.get("AMPENET_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/test")
MYSQL_URL = os.environ.get("AMPENET_TEST_MYSQL_URL", "mysql+pymysql://root@127.0.0.1:3306/test")


def require(url: str) -> sa.Engine:
    """An engine for a database that answers."""
    shown = sa.make_url(url).render_as_string(hide_password=True)
    try:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.connect():
            return engine
    except (ImportError, sa.exc.SQLAlchemyError) as error:
        why = f"{shown} does not answer ({type(error).__name__})"
    if os.environ.get("AMPENET_TEST_NO_SKIP") == "1":
        pytest.fail(why)
    pytest.skip(why)
