"""Writes of several threads that wait for each other: one transaction for all, and each its own outcome."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection, text

from ampenet_sync.errors import LedgerError
from ampenet_sync.ledger import Ledger
from ampenet_sync.ledger.together import Together


@dataclass
class Writes:
    """Three writers that wait while a first one commits. `kept` are the works of each transaction that committed."""

    ledger: Ledger
    together: Together = field(default_factory=Together)
    kept: list[int] = field(default_factory=list)
    broken: bool = False

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        if self.broken:
            raise LedgerError("the disk is full", code="ledger_unusable")
        with self.ledger.write() as db:
            before = db.scalar(text("SELECT count(*) FROM suppressions"))
            yield db
            self.kept.append(db.scalar(text("SELECT count(*) FROM suppressions")) - before)

    def behind_a_first(self, *works: Callable[[Connection], str], breaks: bool = False) -> list[Future[str]]:
        """What became of the works, all of which waited while the first write was under way."""
        goes_on = threading.Event()
        with ThreadPoolExecutor(len(works) + 1) as pool:
            under_way = threading.Event()

            def first(db: Connection) -> str:
                under_way.set()
                goes_on.wait(60)
                self.broken = breaks
                return "first"

            pool.submit(self.together.write, self.begin, first)
            under_way.wait(60)
            found = [pool.submit(self.together.write, self.begin, work) for work in works]
            while len(self.together.waiting) < len(works):
                time.sleep(0.001)
            goes_on.set()
        return found


@pytest.fixture
def writes(ledger: Ledger) -> Writes:
    return Writes(ledger)


def off(phone: str) -> Callable[[Connection], str]:
    def suppress(db: Connection) -> str:
        row = "INSERT INTO suppressions (phone, customer_key, reason, added_by, created_at) VALUES (:p, '', '', '', 0)"
        db.execute(text(row), {"p": phone})
        return phone

    return suppress


def refuse(db: Connection) -> str:
    off("3")(db)
    raise ValueError("not this one")


def test_who_waits_is_committed_together_and_gets_their_own_result(writes: Writes) -> None:
    found = writes.behind_a_first(off("1"), off("2"), off("3"))
    assert [each.result() for each in found] == ["1", "2", "3"]
    assert writes.kept == [0, 3]


def test_who_fails_takes_nobody_along_and_leaves_nothing(writes: Writes) -> None:
    found = writes.behind_a_first(off("1"), refuse, off("2"))
    with pytest.raises(ValueError, match="not this one"):
        found[1].result()
    assert [found[0].result(), found[2].result()] == ["1", "2"]
    assert sum(writes.kept) == 2


def test_the_same_row_twice_is_one_writer_s_error(writes: Writes) -> None:
    found = writes.behind_a_first(off("1"), off("1"))
    assert sorted(type(each.exception()).__name__ for each in found) == ["IntegrityError", "NoneType"]
    assert sum(writes.kept) == 1


def test_a_ledger_that_can_t_be_used_is_said_to_all_who_waited(writes: Writes) -> None:
    found = writes.behind_a_first(off("1"), off("2"), breaks=True)
    assert [str(each.exception()) for each in found] == ["the disk is full"] * 2
    assert writes.kept == [0]
