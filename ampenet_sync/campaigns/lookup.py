"""Find messages whose answer was lost among those the platform lists. It never sends."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from itertools import islice

from ampenet_sync.api import Client, Message

RECENT_PAGES = 10  # how far back a text that was already sent is looked for before an edition's first message
SKEW_SECONDS = 600  # clocks of the platform's machines may differ by so much
TIMED = re.compile(r"[0-9a-f]{8}")


def newest_uid(client: Client) -> str:
    """The greatest uid of the newest page of GET /sms, "" where nothing was ever sent."""
    page = next(iter(client.messages_from_new_end()))
    return max((message.uid for message in page.items), default="")


def find_sent(
    client: Client,
    wanted: Mapping[tuple[str, str], int],
    *,
    since: str,
    known: Container[str],
    each_page: Callable[[], None] = lambda: None,
) -> dict[int, str]:
    """(phone, text) → claim id in, claim id → message uid out: those that are listed, not known already, and not older
    than `since` (a uid; "" for all)."""
    floor, uids = earlier(since), dict[int, str]()
    for message in _newest_first(client, down_to=floor, each_page=each_page):
        claim = wanted.get((message.to, message.text))
        if claim is not None and message.uid not in known and message.uid >= floor:
            uids.setdefault(claim, message.uid)
    return uids


def already_there(client: Client, drafts: Iterable[tuple[str, str]], *, known: Container[str]) -> int:
    """How many of the newest listed messages have a (phone, text) of `drafts` and are not known to the ledger."""
    newest = islice(client.messages_from_new_end(), RECENT_PAGES)
    listed = [message for page in newest for message in page.items]
    texts = {(message.to, message.text) for message in listed}
    out = {draft for draft in drafts if draft in texts} if texts else texts
    return sum((m.to, m.text) in out and m.uid not in known for m in listed)


def _newest_first(client: Client, *, down_to: str, each_page: Callable[[], None]) -> Iterator[Message]:
    """Messages page by page; a page that lies wholly before `down_to` ends it."""
    for page in client.messages_from_new_end():
        each_page()
        yield from page.items
        if page.items and max(message.uid for message in page.items) < down_to:
            return


def earlier(uid: str, seconds: int = SKEW_SECONDS) -> str:
    """A uid begins with 8 hexadecimal digits of its second; the same one, so much before; "" for any other."""
    if not TIMED.match(uid):
        return ""
    return f"{max(0, int(uid[:8], 16) - seconds):08x}{uid[8:]}"
