"""Find people who wrote back that they want no more texts, among the messages the platform lists. It changes nothing.

Installs that receive list inbound messages in GET /sms among the sent ones: from a number, to one of our senders.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from ampenet_sync.api import Client, Message, Page
from ampenet_sync.campaigns.delivery import Listing
from ampenet_sync.campaigns.lookup import earlier

AT_FIRST = 20  # pages from the new end, where nothing was read before
LATE_SECONDS = 60  # so much later than another a message may be listed whose uid is smaller
SHORTEST_PHONE, LONGEST_PHONE = 7, 15  # digits
CHUNK = 4  # pages that are read before the mark moves on


@dataclass(frozen=True)
class Wish:
    """Somebody who wrote one of the words, whole: from which number as the platform writes it, and which word."""

    phone: str
    word: str


@dataclass(frozen=True)
class InboundPage:
    """What one page brought: the wishes on it, how many inbound messages. `newest` is the uid up to which everything
    was read by now, "" where that is not known yet."""

    wishes: tuple[Wish, ...]
    inbound: int
    newest: str


def bare(text: str) -> str:
    """A text without case, punctuation and blanks around its words: ` Stop! ` → `stop`."""
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold()))


def bare_words(words: Collection[str]) -> dict[str, str]:
    """Each word as it is compared → as it was written."""
    return {bare(word): word for word in words}


def wishes_on(
    messages: Collection[Message], *, senders: Collection[str], words: Mapping[str, str]
) -> tuple[list[Wish], int]:
    """Those who wrote nothing but one of `words` to one of `senders`; and how many wrote to them at all."""
    ours = {_address(sender) for sender in senders}
    inbound = [message for message in messages if _address(message.to) in ours and _digits(message.sender)]
    wishes = [Wish(_digits(m.sender), words[bare(m.text)]) for m in inbound if bare(m.text) in words]
    return wishes, len(inbound)


def read_inbound(
    client: Client,
    *,
    seen: str,
    everything: bool,
    senders: Collection[str],
    words: Mapping[str, str],
    may_call: Callable[[], bool],
) -> Iterator[InboundPage]:
    """Page by page towards the new end, from what was `seen` last (a uid, "" for nothing: then the newest pages, or
    with `everything` all). Raises Enough where `may_call` ends it before the new end."""
    listing = Listing(client, may_call)
    place, floor = _begins(listing, seen, everything=everything)
    while place >= 0:
        top = max(0, place - CHUNK + 1)
        if place > 0:
            listing.forget()
        newest = ""
        for page in _down_to(listing, top, floor):
            newest = newest or _newest(page)
            wishes, inbound = wishes_on(page.items, senders=senders, words=words)
            yield InboundPage(tuple(wishes), inbound, "")
        yield InboundPage((), 0, newest)
        place, floor = top - 1, max(floor, newest)


def _down_to(listing: Listing, top: int, floor: str) -> Iterator[Page[Message]]:
    """Towards the old end, as rows move that way while others write: some may be met twice, none is passed over."""
    for place in count(top):
        page = listing.at(place)
        yield page
        last = page.last_page if listing.newest_first else listing.pages
        if place >= last - 1 or min((message.uid for message in page.items), default="") <= floor:
            return


def _begins(listing: Listing, seen: str, *, everything: bool) -> tuple[int, str]:
    """The page to begin with, and the uid down to which is read."""
    if everything:
        return listing.pages - 1, ""
    if seen:
        floor = earlier(seen, LATE_SECONDS)
        return listing.find(floor, 0), floor
    place = min(AT_FIRST, listing.pages) - 1
    return place, min((message.uid for message in listing.at(place).items), default="")


def _newest(page: Page[Message]) -> str:
    return max((message.uid for message in page.items), default="")


def _address(sender: str) -> str:
    return _digits(sender) or sender.strip().casefold()


def _digits(written: str) -> str:
    """The digits of what may be a phone, else ""."""
    digits = re.sub(r"[\s+().-]", "", written)
    return digits if re.fullmatch(rf"[0-9]{{{SHORTEST_PHONE},{LONGEST_PHONE}}}", digits) else ""
