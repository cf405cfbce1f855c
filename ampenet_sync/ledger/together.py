"""Writes of several threads committed together: whoever comes while another commits goes with the next transaction.

Each caller returns only after the commit, so what it wrote is as durable as in a transaction of its own.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection

from ampenet_sync.errors import LedgerError

T = TypeVar("T")
Begin = Callable[[], AbstractContextManager[Connection]]


@dataclass
class _Write:
    """One caller's write; done when its transaction has committed, or failed for good."""

    work: Callable[[Connection], Any]
    done: bool = False
    result: Any = None
    failed: LedgerError | None = None


@dataclass
class Together:
    """The writes of one process that wait for the same database."""

    waiting: deque[_Write] = field(default_factory=deque)  # appended to by any thread, emptied by who has the turn
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def write(self, begin: Begin, work: Callable[[Connection], T]) -> T:
        """What `work` returns, once it has committed. It may be run more than once, but commits once.

        Raises LedgerError where the database can't be used, and whatever else `work` raises: then nothing of it stands.
        """
        mine = _Write(work)
        self.waiting.append(mine)
        with self._turn:
            if not mine.done:
                self._commit(begin, mine)
        if mine.failed:
            raise mine.failed
        result: T = mine.result
        return result

    def _commit(self, begin: Begin, mine: _Write) -> None:
        """Commit all that wait. Where one of them raises something of its own, each commits by itself."""
        writes = [mine, *(self.waiting.popleft() for _ in range(len(self.waiting)))]
        writes = list({id(write): write for write in writes if not write.done}.values())
        try:
            _carry_out(begin, writes)
        except LedgerError as error:
            for write in writes:
                write.done, write.failed = True, error
        except Exception:
            if len(writes) == 1:
                raise
            _carry_out(begin, [mine])


def _carry_out(begin: Begin, writes: list[_Write]) -> None:
    with begin() as db:
        results = [write.work(db) for write in writes]
    for write, result in zip(writes, results, strict=True):
        write.done, write.result = True, result
