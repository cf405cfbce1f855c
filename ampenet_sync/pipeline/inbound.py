"""The story of those who wrote STOP back: read since the last look, they are never texted again."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow as pa

from ampenet_sync.campaigns.delivery import Enough
from ampenet_sync.campaigns.inbound import InboundPage, Wish, bare_words, read_inbound
from ampenet_sync.customers.stoplist import read_numbers
from ampenet_sync.errors import BadAnswer, Refused
from ampenet_sync.ledger import inbound, suppressions
from ampenet_sync.pipeline.world import World

MOST_CALLS = 40  # before a preview or a send; `suppress inbound` may make more
BY = "inbound"


@dataclass(frozen=True)
class InboundRead:
    """What a look at the inbound messages brought: `calls` made, inbound `messages` seen, `suppressed` by it anew.

    `complete` is whether everything up to now was read. `listed` is whether this install ever listed an inbound message;
    where it never did, it may not list them at all. `refused` says why nothing could be read, "" where it could.
    """

    calls: int
    messages: int
    suppressed: int
    complete: bool
    listed: bool
    refused: str = ""

    @property
    def warning(self) -> str:
        """What a preview says of it where something may be missing."""
        if self.refused:
            return f"what people wrote back can't be read here ({self.refused})"
        if not self.complete:
            return "not all that people wrote back was read yet: ampenet-sync suppress inbound reads the rest"
        return ""


def take_in_inbound(world: World, *, most_calls: int | None = MOST_CALLS, everything: bool = False) -> InboundRead:
    """Suppress whoever wrote one of `stop_words`, and nothing else, to one of our senders since the last look.

    What was read is kept page by page, so the next look goes on. Where nothing was read before it begins some pages from
    the new end, unless `everything` is wanted.
    """
    mark, first = inbound.inbound_mark(world.ledger, world.destination), world.client.calls
    messages = news = 0

    def may_call() -> bool:
        return most_calls is None or world.client.calls - first < most_calls

    pages = read_inbound(
        world.client,
        seen=mark.seen,
        everything=everything,
        senders=_senders(world),
        words=bare_words(world.config.stop_words),
        may_call=may_call,
    )
    complete, refused, ever = False, "", mark.ever
    try:
        for number, page in enumerate(pages, start=1):
            news += _suppress(world, page.wishes)
            messages, ever = messages + page.inbound, ever or page.inbound > 0
            inbound.note_inbound(
                world.ledger, world.destination, seen=_read_up_to(page, mark.seen, everything), ever=ever
            )
            world.progress("reading what people wrote back", number, None)
        complete = True
    except Enough:
        pass  # `complete` says so, and the next look goes on
    except (Refused, BadAnswer) as error:
        refused = error.code
    return InboundRead(world.client.calls - first, messages, news, complete, ever, refused)


def _read_up_to(page: InboundPage, seen: str, everything: bool) -> str:
    """Going through everything moves no mark, until it comes to what wasn't seen yet."""
    return page.newest if not everything or page.newest > seen else seen


def _senders(world: World) -> set[str]:
    written = {campaign.sender_id for campaign in world.config.campaigns.values()}
    return written | inbound.senders_used(world.ledger, world.destination)


def _suppress(world: World, wishes: Collection[Wish]) -> int:
    news = 0
    for word in {wish.word for wish in wishes}:
        phones = [*_phones(world, [wish.phone for wish in wishes if wish.word == word])]
        news += suppressions.suppress_phones(world.ledger, phones, reason=f"wrote {word}", by=BY)
    return news


def _phones(world: World, written: list[str]) -> Iterator[str]:
    """As the ledger writes phones; digits that no country has stay as they are."""
    read = read_numbers(pa.chunked_array([written], pa.string()), region=world.config.region)
    for digits, phone in zip(written, read.phone.to_pylist(), strict=True):
        yield phone or digits
