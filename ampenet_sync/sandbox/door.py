"""Who answers: the API, the control endpoint or the page. It answers nothing itself."""

from __future__ import annotations

from urllib.parse import urlsplit

from ampenet_sync.sandbox import control, page
from ampenet_sync.sandbox.answers import Answer, Hangup
from ampenet_sync.sandbox.serving import Serving
from ampenet_sync.sandbox.wire import Incoming, Respond


def open_door(serving: Serving) -> Respond:
    """Send each request where it belongs."""

    def respond(incoming: Incoming) -> Answer | Hangup:
        path = urlsplit(incoming.target).path
        if path.startswith(control.PREFIX):
            return control.respond(serving, incoming)
        if path == "/" and incoming.method == "GET":
            return page.show()
        return serving.respond(incoming)

    return respond
