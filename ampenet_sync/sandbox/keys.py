"""Who may ask what: the token opens API and control endpoint, the page's key the page's figures. Both are secret.

A rehearsal holds real customers, and every user and every web page of the machine reaches its loopback ports.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ampenet_sync.sandbox.wire import Incoming

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
PAGE_KEY = "x-sandbox-key"  # the header in which the page sends what stood behind # in its link


def draw_token() -> str:
    """A token as the platform writes them, of 160 random bits."""
    return f"1|{secrets.token_hex(20)}"


@dataclass(frozen=True, repr=False, slots=True)
class Keys:
    """The token, and the key in the page's link, drawn anew for each sandbox unless handed in."""

    token: str = field(default_factory=draw_token)
    page: str = field(default_factory=lambda: secrets.token_urlsafe(18))

    def open_control(self, incoming: Incoming) -> bool:
        return same(bearer(incoming), self.token)

    def open_page(self, incoming: Incoming) -> bool:
        return same(incoming.header(PAGE_KEY), self.page) or self.open_control(incoming)


def bearer(incoming: Incoming) -> str:
    """The token of the Authorization header, "" where there is none."""
    scheme, _, token = incoming.header("authorization").partition(" ")
    return token.strip() if scheme == "Bearer" else ""


def same(given: str, wanted: str) -> bool:
    """Whether both are the same; how long that takes tells nothing of where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), wanted.encode("utf-8", "surrogateescape"))


def is_local(incoming: Incoming) -> bool:
    """Whether a program of this machine asks, for this machine, and no web page of elsewhere through the browser."""
    return _named_ok(incoming, open_to_others=False) and ipaddress.ip_address(incoming.peer).is_loopback


def is_meant(incoming: Incoming, *, bound: str) -> bool:
    """Whether the host asked for is one that nobody else can lead here: a name of this machine, or a plain address
    where the sandbox was bound to more than the loopback. A web page's own name, led here by its DNS, is none; nor may
    a page of another origin ask."""
    return _named_ok(incoming, open_to_others=bound not in LOCAL_NAMES)


def _named_ok(incoming: Incoming, *, open_to_others: bool) -> bool:
    host, origin = incoming.header("host"), incoming.header("origin")
    try:
        named = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    meant = named in LOCAL_NAMES or (open_to_others and _is_address(named))
    return meant and (not origin or origin == f"http://{host}")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
