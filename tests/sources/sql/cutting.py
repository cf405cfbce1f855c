"""A line between us and a database that is cut after a given number of bytes. It understands nothing of them."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa


@dataclass
class Line:
    """The database's URL by way of this line, and the bytes that came back over it."""

    url: str
    came_back: int = 0


@contextlib.contextmanager
def line(url: str, *, cut_after: int | None = None, reset: bool = False) -> Iterator[Line]:
    """A TCP proxy to the database; after so many bytes of its answers both ends are closed, or reset."""
    real = sa.make_url(url)
    listening = socket.create_server(("127.0.0.1", 0))
    via = real.set(host="127.0.0.1", port=listening.getsockname()[1])
    made = Line(via.render_as_string(hide_password=False))
    target = (real.host or "127.0.0.1", real.port or {"postgresql": 5432}.get(real.get_backend_name(), 3306))
    threading.Thread(target=_serve, args=(listening, target, made, cut_after, reset), daemon=True).start()
    try:
        yield made
    finally:
        listening.close()


def _serve(listening: socket.socket, target: tuple[str, int], made: Line, cut: int | None, reset: bool) -> None:
    while True:
        try:
            ours, _ = listening.accept()
        except OSError:
            return
        theirs = socket.create_connection(target)
        threading.Thread(target=_there, args=(ours, theirs), daemon=True).start()
        threading.Thread(target=_back, args=(ours, theirs, made, cut, reset), daemon=True).start()


def _there(ours: socket.socket, theirs: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := ours.recv(65_536):
            theirs.sendall(data)
    _close(theirs)


def _back(ours: socket.socket, theirs: socket.socket, made: Line, cut: int | None, reset: bool) -> None:
    with contextlib.suppress(OSError):
        while data := theirs.recv(65_536):
            data = data if cut is None else data[: max(0, cut - made.came_back)]
            made.came_back += len(data)
            ours.sendall(data)
            if cut is not None and made.came_back >= cut:
                break
    if reset:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    _close(ours)
    _close(theirs)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
