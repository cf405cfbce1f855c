"""Who answers: the API, the control endpoint or the page. It answers nothing itself."""

from __future__ import annotations

from urllib.parse import urlsplit

from ampenet_sync.sandbox import control, page
from ampenet_sync.sandbox.answers import Answer, Hangup
from ampenet_sync.sandbox.keys import Keys, is_meant
from ampenet_sync.sandbox.serving import Serving
from ampenet_sync.sandbox.wire import Incoming, Respond


def open_door(serving: Serving, keys: Keys, *, bound: str) -> Respond:
    """Send each request where it belongs, if it may come in at all. `bound` is the address that is listened at."""

    def respond(incoming: Incoming) -> Answer | Hangup:
        path = urlsplit(incoming.target).path
        if not is_meant(incoming, bound=bound):
            return control.refusal(403, "the sandbox answers under its own address only, and no page of another origin")
        if path.startswith(control.PREFIX):
            return control.respond(serving, incoming, keys)
        if path == "/" and incoming.method == "GET":
            return page.show()
        return serving.respond(incoming)

    return respond
