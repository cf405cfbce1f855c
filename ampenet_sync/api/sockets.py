"""Connections that give an answer up at a moment named beforehand, down to the last byte. They know no request.

Without this each byte of an answer, its head included, would start the wait for the next one anew.
"""

from __future__ import annotations

import http.client
import io
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection


class _Ends(threading.local):
    """When the answer read in this thread is given up; an answer is read by the thread that asked."""

    left: Callable[[], float] | None = None


_ENDS = _Ends()


@contextmanager
def answered_by(ends: float, monotonic: Callable[[], float]) -> Iterator[None]:
    """For the block: reading goes on until `ends` of that clock, then raises TimeoutError."""
    _ENDS.left = lambda: ends - monotonic()
    try:
        yield
    finally:
        _ENDS.left = None


class _Reader(io.RawIOBase):
    """A socket's own file, which before each read lowers the socket's timeout to the time left."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw, self._sock, self._patience = raw, sock, sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = _ENDS.left() if _ENDS.left else None
        if left is not None:
            if left <= 0:
                raise TimeoutError("the answer took too long")
            self._sock.settimeout(left if self._patience is None else min(left, self._patience))
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_Reader(self.fp.detach(), sock))


class _Connection(HTTPConnection):
    response_class = _Response


class _TlsConnection(HTTPSConnection):
    response_class = _Response


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class Adapter(HTTPAdapter):
    """Requests' own adapter over these connections, with or without a proxy."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        _use_ours(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        manager = super().proxy_manager_for(*args, **options)
        _use_ours(manager)
        return manager


def _use_ours(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
