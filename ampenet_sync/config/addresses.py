"""Addresses: of servers that are asked over HTTP, and of databases as other programs write them. Nothing is opened."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

DRIVERS: Final = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}

# Letters that stand in an address as they are; others are written as %XX there, so they are a slip or a trick.
_PLAIN = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")


def server_address(url: str, *, such_as: str) -> SplitResult:
    """The parts of a whole http or https address. Raises ValueError, which never repeats it: it may hold a password."""
    if not _PLAIN.fullmatch(url):
        raise ValueError(f"an address has no blanks, backslashes or letters beyond ASCII; write one such as {such_as}")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(
            f"its host or its port (1 to 65535) can't be read; write an address such as {such_as}"
        ) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or parts.netloc.endswith(":"):
        raise ValueError(f"write a whole address such as {such_as}")
    if "@" in parts.netloc:
        raise ValueError("an address here holds no user and no password; take what stands before the @ out")
    return parts


def with_driver(url: str) -> str:
    """`postgres://…` and `postgresql://…` → `postgresql+psycopg://…`, MySQL and MariaDB with PyMySQL. An address that
    names its driver stays as it is."""
    kind, slashes, rest = url.strip().partition("://")
    driver = DRIVERS.get(kind.lower()) if slashes else None
    return f"{driver}://{rest}" if driver else url
