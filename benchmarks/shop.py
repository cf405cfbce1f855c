"""A shop of any size for the benchmarks: its customers as a CSV, and a platform that answers from memory."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from ampenet_sync.api import (
    DIALECTS,
    Account,
    Balance,
    Contact,
    Detected,
    Dialect,
    Group,
    Message,
    Page,
    Slot,
    SlotThrottle,
    Throttle,
)
from ampenet_sync.api.tally import Tally
from ampenet_sync.config import Config, load
from ampenet_sync.ledger import Ledger, create_ledger, destinations

PAGE = 1_000
HOST, ACCOUNT, GROUP = "sms.ampenet.com", "a1", "g1"
UNLIMITED_RATE = 10_000_000  # calls a window: nobody ever waits for a slot


def tails(rows: int) -> list[str]:
    """National numbers of Tanzanian mobiles, none twice."""
    return [f"7{number:08d}" for number in random.Random(7).sample(range(30_000_000, 90_000_000), rows)]


def first(number: int) -> str:
    return f"Asha {number % 900}"


def city(number: int) -> str:
    return ("Dodoma", "Arusha", "Mwanza")[number % 3]


def write_customers(path: Path, numbers: list[str]) -> None:
    """One in five phones written with spaces or +255."""
    with path.open("w", encoding="utf-8") as file:
        file.write("id,phone,first,last,city,tier,ok\n")
        for number, tail in enumerate(numbers):
            written = (f"0{tail}", f"0{tail}", f"0{tail}", f"+255 {tail[:3]} {tail[3:]}", f"255{tail}")[number % 5]
            file.write(f"{number},{written},{first(number)},Mushi,{city(number)},gold,yes\n")


def open_shop(folder: Path, text: str) -> tuple[Config, Ledger, int]:
    """ampenet.yaml in the folder, its new ledger, and the number of the destination there."""
    (folder / "ampenet.yaml").write_text(text, encoding="utf-8")
    config = load(folder / "ampenet.yaml", environ={})
    ledger, _ = create_ledger(config.ledger, config.folder)
    return config, ledger, destinations.destination_id(ledger, host=HOST, account=ACCOUNT)


def paged(contacts: list[Contact]) -> list[Page[Contact]]:
    """Their listing; an empty group has one page without anybody."""
    last = max(1, -(-len(contacts) // PAGE))
    return [
        Page(tuple(contacts[at : at + PAGE]), number, last, len(contacts))
        for number, at in enumerate(range(0, max(1, len(contacts)), PAGE), start=1)
    ]


class Platform:
    """What the stories ask a client for, answered from memory, each write after `latency` seconds.

    Slots are taken, answered and given back as the client does it. `first_at` and `last_at` are when the first write
    began and the last one was answered (monotonic).
    """

    dialect: Dialect = DIALECTS["3.9"]
    believed = detected = Detected(DIALECTS["3.9"], ())
    under_way = 0

    def __init__(
        self, pages: list[Page[Contact]] | None = None, *, throttle: Throttle | None = None, latency: float = 0.0
    ) -> None:
        self._pages, self._latency, self._lock = pages or paged([]), latency, threading.Lock()
        self.throttle = throttle or SlotThrottle(UNLIMITED_RATE, clock=time.time, sleep=time.sleep)
        self.calls, self.first_at, self.last_at, self.tally = 0, 0.0, 0.0, Tally()

    def me(self) -> Account:
        return Account(ACCOUNT, "Duka", None)

    def balance(self) -> Balance:
        return Balance("10,000,000", 10_000_000.0)

    def create_group(self, name: str) -> Group:
        return Group(GROUP, name)

    def group_pages(self) -> Iterator[Page[Group]]:
        yield Page((Group(GROUP, "All"),), 1, 1, 1)

    def contact_pages(self, group_uid: str) -> Iterator[Page[Contact]]:
        return iter(self._pages)

    def messages_from_new_end(self) -> Iterator[Page[Message]]:
        yield Page((), 1, 1, 0)

    def store_contact(
        self, group_uid: str, *, phone: str, first_name: str, last_name: str, slot: Slot, **_: object
    ) -> Contact:
        return Contact(f"{self._write(slot):013x}", phone, first_name, last_name, "subscribe")

    def update_contact(
        self, group_uid: str, uid: str, *, phone: str, first_name: str, last_name: str, slot: Slot, **_: object
    ) -> Contact:
        self._write(slot)
        return Contact(uid, phone, first_name, last_name, "subscribe")

    def search_contact(self, group_uid: str, uid: str, *, slot: Slot) -> Contact | None:
        self._write(slot)
        return Contact(uid, "255700000000", "", "", "subscribe")

    def delete_contact(self, group_uid: str, uid: str, *, slot: Slot, **_: object) -> None:
        self._write(slot)

    def send_message(self, *, phone: str, sender_id: str, text: str, slot: Slot, **_: object) -> Message:
        return Message(f"{self._write(slot):013x}", phone, sender_id, text, "Delivered", 1)

    def _write(self, slot: Slot) -> int:
        """The number of the call."""
        with self._lock:
            self.calls += 1
            number = self.calls
            self.first_at = self.first_at or time.perf_counter()
        if self._latency:
            time.sleep(self._latency)
        self.throttle.answered(slot, limit=None, remaining=None, wait=None)
        self.last_at = time.perf_counter()
        return 2**40 + number
