"""What a person should know of a campaign's own texts before anybody reads them. It knows no recipients."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ampenet_sync.config import Campaign, Config, starter
from ampenet_sync.config.lookalikes import Lookalike
from ampenet_sync.config.tags import read_tags
from ampenet_sync.config.texts import TEXTS, lookalikes_of
from ampenet_sync.config.words import DAMAGE
from ampenet_sync.errors import sayable

MOST = 5  # tags that are named one by one

_STARTERS = {
    "message": (starter.MESSAGE, starter.NAMELESS),
    "opt_out": (starter.OPT_OUT,),
    "sender_id": (starter.SENDER,),
}


def text_warnings(config: Config, campaign: Campaign, *, live: bool, columns: Iterable[str] = ()) -> Iterator[str]:
    """What is hardly meant: tags nobody fills, damaged letters, no way out, and, where phones ring (`live`), what the
    starter wrote. `columns` are those of the source."""
    yield from _tag_warnings(lookalikes_of(config, campaign, columns=columns))
    for key in TEXTS:
        if damage := re.search(DAMAGE, getattr(campaign, key) or ""):
            yield f"{key} was damaged before it came here: it holds '{damage[0]}'. Type that place in again"
    if live and (same := [key for key, texts in _STARTERS.items() if getattr(campaign, key) in texts]):
        yield f"still as init wrote it, as an example: {', '.join(same)}. Write your own"
    if campaign.kind == "marketing" and not campaign.opt_out and not campaign.no_opt_out_on_purpose:
        yield "the message says no way to opt out: write opt_out"


def text_notes(campaign: Campaign) -> Iterator[str]:
    """What may well be meant, and is said all the same."""
    if not read_tags(campaign.message):
        yield "everybody reads the same text: the message has no variable"
    if campaign.kind == "marketing" and campaign.no_opt_out_on_purpose:
        yield "no way to opt out is added, as opt_out is none"


def _tag_warnings(tags: list[Lookalike]) -> Iterator[str]:
    distinct = list({tag.written: tag for tag in tags}.values())
    for tag in distinct[:MOST]:
        written = sayable(tag.written)
        if tag.meaning:
            yield f"'{written}' is sent as it stands; if it is meant as a variable, {tag.meaning.advice}"
        else:
            yield f"'{written}' looks like another tool's tag and is sent as it stands"
    if len(distinct) > MOST:
        yield f"… and {len(distinct) - MOST:,} more such tags"
