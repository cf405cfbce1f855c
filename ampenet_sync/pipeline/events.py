"""What happened to somebody, as events: of the ledger's rows, of a plan's file and of a frozen audience."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.campaigns.audience import AUDIENCE
from ampenet_sync.files.sealed import open_sealed
from ampenet_sync.ledger.people import KnownChange, KnownContact, KnownMessage, KnownPerson, Person
from ampenet_sync.ledger.suppressions import Suppression
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


def ledger_events(known: KnownPerson) -> Iterator[Event]:
    """Changes, contacts and messages."""
    groups = {contact.group_uid: (contact.segment, contact.group_name) for contact in known.contacts}
    yield from (_change(change, *groups.get(change.group_uid, ("", ""))) for change in known.changes)
    yield from map(_contact, known.contacts)
    yield from map(_message, known.messages)


def suppression_events(stops: Iterable[Suppression]) -> Iterator[Event]:
    for stop in stops:
        yield _event("suppression", stop, reason=stop.reason, by=stop.by, hearsay=stop.reason in HEARD)


def plan_events(path: Path, someone: Person, known: KnownPerson) -> Iterator[Event]:
    """Their rows of a plan. When it was made, the ledger knows, or else the file. Raises PlanRefused."""
    plan = read_plan(path)
    header, at = plan.header, known.planned.get(plan.digest, path.stat().st_mtime)
    of_plan: dict[str, Any] = {
        "plan": plan.digest,
        "segment": header.segment,
        "group": header.group_name or header.group_uid,
    }
    for _, piece in plan.sealed.groups():
        for row in rows_of(_theirs(piece, someone, ("phone_before", "phone_after")), header.fields):
            yield Event(
                at=at,
                kind="plan",
                phone=row.values.phone,
                key=row.customer_key,
                what=row.change.value,
                reason=row.reason.value,
                before=row.before.flat() if row.before else None,
                after=row.after.flat() if row.after else None,
                source=row.source,
                hearsay=row.reason in DRIFT,
                **of_plan,
            )


def audience_events(path: Path, someone: Person) -> Iterator[Event]:
    """Their rows of a frozen audience, sent or not. Raises PlanRefused."""
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


def _change(change: KnownChange, segment: str, group: str) -> Event:
    return _event(
        "change",
        change,
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


def _contact(contact: KnownContact) -> Event:
    return _event(
        "contact",
        contact,
        segment=contact.segment,
        group=contact.group_name or contact.group_uid,
        what="owned" if contact.owned else "foreign",
        outcome=contact.state,
        after={"phone": contact.phone, **contact.fields} if contact.state == "live" else None,
        hearsay=not contact.ours,
    )


def _message(message: KnownMessage) -> Event:
    same = {name: getattr(message, name) for name in ("campaign", "edition", "run", "parts", "text")}
    unknown = message.state in UNKNOWN
    return _event("message", message, outcome=message.state, reason=message.code, hearsay=unknown, **same)


def _event(kind: Kind, row: KnownChange | KnownContact | KnownMessage | Suppression, **more: Any) -> Event:
    """Of a row of the ledger: whose it is and when it was, and what is `more` to it."""
    return Event(at=row.at, kind=kind, phone=row.phone, key=row.key, **more)


def _theirs(piece: pa.Table, someone: Person, phones: tuple[str, ...]) -> pa.Table:
    """The rows that name them."""
    theirs = pc.is_in(piece["customer_key"], pa.array(sorted(someone.keys), pa.string()))
    for name in phones:
        theirs = pc.or_(theirs, pc.is_in(piece[name], pa.array(sorted(someone.phones), pa.string())))
    return piece.filter(theirs)
