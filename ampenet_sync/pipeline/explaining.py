"""The story of one person: what the source, the plans, the audiences and the ledger hold of them, in order of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.campaigns.audience import AUDIENCE
from ampenet_sync.config import Config
from ampenet_sync.contacts import Holders
from ampenet_sync.errors import AmpenetError, ConfigError, PlanRefused, SourceError
from ampenet_sync.files.sealed import open_sealed
from ampenet_sync.ledger import Ledger, forgotten, open_ledger, suppressions
from ampenet_sync.ledger.people import KnownContact, KnownPerson, Person, known_of, with_keys, with_phones
from ampenet_sync.machine import Machine
from ampenet_sync.pipeline.insource import memberships, person_in, rows_in
from ampenet_sync.pipeline.intake import Intake, take_in
from ampenet_sync.pipeline.suppressing import who
from ampenet_sync.runs import Progress, no_progress
from ampenet_sync.sync.planfile import read_plan, rows_of
from ampenet_sync.sync.rows import DRIFT

Kind = Literal[
    "change", "contact", "message", "suppression", "forgotten", "plan", "audience", "source", "quarantine", "segment"
]
HEARD = ("opted_out_there", "on_a_list")  # reasons of suppressions that others gave us
UNKNOWN = ("claimed", "in_doubt")


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to somebody, or that is so (`source`, `quarantine`, `segment`: as the source is now).

    `what` is the kind of change, `outcome` what became of it, `reason` why. `before` and `after` hold the phone among
    the fields. `hearsay`: we did not do it, or don't know that it was done; others say so, or a listing showed it.
    """

    at: float
    kind: Kind
    phone: str = ""
    key: str = ""
    segment: str = ""
    group: str = ""
    what: str = ""
    outcome: str = ""
    reason: str = ""
    plan: str = ""
    run: str = ""
    campaign: str = ""
    edition: str = ""
    before: Mapping[str, str] | None = None
    after: Mapping[str, str] | None = None
    source: str = ""
    by: str = ""
    parts: int = 0
    text: str = ""
    hearsay: bool = False


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
    suppressed = (
        Event(
            at=stop.at,
            kind="suppression",
            phone=stop.phone,
            key=stop.key,
            reason=stop.reason,
            by=stop.by,
            hearsay=stop.reason in HEARD,
        )
        for stop in stops
    )
    since = forgotten.forgotten_since(ledger, phones=someone.phones, keys=someone.keys)
    events = [*_ledgered(known), *suppressed, *([] if since is None else [Event(at=since, kind="forgotten")])]
    events += _in_files(config.home / "plans", "*.plan.parquet", lambda path: _planned(path, someone, known), not_read)
    texts = config.home / "audiences"
    events += _in_files(texts, "*.audience.parquet", lambda path: _previewed(path, someone), not_read)
    events.sort(key=lambda event: event.at)
    events += _in_source(config, intake, someone, not_read, now) if intake else []
    newest = next((event.phone for event in reversed(events) if event.phone), "")
    live = tuple(contact for contact in known.contacts if contact.state == "live")
    phone = next(iter(asked.phones), newest)
    return Explained(
        phone, tuple(sorted(someone.keys)), live, bool(stops) or since is not None, tuple(events), tuple(not_read)
    )


def _intake(config: Config, progress: Progress) -> tuple[Intake | None, list[NotRead]]:
    try:
        return take_in(config, progress=progress), []
    except (SourceError, ConfigError) as error:
        return None, [_not_read("source", error)]


def _not_read(name: str, error: AmpenetError) -> NotRead:
    return NotRead(name, f"{error.message} [{error.code}]")


def _ledgered(known: KnownPerson) -> Iterator[Event]:
    """What the ledger holds."""
    groups = {contact.group_uid: (contact.segment, contact.group_name) for contact in known.contacts}
    for change in known.changes:
        segment, group = groups.get(change.group_uid, ("", ""))
        yield Event(
            at=change.at,
            kind="change",
            phone=change.phone,
            key=change.key,
            segment=segment,
            group=group or change.group_uid,
            what=change.change,
            outcome=change.state,
            reason=change.code,
            plan=change.plan,
            run=change.run,
            before=change.before,
            after=change.after,
            hearsay=change.state in UNKNOWN,
        )
    for contact in known.contacts:
        yield Event(
            at=contact.at,
            kind="contact",
            phone=contact.phone,
            key=contact.key,
            segment=contact.segment,
            group=contact.group_name or contact.group_uid,
            what="owned" if contact.owned else "foreign",
            outcome=contact.state,
            after={"phone": contact.phone, **contact.fields} if contact.state == "live" else None,
            hearsay=not contact.ours,
        )
    for message in known.messages:
        yield Event(
            at=message.at,
            kind="message",
            phone=message.phone,
            key=message.key,
            campaign=message.campaign,
            edition=message.edition,
            outcome=message.state,
            reason=message.code,
            run=message.run,
            parts=message.parts,
            text=message.text,
            hearsay=message.state in UNKNOWN,
        )


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


def _planned(path: Path, someone: Person, known: KnownPerson) -> Iterator[Event]:
    """Their rows of a plan. When it was made, the ledger knows, or else the file."""
    plan = read_plan(path)
    at = known.planned.get(plan.digest, path.stat().st_mtime)
    for _, piece in plan.sealed.groups():
        for row in rows_of(_theirs(piece, someone, ("phone_before", "phone_after")), plan.header.fields):
            yield Event(
                at=at,
                kind="plan",
                phone=row.values.phone,
                key=row.customer_key,
                segment=plan.header.segment,
                group=plan.header.group_name or plan.header.group_uid,
                what=row.change.value,
                reason=row.reason.value,
                plan=plan.digest,
                before=row.before.flat() if row.before else None,
                after=row.after.flat() if row.after else None,
                source=row.source,
                hearsay=row.reason in DRIFT,
            )


def _previewed(path: Path, someone: Person) -> Iterator[Event]:
    """Their rows of a frozen audience, sent or not."""
    sealed = open_sealed(AUDIENCE, path)
    for _, piece in sealed.groups():
        for row in _theirs(piece, someone, ("phone",)).to_pylist():
            yield Event(
                at=path.stat().st_mtime,
                kind="audience",
                phone=row["phone"],
                key=row["customer_key"],
                campaign=sealed.header["campaign"],
                edition=sealed.header["edition"],
                what="excluded" if row["excluded"] else "recipient",
                reason=row["excluded"],
                parts=row["parts"],
                text=row["text"],
            )


def _theirs(piece: pa.Table, someone: Person, phones: tuple[str, ...]) -> pa.Table:
    """The rows that name them."""
    theirs = pc.is_in(piece["customer_key"], pa.array(sorted(someone.keys), pa.string()))
    for name in phones:
        theirs = pc.or_(theirs, pc.is_in(piece[name], pa.array(sorted(someone.phones), pa.string())))
    return piece.filter(theirs)


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
