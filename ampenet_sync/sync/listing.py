"""Read a whole group, or raise. A short list is the most dangerous value in a sync."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ampenet_sync.api import Client, Contact, Group
from ampenet_sync.config import Group as SegmentGroup
from ampenet_sync.errors import BadAnswer, PlanRefused
from ampenet_sync.ledger.records import PinnedGroup
from ampenet_sync.phones import Refusal, read_phone

LONGEST_LOCAL = 9  # digits of a number without country and without its leading 0
READINGS = 3  # pages shift while somebody writes; a group that never stands still is left alone

NEW_SEGMENT = "to begin afresh with another group, give the segment a new name in ampenet.yaml"

Progress = Callable[[str, int, int | None], None]


def no_progress(what: str, done: int, total: int | None) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Listing:
    """A group read whole, once or several times: each contact once, by uid, how many pages it took, when it began.

    What happened after `begun_at` (epoch seconds) may be missing from it. `absence_proven`: who is not in it was not
    in the group then; otherwise a row may have slipped from one page to another unseen.
    """

    contacts: tuple[Contact, ...]
    pages: int
    begun_at: float
    absence_proven: bool = True
    by_uid: dict[str, Contact] = field(init=False, repr=False, compare=False)
    phones: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_uid", {contact.uid: contact for contact in self.contacts})
        object.__setattr__(self, "phones", frozenset(contact.phone for contact in self.contacts))


EMPTY = Listing((), 0, 0.0)


def read_group(
    client: Client,
    group_uid: str,
    *,
    region: str,
    readings: int | None = None,
    clock: Callable[[], float] = time.time,
    progress: Progress = no_progress,
) -> Listing:
    """All contacts of the group. Raises BadAnswer: `listing_incomplete` where no reading adds up, `not_listable` where
    this install can't list contacts.

    `region` is the country of numbers that stand there without one. `readings` is how many have to add up: by default
    as many as prove who is absent. A contact of any reading counts; where two differ on it, the later one does. One
    page is one look at the group, in which nothing can slip, so it proves everything.
    """
    first = _good_reading(client, group_uid, region, clock, progress)
    if first.absence_proven:
        return first
    needed = client.dialect.readings_needed
    wanted = needed if readings is None else readings
    by_uid, pages = first.by_uid, first.pages
    for _ in range(1, wanted):
        again = _good_reading(client, group_uid, region, clock, progress)
        by_uid, pages = by_uid | again.by_uid, pages + again.pages
    contacts = tuple(by_uid[uid] for uid in sorted(by_uid))
    return Listing(contacts, pages, first.begun_at, absence_proven=wanted >= needed)


def _good_reading(
    client: Client, group_uid: str, region: str, clock: Callable[[], float], progress: Progress
) -> Listing:
    """The first reading whose distinct contacts are as many as every page announced."""
    pages = 0
    for _ in range(READINGS):
        begun_at = clock()
        contacts, totals, read = _one_reading(client, group_uid, region, progress)
        pages += read
        if totals == {len(contacts)}:
            found = tuple(contacts[uid] for uid in sorted(contacts))
            return Listing(found, pages, begun_at, absence_proven=read == 1)
    raise BadAnswer(
        f"the group's listing doesn't add up: {max(totals)} announced, {len(contacts)} found, {READINGS} times",
        code="listing_incomplete",
        hint="somebody else may be writing to the group; run the same command again later",
    )


def _one_reading(
    client: Client, group_uid: str, region: str, progress: Progress
) -> tuple[dict[str, Contact], set[int], int]:
    """The contacts, every total that a page named (two: somebody wrote meanwhile), and how many pages there were."""
    contacts: dict[str, Contact] = {}
    totals, pages = set[int](), 0
    for page in client.contact_pages(group_uid):
        totals, pages = totals | {page.total}, pages + 1
        contacts |= {contact.uid: _normalised(contact, region) for contact in page.items}
        progress("listing", len(contacts), page.total)
    return contacts, totals, pages


def find_group(client: Client, wanted: SegmentGroup, *, pinned: PinnedGroup | None) -> Group | None:
    """The segment's group as it is called today; None where it is yet to be made.

    Raises PlanRefused where the pinned group is gone, or is not the one ampenet.yaml names now.
    """
    if pinned and (wanted.uid or pinned.uid, wanted.name or pinned.name) != (pinned.uid, pinned.name):
        message = f"the segment is kept in group {pinned.uid} ('{pinned.name}'), but ampenet.yaml names {wanted}"
        raise PlanRefused(message, code="group_changed", hint=NEW_SEGMENT)
    uid = pinned.uid if pinned else wanted.uid
    groups = [group for page in client.group_pages() for group in page.items]
    if uid is None:
        return next((group for group in groups if group.name == wanted.name), None)
    found = next((group for group in groups if group.uid == uid), None)
    if found is None:
        raise PlanRefused(f"the group {uid} of this segment is gone at Ampenet", code="group_gone", hint=NEW_SEGMENT)
    return found


def _normalised(contact: Contact, region: str) -> Contact:
    """As our own side is written: digits for the phone, trimmed NFC for the names."""
    return replace(
        contact,
        phone=_international(re.sub(r"[\s+()-]", "", contact.phone), region),
        first_name=unicodedata.normalize("NFC", contact.first_name).strip(),
        last_name=unicodedata.normalize("NFC", contact.last_name).strip(),
    )


def _international(digits: str, region: str) -> str:
    """A number somebody typed there without its country (the leading 0 is lost where the answer makes it a number)."""
    if not digits.startswith("0") and len(digits) > LONGEST_LOCAL:
        return digits
    found = read_phone(digits, region=region, mobile=False)
    return digits if isinstance(found, Refusal) else found
