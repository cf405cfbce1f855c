"""Databases some tests need: there, or a skip that says so; AMPENET_TEST_NO_SKIP=1 makes the skip a failure."""

from __future__ import annotations

import os
from functools import cache

import pytest
import sqlalchemy as sa

POSTGRES_URL = os.environ.get("AMPENET_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/test")
MYSQL_URL = os.environ.get("AMPENET_TEST_MYSQL_URL", "mysql+pymysql://root@127.0.0.1:3306/test")


def require(url: str) -> sa.Engine:
    """An engine for a database that answers."""
    if why := _silent(url):
        if os.environ.get("AMPENET_TEST_NO_SKIP") == "1":
            pytest.fail(why)
        pytest.skip(why)
    return sa.create_engine(url, poolclass=sa.NullPool)


@cache
def _silent(url: str) -> str:
    """Why the database is of no use, or "". Asked once, and not waited for: each of its tests would wait again."""
    shown = sa.make_url(url).render_as_string(hide_password=True)
    wait = {} if url.startswith("sqlite") else {"connect_timeout": 10}
    try:
        with sa.create_engine(url, poolclass=sa.NullPool, connect_args=wait).connect():
            return ""
    except (ImportError, sa.exc.SQLAlchemyError) as error:
        return f"{shown} does not answer ({type(error).__name__})"
