"""A configured address and a token → a client, put together from its parts. It makes no call."""

from __future__ import annotations

from collections.abc import Callable

from ampenet_sync.api.client import Client
from ampenet_sync.api.dispatch import OnWait
from ampenet_sync.api.transport import Deadlines, RequestsTransport
from ampenet_sync.config import Api
from ampenet_sync.machine import HERE
from ampenet_sync.throttle import SlotThrottle, Throttle


def connect(
    api: Api,
    token: str,
    *,
    throttle: Throttle | None = None,
    clock: Callable[[], float] = HERE.clock,
    monotonic: Callable[[], float] = HERE.monotonic,
    sleep: Callable[[float], None] = HERE.sleep,
    random: Callable[[], float] = HERE.random,
    on_wait: OnWait = lambda wait: None,
) -> Client:
    """A client for the configured address; without a throttle handed in, one for this process alone.

    The proxy carries https only: plain http, which is for this machine alone, would show it the token. `on_wait` hears
    of a long silence (seconds) that the platform asks for.
    """
    deadlines = Deadlines()
    proxies = {"https": api.proxy} if api.proxy else {}
    pool = max(api.concurrency, api.page_concurrency)
    transport = RequestsTransport(
        api.base_url, token, monotonic=monotonic, deadlines=deadlines, pool=pool, proxies=proxies
    )
    if throttle is None:
        throttle = SlotThrottle(api.requests_per_minute, deadline=deadlines.longest, clock=clock, sleep=sleep)
    return Client(
        transport,
        throttle,
        clock=clock,
        sleep=sleep,
        random=random,
        dialect=api.dialect,
        pages_at_once=api.page_concurrency,
        on_wait=on_wait,
    )
