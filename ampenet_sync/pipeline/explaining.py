"""The story of one person: what the source, the plans, the audiences and the ledger hold of them, in order of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ampenet_sync.config import Config
from ampenet_sync.contacts import Holders
from ampenet_sync.errors import AmpenetError, ConfigError, PlanRefused, SourceError
from ampenet_sync.ledger import Ledger, forgotten, open_ledger, pruning, suppressions
from ampenet_sync.ledger.people import KnownContact, Person, known_of, with_keys, with_phones
from ampenet_sync.machine import Machine
from ampenet_sync.pipeline.events import (
    Event,
    Kind,
    audience_events,
    ledger_events,
    plan_events,
    suppression_events,
)
from ampenet_sync.pipeline.insource import memberships, person_in, rows_in
from ampenet_sync.pipeline.intake import Intake, take_in
from ampenet_sync.pipeline.suppressing import who
from ampenet_sync.runs import Progress, no_progress


@dataclass(frozen=True)
class NotRead:
    """What couldn't be looked into, and why."""

    name: str
    why: str


@dataclass(frozen=True)
class Explained:
    """Somebody's story. `phone` is the one that was asked for, or the newest known of the key that was. `keys` are the
    customers who have or had it."""

    phone: str
    keys: tuple[str, ...]
    contacts: tuple[KnownContact, ...]
    suppressed: bool
    events: tuple[Event, ...]
    not_read: tuple[NotRead, ...] = ()


def explain(
    config: Config, text: str, *, key: bool = False, machine: Machine, progress: Progress = no_progress
) -> Explained:
    """Everything known of a phone in any writing, or of a customer's key: what is no phone is one, as with `key`.

    Makes no call. What can't be read is named, and the rest is told all the same. Raises LedgerError.
    """
    asked = asked_for(config, text, key=key)
    ledger = open_ledger(config.ledger, config.folder, machine=machine, secrets=config.home)
    try:
        intake, not_read = _intake(config, progress)
        someone = whole(ledger, asked, intake)
        return _story(config, ledger, someone, asked, intake, not_read, machine.clock())
    finally:
        ledger.close()


def asked_for(config: Config, text: str, *, key: bool) -> Person:
    """The phone or the key that somebody typed."""
    try:
        asked = who(config, text, key=key)
    except ConfigError:
        asked = who(config, text, key=True)
    return Person(frozenset({asked.phone} - {""}), frozenset({asked.key} - {""}))


def whole(ledger: Ledger, asked: Person, intake: Intake | None) -> Person:
    """Who is meant: with a phone its customers' keys, with a key its phones."""
    phones, keys = sorted(asked.phones), sorted(asked.keys)
    known = with_keys(ledger, phones[0]) if phones else with_phones(ledger, keys[0])
    return known | person_in(intake, asked, by_phone=bool(phones)) if intake else known


def _story(
    config: Config,
    ledger: Ledger,
    someone: Person,
    asked: Person,
    intake: Intake | None,
    not_read: list[NotRead],
    now: float,
) -> Explained:
    known = known_of(ledger, someone)
    stops = suppressions.suppressions_of(ledger, phones=someone.phones, keys=someone.keys)
    since = forgotten.forgotten_since(ledger, phones=someone.phones, keys=someone.keys)
    events = [*ledger_events(known), *suppression_events(stops)]
    not_read += _pruned(config, ledger)
    events += [] if since is None else [Event(at=since, kind="forgotten")]
    plans, texts = config.home / "plans", config.home / "audiences"
    events += _in_files(plans, "*.plan.parquet", lambda path: plan_events(path, someone, known), not_read)
    events += _in_files(texts, "*.audience.parquet", lambda path: audience_events(path, someone), not_read)
    events.sort(key=lambda event: event.at)
    events += _in_source(config, intake, someone, not_read, now) if intake else []
    newest = next((event.phone for event in reversed(events) if event.phone), "")
    live = tuple(contact for contact in known.contacts if contact.state == "live")
    phone = next(iter(asked.phones), newest)
    return Explained(
        phone, tuple(sorted(someone.keys)), live, bool(stops) or since is not None, tuple(events), tuple(not_read)
    )


def _pruned(config: Config, ledger: Ledger) -> list[NotRead]:
    """Up to when nobody knows any more whose outcomes were."""
    last = pruning.pruned(ledger)
    if last is None:
        return []
    day = datetime.fromtimestamp(last.before, config.zone).date()
    return [NotRead(f"outcomes before {day}", "they are nobody's any more, as retention.outcomes says")]


def _intake(config: Config, progress: Progress) -> tuple[Intake | None, list[NotRead]]:
    try:
        return take_in(config, progress=progress), []
    except (SourceError, ConfigError) as error:
        return None, [_not_read("source", error)]


def _not_read(name: str, error: AmpenetError) -> NotRead:
    return NotRead(name, f"{error.message} [{error.code}]")


def _in_files(
    folder: Path, pattern: str, read: Callable[[Path], Iterator[Event]], not_read: list[NotRead]
) -> list[Event]:
    """What the sealed files of a folder hold of somebody."""
    events = list[Event]()
    for path in sorted(folder.glob(pattern)):
        try:
            events += read(path)
        except (PlanRefused, SourceError) as error:
            not_read.append(NotRead(path.name, f"{error.code}"))
    return events


def _in_source(config: Config, intake: Intake, someone: Person, not_read: list[NotRead], now: float) -> Iterator[Event]:
    """Their rows as the source is now, and of each customer the segments that have a contact for them or not."""
    rows = rows_in(Holders(intake, config), someone)
    for row in rows:
        reason = row.reason or ("opted_out" if row.opted_out else "")
        kind: Kind = "quarantine" if row.reason else "source"
        yield Event(at=now, kind=kind, phone=row.phone, key=row.key, reason=reason, source=row.place)
    for segment in config.segments if rows else ():
        today = datetime.fromtimestamp(now, UTC).astimezone(config.zone).date()
        try:
            for membership in memberships(intake, config, segment, rows, run_date=today):
                outcome = "not_in" if membership.why else "in"
                yield Event(
                    at=now,
                    kind="segment",
                    phone=membership.phone,
                    key=membership.key,
                    segment=segment,
                    outcome=outcome,
                    reason=membership.why,
                )
        except (SourceError, ConfigError) as error:
            not_read.append(_not_read(f"segment {segment}", error))
