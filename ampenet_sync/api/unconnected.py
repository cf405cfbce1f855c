"""Why no connection was made, and what to look at then: the network, the address, the proxy. No call is made here."""

from __future__ import annotations

import errno
import re
import socket
from dataclasses import dataclass

from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProxyError

NO_WAY = (errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.EADDRNOTAVAIL)
NETWORK = "look at this machine's network, then run the same command again"
ADDRESS = "is api.base_url right? If it is, the server is down: run the same command again later"
PROXY = "is api.proxy right, and may this machine use it?"


@dataclass(frozen=True)
class Unconnected:
    """What is to be said of a connection that never stood, and the way out."""

    why: str
    hint: str


def never_connected(error: BaseException, host: str) -> Unconnected | None:
    """None where a connection may have been made.

    A ProxyError alone proves nothing: urllib3 also wraps a connection lost behind a proxy after the request left.
    """
    causes = _causes(error)
    proxied = any(isinstance(cause, ProxyError) for cause in causes)
    for cause in causes:
        if isinstance(cause, NewConnectionError):
            return _refused(cause, "the proxy" if proxied else host, PROXY if proxied else ADDRESS)
        if isinstance(cause, ConnectTimeoutError):
            return _silent("the proxy" if proxied else host, proxied=proxied)
        if isinstance(cause, OSError) and str(cause).startswith("Tunnel connection failed"):
            status = re.search(r"\d{3}", str(cause))
            return Unconnected(f"the proxy refused{f' (HTTP {status[0]})' if status else ''}", PROXY)
        if type(cause).__name__ == "SSLCertVerificationError":
            hint = "is api.base_url right, and this machine's clock? A company's proxy may stand between"
            return Unconnected(f"the certificate of {host} can't be trusted", hint)
    return None


def _refused(error: NewConnectionError, who: str, hint: str) -> Unconnected:
    """The system's own reason, which urllib3 keeps as the cause."""
    reason = error.__cause__
    if isinstance(reason, socket.gaierror) or "resol" in type(error).__name__.lower():
        if isinstance(reason, socket.gaierror) and reason.errno == socket.EAI_AGAIN:
            return Unconnected(f"no network: nobody answers at which address {who} is", NETWORK)
        also = hint.partition("?")[0]
        return Unconnected(
            f"name not found: {who}, or no network to look it up", f"is this machine online? If so, {also}?"
        )
    if isinstance(reason, OSError) and reason.errno in NO_WAY:
        return Unconnected(f"no network: there is no way to {who}", NETWORK)
    return Unconnected(f"connection refused by {who}: nothing listens at that port", hint)


def _silent(who: str, *, proxied: bool) -> Unconnected:
    way_round = PROXY if proxied else "is api.base_url right, and does a firewall want a proxy (api.proxy)?"
    return Unconnected(f"{who} doesn't answer: no connection in time", way_round)


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what it wraps, by the wrappers' own fields; never the interpreter's context, which may be older."""
    causes: list[BaseException] = []
    step: object = error
    while isinstance(step, BaseException) and step not in causes:
        causes.append(step)
        if isinstance(step, MaxRetryError):
            step = step.reason
        elif isinstance(step, ProxyError):
            step = step.original_error
        else:
            step = step.args[0] if step.args else None
    return causes
