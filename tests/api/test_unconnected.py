"""What is said of a connection that never stood: whether it is the network, the host or the proxy."""

from __future__ import annotations

import errno
import socket

import pytest
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NameResolutionError, NewConnectionError, ProxyError

from ampenet_sync.api.unconnected import ADDRESS, NETWORK, PROXY, never_connected

HOST = "sms.example.com"


def _because(reason: OSError) -> NewConnectionError:
    """As urllib3 raises it: from the system's own error."""
    try:
        if isinstance(reason, socket.gaierror):
            raise NameResolutionError(HOST, None, reason) from reason
        raise NewConnectionError(None, "Failed to establish a new connection") from reason
    except NewConnectionError as error:
        return error


@pytest.mark.parametrize(
    ("reason", "why", "hint"),
    [
        (
            socket.gaierror(socket.EAI_AGAIN, "try again"),
            f"no network: nobody answers at which address {HOST}",
            NETWORK,
        ),
        (
            socket.gaierror(socket.EAI_NONAME, "unknown"),
            f"name not found: {HOST}, or no network",
            "is this machine online",
        ),
        (OSError(errno.ENETUNREACH, "x"), f"no network: there is no way to {HOST}", NETWORK),
        (OSError(errno.EHOSTUNREACH, "x"), f"no network: there is no way to {HOST}", NETWORK),
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), f"connection refused by {HOST}", ADDRESS),
    ],
)
def test_the_system_s_reason_tells_the_network_from_the_host(reason: OSError, why: str, hint: str) -> None:
    found = never_connected(MaxRetryError(None, "/", _because(reason)), HOST)
    assert found is not None and found.why.startswith(why) and found.hint.startswith(hint)


def test_a_host_that_is_silent_doesn_t_answer() -> None:
    found = never_connected(ConnectTimeoutError("x"), HOST)
    assert found is not None and found.why.startswith(f"{HOST} doesn't answer") and "api.base_url" in found.hint


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        (_because(ConnectionRefusedError(errno.ECONNREFUSED, "x")), "connection refused by the proxy"),
        (ConnectTimeoutError("x"), "the proxy doesn't answer"),
        (OSError("Tunnel connection failed: 407 Proxy Authentication Required"), "the proxy refused (HTTP 407)"),
    ],
)
def test_a_proxy_that_fails_is_named_and_the_host_is_not(reason: Exception, why: str) -> None:
    found = never_connected(ProxyError("Unable to connect to proxy", reason), HOST)
    assert found is not None and found.why.startswith(why) and found.hint == PROXY
    assert HOST not in found.why


def test_a_connection_that_stood_is_none_of_these() -> None:
    assert never_connected(ProxyError("x", ConnectionResetError(errno.ECONNRESET, "reset")), HOST) is None
