"""What a call costs against a bare requests.Session, and what reading pages together saves; served by another process.

    python benchmarks/http_calls.py [CALLS] [CONTACTS]

Ours is measured with the throttle of one process, and with the one that all processes share through a SQLite ledger.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from ampenet_sync.api import Client, RequestsTransport, SlotThrottle, Throttle
from ampenet_sync.ledger import create_ledger
from ampenet_sync.ledger.throttle import open_throttle
from ampenet_sync.machine import HERE

CALLS = int(sys.argv[1]) if len(sys.argv) > 1 else 300
CONTACTS = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
ROUNDS, LATENCY, AT_ONCE, PER_PAGE = 9, 0.2, 8, 25
TOKEN, GROUP = "7|benchmarkBENCHMARKbenchmarkBENCHMARK123", "6065ecdc9184a"
NAMES = {"phone": "255712345678", "first_name": "Asha", "last_name": "Juma"}
STORED = {"uid": "606732aec8705", **NAMES, "phone": 255712345678, "status": "subscribe", "group_id": 7, "id": 12}
REAL = {"clock": HERE.clock, "sleep": HERE.sleep}


def main() -> None:
    with _serving(latency=0.0) as url:
        _cpu(url)
    with _serving(latency=LATENCY) as url:
        _listing(url)


def _cpu(url: str) -> None:
    """All in turn, so that a drifting machine meets all alike; the ratio of each round counts."""
    with _shared_throttle() as shared:
        works = {
            "bare requests.Session": _bare(url),
            "the same, trust_env off as ours": _bare(url, trust_env=False),
            "ampenet-sync, one process": _ours(url, SlotThrottle(1_000_000, **REAL)),
            "ampenet-sync, rate shared by SQLite": _ours(url, shared),
        }
        for work in works.values():
            work()
        rounds = [[_cpu_of(work) for work in works.values()] for _ in range(ROUNDS)]
    print(f"\nCPU of one call, median of {ROUNDS} rounds of {CALLS} calls")
    for number, name in enumerate(works):
        cost = statistics.median(cpu[number] for cpu in rounds) * 1000
        ratio = statistics.median(cpu[number] / cpu[0] for cpu in rounds)
        print(f"  {name:<38}{cost:>8.2f} ms{ratio:>8.2f} of the bare session's")
    print("  aim: 1.25 at most")


@contextmanager
def _shared_throttle() -> Iterator[Throttle]:
    with tempfile.TemporaryDirectory() as folder:
        ledger, _ = create_ledger("sqlite:///ledger.db", Path(folder))
        shared = open_throttle(ledger, "benchmark", 1_000_000, deadline=60.0, sleep=HERE.sleep)
        yield shared
        shared.close()
        ledger.close()


def _cpu_of(work: Callable[[], None]) -> float:
    start = time.process_time()
    for _ in range(CALLS):
        work()
    return (time.process_time() - start) / CALLS


def _client(url: str, throttle: Throttle) -> Client:
    transport = RequestsTransport(url, TOKEN, monotonic=HERE.monotonic, pool=AT_ONCE)
    return Client(transport, throttle, random=HERE.random, **REAL)


def _ours(url: str, throttle: Throttle) -> Callable[[], None]:
    client = _client(url, throttle)

    def call() -> None:
        client.store_contact(GROUP, **NAMES)

    return call


def _bare(url: str, *, trust_env: bool = True) -> Callable[[], None]:
    """The same request as anybody would write it, and as little looked at as can be."""
    session = requests.Session()
    session.trust_env = trust_env
    session.headers.update({"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"})
    body = NAMES | {name.upper(): value for name, value in NAMES.items()}

    def call() -> None:
        answer = session.post(f"{url}/contacts/{GROUP}/store", json=body, timeout=(10, 25))
        if answer.json()["status"] != "success":
            raise RuntimeError("the benchmark's server refused")

    return call


def _listing(url: str) -> None:
    client = _client(url, SlotThrottle(1_000_000, **REAL))
    one, many = (_wall_of(client, at_once) for at_once in (1, AT_ONCE))
    print(f"\nListing {CONTACTS:,} contacts at {LATENCY * 1000:.0f} ms latency")
    print(f"  {'one page at a time':<34}{one:>8.1f} s")
    print(f"  {f'{AT_ONCE} pages at once':<34}{many:>8.1f} s")
    print(f"  {one / many:.1f} times faster (aim: 6 at least)")


def _wall_of(client: Client, at_once: int) -> float:
    start = time.perf_counter()
    found = {contact.uid for page in client.contact_pages(GROUP, at_once=at_once) for contact in page.items}
    if len(found) != CONTACTS:
        raise RuntimeError(f"{len(found)} contacts were listed")
    return time.perf_counter() - start


@contextmanager
def _serving(*, latency: float) -> Iterator[str]:
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=lambda: asyncio.run(_serve(there, latency)), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}/api/v3"
    finally:
        process.terminate()
        process.join()


async def _serve(port: Any, latency: float) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            length = re.search(rb"(?i)content-length: (\d+)", head)
            await reader.readexactly(int(length[1]) if length else 0)
            await asyncio.sleep(latency)
            body = json.dumps({"status": "success", "message": None, "data": _data(head)}).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body))
            writer.write(body)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


def _data(head: bytes) -> object:
    asked = re.search(rb"/all\?page=(\d+) ", head)
    if not asked:
        return STORED
    number = int(asked[1])
    rows = range((number - 1) * PER_PAGE, min(number * PER_PAGE, CONTACTS))
    items = [{"uid": f"{row:013x}", **NAMES, "phone": 255_700_000_000 + row} for row in rows]
    last_page = -(-CONTACTS // PER_PAGE)
    return {"current_page": number, "data": items, "last_page": last_page, "per_page": PER_PAGE, "total": CONTACTS}


if __name__ == "__main__":
    main()
