"""Read back what the platform says became of messages that were sent, by as few calls as it takes. It sends nothing.

`Delivered` on this platform means that the gateway took the message, not that it is on the handset. Its words are an
open set; those that are not known here stay as they are, in a group of their own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from typing import Final, Literal

from ampenet_sync.api import Client, Message, Page
from ampenet_sync.errors import Refused, sayable

Fate = Literal["delivered", "pending", "failed", "unknown"]

# A status's first word or words, without case, up to a `|` → what it means.
FATES: Final[Mapping[str, Fate]] = {
    **dict.fromkeys(("delivered", "delivrd"), "delivered"),
    **dict.fromkeys(("pending", "enroute", "en route", "queued", "sent", "accepted"), "pending"),
    **dict.fromkeys(("processing", "scheduled", "submitted", "buffered", "sending", "acceptd"), "pending"),
    **dict.fromkeys(("failed", "rejected", "undelivered", "expired", "skipped", "undeliverable"), "failed"),
    **dict.fromkeys(("undeliv", "rejectd", "blocked", "deleted", "cancelled"), "failed"),
}  # fmt: skip
FINAL: Final = frozenset(word for word, fate in FATES.items() if fate in ("delivered", "failed"))
NOT_LISTED: Final = ""
LONGEST_WORD = 40  # letters of a status that are kept
ALONE = 4  # so few messages are asked for one by one: a page for each would not cost less

Keep = Callable[[Mapping[str, Message | None]], None]  # uid → what was read, None where it is not listed


def word_of(status: str) -> str:
    """A status as it is kept: `Delivered|1234` → `delivered`; never blank, and nothing in it that may be a phone."""
    letters = "".join(letter if letter.isprintable() else " " for letter in status.partition("|")[0])
    word = sayable(" ".join(letters.lower().split())[:LONGEST_WORD].strip())
    return word or "no word"


def fate_of(word: str | None) -> Fate:
    """Of a kept status; one that was not read or is not listed is unknown."""
    return FATES.get(word or "", "unknown")


class Enough(Exception):
    """The calls that may be made are made. Never leaves this room."""


def read_back(client: Client, uids: Mapping[str, object], *, keep: Keep, may_call: Callable[[], bool]) -> bool:
    """Read the messages of these uids, the newest first, and `keep` what each call brought. False where `may_call`
    ended it before all were read."""
    left, absent = sorted(uids), list[str]()
    try:
        if len(left) > ALONE:
            absent = _from_pages(_Listing(client, may_call), left, keep)
        for uid in [*reversed(left), *absent]:
            keep({uid: _view(client, uid, may_call)})
    except Enough:
        return False
    return True


def _from_pages(listing: _Listing, left: list[str], keep: Keep) -> list[str]:
    """Take from the end of `left` whatever a page answers; → those that are not where they would be listed.

    The last few stay in `left`.
    """
    place, absent = 0, list[str]()
    while len(left) > ALONE:
        place = listing.find(left[-1], place)
        listed = {message.uid: message for message in listing.at(place).items}
        floor = min(listed, default="") if place < listing.pages - 1 else ""
        due = [left.pop() for _ in range(len(left) - bisect_left(left, floor))]
        keep({uid: listed[uid] for uid in due if uid in listed})
        absent += [uid for uid in due if uid not in listed]
        place = min(place + 1, listing.pages - 1)
    return absent


def _view(client: Client, uid: str, may_call: Callable[[], bool]) -> Message | None:
    if not may_call():
        raise Enough
    try:
        return client.view_message(uid)
    except Refused as error:
        if error.code == "not_found":
            return None
        raise


class _Listing:
    """Pages of GET /sms by how far they stand from the new end, 0 for the newest, whichever end the install begins at.

    Uids grow with time, so the page of one can be looked for. Where that is wrong on an install, whoever isn't met on a
    page is asked for alone.
    """

    def __init__(self, client: Client, may_call: Callable[[], bool]) -> None:
        self._client, self._may_call, self._read = client, may_call, dict[int, Page[Message]]()
        first = self._ask(1)
        self.pages = max(1, first.last_page)
        uids = [message.uid for message in first.items]
        self._newest_first = self.pages == 1 or uids[0] > uids[-1]
        self._read[0 if self._newest_first else self.pages - 1] = first

    def at(self, place: int) -> Page[Message]:
        if place not in self._read:
            self._read[place] = self._ask(place + 1 if self._newest_first else self.pages - place)
        return self._read[place]

    def find(self, uid: str, place: int) -> int:
        """The first page from `place` on whose oldest message isn't newer than this uid: first in growing steps, then
        by halves; the last page where none is."""
        low, step, high = place - 1, 1, place
        while high < self.pages - 1 and self._oldest(high) > uid:
            low, high, step = high, min(high + step, self.pages - 1), 2 * step
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._oldest(middle) > uid else (low, middle)
        self._read = {at: page for at, page in self._read.items() if at >= high}  # nobody goes back
        return high

    def _oldest(self, place: int) -> str:
        return min((message.uid for message in self.at(place).items), default="")

    def _ask(self, number: int) -> Page[Message]:
        if not self._may_call():
            raise Enough
        return self._client.message_page(number)
