"""Addresses of databases as other programs write them → as SQLAlchemy finds our drivers. Nothing is opened here."""

from __future__ import annotations

from typing import Final

DRIVERS: Final = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}


def with_driver(url: str) -> str:
    """`postgres://…` and `postgresql://…` → `postgresql+psycopg://…`, MySQL and MariaDB with PyMySQL. An address that
    names its driver stays as it is."""
    kind, slashes, rest = url.strip().partition("://")
    driver = DRIVERS.get(kind.lower()) if slashes else None
    return f"{driver}://{rest}" if driver else url
