"""Real HTTP/1.1 with kept-alive connections around one function that answers. It knows no route and no world."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ampenet_sync.sandbox.answers import Answer, Hangup, html

LARGEST_BODY = 10_000_000
POLL_SECONDS = 0.01
PATIENCE_SECONDS = 2.0
WAITING_CONNECTIONS = 128
PIECE = 65_536
# Closing a socket that lingers for no time resets the connection instead of ending it.
RESETS = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request as its bytes said it; header names are in lower case. `peer` is the address it came from."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    peer: str

    def header(self, name: str) -> str:
        return self.headers.get(name, "")


Respond = Callable[[Incoming], Answer | Hangup]


class Wire:
    """A listening socket and its threads; `failure` is the first thing that went wrong in the answering function.

    Answers are dated by `clock` (epoch seconds).
    """

    def __init__(self, respond: Respond, *, host: str, port: int, clock: Callable[[], float]) -> None:
        self._server = _Server(respond, host, port, clock)
        self.host, self.port = host, int(self._server.server_address[1])
        self._thread: threading.Thread | None = None

    @property
    def failure(self) -> BaseException | None:
        return self._server.failure

    def start(self) -> None:
        """Answer in threads of their own from now on."""
        self._thread = threading.Thread(target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening and cut every connection, also those a client keeps open."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._server.cut_connections()


class _Server(ThreadingHTTPServer):
    """The standard library's server, which knows its open connections and never writes to standard error."""

    daemon_threads = True
    request_queue_size = WAITING_CONNECTIONS

    def __init__(self, respond: Respond, host: str, port: int, clock: Callable[[], float]) -> None:
        self.respond = respond
        self.clock = clock
        self.failure: BaseException | None = None
        self._open: dict[socket.socket, threading.Thread] = {}
        self._guard = threading.Lock()
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        # Not the parent's: it asks the name service who we are, which may take seconds.
        socketserver.TCPServer.server_bind(self)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open[request] = threading.current_thread()
        super().process_request_thread(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.pop(request, None)
        if _resets(request):
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is its own business; anything else is kept for whoever closes the sandbox."""

    def cut_connections(self) -> None:
        with self._guard:
            connections = list(self._open.items())
        for connection, _ in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for _, thread in connections:
            if thread is not threading.current_thread():
                thread.join(PATIENCE_SECONDS)


def _resets(connection: socket.socket) -> bool:
    """Whether it was told to be reset: then it must not be shut down first, which would end it in good order."""
    try:
        return connection.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, len(RESETS)) == RESETS
    except OSError:
        return False


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    sys_version = ""
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        readable = length.isascii() and length.isdigit() and "Transfer-Encoding" not in self.headers
        if not readable or int(length) > LARGEST_BODY:
            self.close_connection = True
            self._write(html(413 if readable else 411))
            return
        answer = self._answer(self.rfile.read(int(length)))
        if isinstance(answer, Hangup):
            self._hang_up(answer)
            return
        self._write(answer)

    do_POST = do_PATCH = do_DELETE = do_PUT = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is written to the terminal: it belongs to whoever runs us."""

    def _answer(self, body: bytes) -> Answer | Hangup:
        headers = {name.lower(): value for name, value in self.headers.items()}
        peer = str(self.client_address[0])
        incoming = Incoming(method=self.command, target=self.path, headers=headers, body=body, peer=peer)
        try:
            return self.server.respond(incoming)
        except BaseException as failure:
            self.server.failure = self.server.failure or failure
            raise

    def _hang_up(self, how: Hangup) -> None:
        self.close_connection = True
        if how is Hangup.RESET:
            with suppress(OSError):
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESETS)

    def _write(self, answer: Answer) -> None:
        """Head and body leave in one piece; of a spoiled answer less of the body, or blanks after it."""
        length = len(answer.body) + answer.blanks
        headers = [("Date", formatdate(self.server.clock(), usegmt=True)), ("Content-Type", answer.content_type)]
        headers += [("Content-Length", str(length)), *answer.headers]
        if answer.leaves is not None:
            self.close_connection = True
        elif self.close_connection:
            headers.append(("Connection", "close"))
        lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers]
        with suppress(OSError):
            self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + answer.body[: answer.leaves])
            for left in range(answer.blanks, 0, -PIECE):
                self.wfile.write(b" " * min(left, PIECE))
