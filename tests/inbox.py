"""A server that takes notices, as Apprise's `json://` sends them, and keeps them. It holds no expectations."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass
class Inbox:
    """`status` is what it answers with, after `wait` has been set if there is one."""

    status: int = 200
    wait: threading.Event | None = None
    notices: list[dict[str, str]] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        inbox = self

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if inbox.wait is not None:
                    inbox.wait.wait(30)
                inbox.notices.append(json.loads(body))
                self.send_response(inbox.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing goes to the screen."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.wait is not None:
            self.wait.set()
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        assert self._server is not None
        return f"json://127.0.0.1:{self._server.server_address[1]}/secret-hook"

    def taken(self) -> list[tuple[str, str]]:
        """Title and text of each notice."""
        return [(notice["title"], notice["message"]) for notice in self.notices]
