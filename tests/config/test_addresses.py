"""Addresses of databases without a driver get ours; all others stay as they are."""

from __future__ import annotations

import pytest

from ampenet_sync.config.addresses import with_driver


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("postgres://shop:p%40ss@db/l?sslmode=require", "postgresql+psycopg://shop:p%40ss@db/l?sslmode=require"),
        ("postgresql://db/l", "postgresql+psycopg://db/l"),
        ("POSTGRES://db/l", "postgresql+psycopg://db/l"),
        (" postgres://db/l\n", "postgresql+psycopg://db/l"),
        ("mysql://db/l", "mysql+pymysql://db/l"),
        ("mariadb://db/l", "mariadb+pymysql://db/l"),
    ],
)
def test_an_address_without_a_driver_gets_the_one_that_is_installed(written: str, read: str) -> None:
    assert with_driver(written) == read


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg2://db/l", "sqlite:///l.db", "sqlite://", "postgres", "env:X", "a b"]
)
def test_any_other_address_stays_as_it_is(url: str) -> None:
    assert with_driver(url) == url
