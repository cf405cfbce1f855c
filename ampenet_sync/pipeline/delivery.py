"""The story of a look back at a campaign: the statuses of its messages read back, with the figures of its edition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ampenet_sync.api import Message
from ampenet_sync.campaigns.audience import audience_path, read_audience
from ampenet_sync.campaigns.delivery import FINAL, NOT_LISTED, Fate, fate_of, read_back, word_of
from ampenet_sync.campaigns.drafts import drafts_of, left_of
from ampenet_sync.config import Config
from ampenet_sync.customers import settings_of
from ampenet_sync.errors import ConfigError, PlanRefused
from ampenet_sync.files import keep_page, write_private
from ampenet_sync.ledger import deliveries, messages, orders, sends
from ampenet_sync.ledger.deliveries import Addressee, ReadStatus
from ampenet_sync.ledger.messages import Edition
from ampenet_sync.ledger.messagetable import messaged_phones
from ampenet_sync.pipeline.steering import campaign_of
from ampenet_sync.pipeline.world import World
from ampenet_sync.quarantine.csv import write_csv
from ampenet_sync.quarantine.targets import check_target, free_name
from ampenet_sync.quarantine.workbook import text_book

__all__ = [
    "MOST_CALLS",
    "Addressee",
    "DeliveryReport",
    "Fate",
    "Moment",
    "StatusLine",
    "check_table",
    "each_recipient",
    "keep_page",
    "read_deliveries",
    "write_recipients",
]

MOST_CALLS = 300  # of one report, unless somebody says otherwise: five minutes at 60 a minute
ENDINGS = (".csv", ".xlsx", ".parquet")
STEPS = tuple(timedelta(seconds=seconds) for seconds in (60, 300, 900, 3600, 4 * 3600, 86_400, 7 * 86_400, 28 * 86_400))
AT_ONCE = 20_000  # rows
MOMENTS = 48  # at the most, of one course
NOT_READ, ABSENT = "not read yet", "not listed"


@dataclass(frozen=True)
class StatusLine:
    """So many sent messages have this status, and what it means. `status` is the platform's own word, or ours for
    those it doesn't list and those that were not asked for yet."""

    status: str
    fate: Fate
    messages: int


@dataclass(frozen=True)
class Moment:
    """What was sent up to the end of one step of time, and what of it is delivered and failed as is known now."""

    at: datetime
    sent: int
    delivered: int
    failed: int


@dataclass(frozen=True)
class DeliveryReport:
    """One edition as the ledger knows it. The counts of `delivery` are together all that were sent.

    `remaining` is None where the audience's file is gone. `unread` are sent messages whose status this reading still
    has to ask for; `read_at` is when the last one began (epoch seconds). `refusals` is code → messages. `course` is
    empty where nothing was sent. `state` is begun, or paused or cancelled where somebody ordered that.
    """

    campaign: str
    edition: str
    audience: str
    sent: int
    refused: int
    unknown: int
    expired: int
    parts: int
    remaining: int | None
    paused: bool
    delivery: Mapping[Fate, int]
    statuses: tuple[StatusLine, ...]
    refusals: Mapping[str, int]
    unread: int
    read_at: float | None
    course: tuple[Moment, ...]
    state: str = "begun"


def read_deliveries(
    world: World,
    name: str,
    *,
    edition: str | None = None,
    refresh: bool = False,
    most_calls: int | None = MOST_CALLS,
) -> DeliveryReport:
    """Ask for the statuses that are not final, with `refresh` for all of them, by at most so many calls.

    What was read is kept at once, so that a reading that ends early is gone on with by the next. Without an `edition`
    it is the one that was begun last. Raises ConfigError: `unknown_campaign`, `unknown_edition`.
    """
    whose = edition_of(world, name, edition)
    reading = deliveries.begin_reading(world.ledger, whose, everything=refresh)
    uids = deliveries.unread(world.ledger, whose, reading, final=FINAL)
    done, first = 0, world.client.calls

    def keep(listed: Mapping[str, Message | None]) -> None:
        nonlocal done
        statuses = (_status(uids[uid], message) for uid, message in listed.items())
        deliveries.note_statuses(world.ledger, reading, statuses)
        done += len(listed)
        world.progress("reading statuses", done, len(uids))

    def may_call() -> bool:
        return most_calls is None or world.client.calls - first < most_calls

    if read_back(world.client, uids, keep=keep, may_call=may_call):
        deliveries.end_reading(world.ledger, whose)
    return report_of(world, whose, unread=len(uids) - done)


def edition_of(world: World, name: str, edition: str | None) -> Edition:
    """The edition of this name, or the one that was begun last. A campaign that ampenet.yaml lost is known, too."""
    newest = deliveries.newest_edition(world.ledger, world.destination, name)
    if newest is None:
        campaign_of(world.config, name)
        hint = f"preview it, then send it: ampenet-sync campaign preview {name}"
        raise ConfigError(f"nothing of campaign {name} was sent with this ledger", code="unknown_edition", hint=hint)
    whose = Edition(world.destination, name, edition or newest)
    if messages.started(world.ledger, whose) is None:
        started = messages.started_editions(world.ledger, world.destination)
        begun = [known.name for known in started if known.campaign == name]
        hint = f"those that were begun: {', '.join(begun)}"
        message = f"campaign {name} has no edition {whose.name} that was begun"
        raise ConfigError(message, code="unknown_edition", hint=hint)
    return whose


def report_of(world: World, whose: Edition, *, unread: int) -> DeliveryReport:
    """The edition as the ledger knows it now. Makes no call."""
    figures, begun = messages.figures(world.ledger, whose), messages.started(world.ledger, whose)
    audience = begun.audience if begun else ""
    remaining, reading = _remaining(world, whose, audience), deliveries.last_reading(world.ledger, whose)
    statuses, state = _statuses(world, whose), _state(world, whose)
    return DeliveryReport(
        campaign=whose.campaign,
        edition=whose.name,
        audience=audience,
        sent=figures.get("sent", 0),
        refused=figures.get("refused", 0),
        unknown=figures.get("in_doubt", 0) + figures.get("claimed", 0),
        expired=figures.get("expired", 0),
        parts=messages.parts_sent(world.ledger, whose),
        remaining=remaining,
        paused=state != "cancelled" and _is_paused(world, whose, remaining, ordered=state == "paused"),
        delivery=_fates(statuses),
        statuses=statuses,
        refusals=deliveries.refusals(world.ledger, whose),
        unread=unread,
        read_at=reading.began_at if reading else None,
        course=_course(world, whose),
        state=state,
    )


def each_recipient(world: World, report: DeliveryReport) -> Iterator[Addressee]:
    """Everybody of the edition whose message was begun, in the order in which they were."""
    yield from deliveries.recipients(world.ledger, Edition(world.destination, report.campaign, report.edition))


def check_table(config: Config, out: Path) -> None:
    """Raises ConfigError where no such table may stand: `bad_ending`, `precious_target`."""
    if out.suffix.lower() not in ENDINGS:
        message = f"{out} ends in none of {', '.join(ENDINGS)}"
        raise ConfigError(message, code="bad_ending", hint="name a file such as hello.csv after --out")
    check_target(settings_of(config), out)


def write_recipients(config: Config, out: Path, columns: Sequence[str], rows: Iterator[Sequence[str]]) -> Path:
    """Write a table of text (0600, beside and renamed); a file that is there stays, and the next free name is taken."""
    check_table(config, out)
    path = free_name(out)
    shape = pa.schema([(column, pa.string()) for column in columns])
    table = pa.Table.from_batches(_batches(shape, rows), shape)
    write_private(path, _writer(table, path.suffix.lower()))
    return path


def _batches(shape: pa.Schema, rows: Iterator[Sequence[str]]) -> Iterator[pa.RecordBatch]:
    """Some thousand rows at a time, since as Python's objects all of a large campaign would take gigabytes."""
    while some := list(islice(rows, AT_ONCE)):
        yield pa.record_batch([pa.array(cells, pa.string()) for cells in zip(*some, strict=True)], schema=shape)


def _writer(table: pa.Table, ending: str) -> Callable[[Path], None]:
    if ending == ".parquet":
        return lambda beside: pq.write_table(table, beside)
    if ending == ".csv":
        return lambda beside: write_csv(table, beside)
    book = text_book(table, "Messages", hint="name a .csv or a .parquet after --out")
    return lambda beside: book.save(beside)


def _status(message: int, listed: Message | None) -> ReadStatus:
    return ReadStatus(message, word_of(listed.status) if listed else NOT_LISTED, listed.parts if listed else None)


def _statuses(world: World, whose: Edition) -> tuple[StatusLine, ...]:
    counts = deliveries.status_counts(world.ledger, whose)
    named = {None: NOT_READ, NOT_LISTED: ABSENT}
    return tuple(
        StatusLine(named.get(count.status) or str(count.status), fate_of(count.status), count.messages)
        for count in counts
    )


def _fates(statuses: Sequence[StatusLine]) -> dict[Fate, int]:
    fates: dict[Fate, int] = {"delivered": 0, "pending": 0, "failed": 0, "unknown": 0}
    for line in statuses:
        fates[line.fate] += line.messages
    return fates


def _remaining(world: World, whose: Edition, audience: str) -> int | None:
    """How many of the frozen audience were not begun yet."""
    try:
        drafts = drafts_of(read_audience(audience_path(world.audiences, audience)))
    except PlanRefused:
        return None
    return int(left_of(drafts, messaged_phones(world.ledger, whose)).num_rows)


def _state(world: World, whose: Edition) -> str:
    standing = orders.standing(world.ledger, whose)
    return "cancelled" if standing.cancelled else "paused" if standing.paused else "begun"


def _is_paused(world: World, whose: Edition, remaining: int | None, *, ordered: bool) -> bool:
    """Whether the last run stopped early and nobody goes on. Those who took their consent back remain for ever."""
    if deliveries.is_held(world.ledger, f"campaign {whose.label} at {world.host}/{world.account.uid}"):
        return False
    last = sends.last_send(world.ledger, whose)
    return bool(remaining) and (ordered or last is None or bool(last.paused) or last.ended_at is None)


def _course(world: World, whose: Edition) -> tuple[Moment, ...]:
    """In steps that are round for a person, few enough for a plot."""
    sent = [(who.at, fate_of(who.status)) for who in deliveries.recipients(world.ledger, whose) if who.state == "sent"]
    if not sent:
        return ()
    first, last = min(at for at, _ in sent), max(at for at, _ in sent)
    step = next((step for step in STEPS if (last - first) / step.total_seconds() < MOMENTS - 1), STEPS[-1])
    start, seconds = first - first % step.total_seconds(), step.total_seconds()
    counts: dict[int, dict[str, int]] = {}
    for at, fate in sent:
        of_step = counts.setdefault(int((at - start) // seconds), {})
        of_step[fate] = of_step.get(fate, 0) + 1
    return tuple(_moments(counts, lambda at: datetime.fromtimestamp(start + at * seconds, world.config.zone)))


def _moments(counts: Mapping[int, Mapping[str, int]], at: Callable[[int], datetime]) -> Iterator[Moment]:
    """Sums up to each step, beginning with nothing."""
    sent = delivered = failed = 0
    yield Moment(at(0), 0, 0, 0)
    for step in range(max(counts) + 1):
        of_step = counts.get(step, {})
        sent += sum(of_step.values())
        delivered, failed = delivered + of_step.get("delivered", 0), failed + of_step.get("failed", 0)
        yield Moment(at(step + 1), sent, delivered, failed)
