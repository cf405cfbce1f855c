"""A file of SQLite, opened so that no query can write it, reach another file, or never end."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from ampenet_sync.config.bounds import TEXT_BYTES
from ampenet_sync.machine import HERE

_STEPS = 10_000  # of its virtual machine, between two looks at the clock
_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE})
# What tells of the schema, as SQLAlchemy asks it.
_LOOKING = frozenset(
    {
        "read_uncommitted",
        "table_info",
        "table_xinfo",
        "table_list",
        "index_list",
        "index_info",
        "index_xinfo",
        "foreign_key_list",
    }
)


class TimeLimit:
    """How long a database may take over one answer. SQLite has no clock of its own, so it asks this one."""

    def __init__(self, seconds: int, *, monotonic: Callable[[], float] = HERE.monotonic) -> None:
        self.seconds, self._monotonic = seconds, monotonic
        self.begin()

    def begin(self) -> None:
        self._end = self._monotonic() + self.seconds

    def left(self) -> float:
        """Seconds, none when it is over."""
        return max(0.0, self._end - self._monotonic())

    def is_over(self) -> bool:
        return self._monotonic() > self._end


def open_read_only(path: Path, patience: TimeLimit) -> sqlite3.Connection:
    """A connection that only reads this one file, whose texts have TEXT_BYTES at the most, and whose queries end with
    the patience. Text that is no UTF-8 is kept apart by signs that no text has, so its row alone is quarantined."""
    connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, check_same_thread=False)
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA trusted_schema = OFF")  # views and triggers of the file call no function with an effect
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, TEXT_BYTES)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.set_progress_handler(patience.is_over, _STEPS)
    connection.set_authorizer(_judge)
    connection.text_factory = functools.partial(str, encoding="utf-8", errors="surrogateescape")
    return connection


def _judge(action: int, first: str | None, second: str | None, _database: str | None, _trigger: str | None) -> int:
    """Asked by SQLite for each thing that a statement would do."""
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_DENY if (second or "").lower() == "load_extension" else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA:
        return sqlite3.SQLITE_OK if (first or "").lower() in _LOOKING else sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
