"""Read a whole group, or raise. A short list is the most dangerous value in a sync."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ampenet_sync.api import Client, Contact, Group
from ampenet_sync.config import Group as SegmentGroup
from ampenet_sync.customers.keys import Keys
from ampenet_sync.errors import BadAnswer, PlanRefused
from ampenet_sync.files.growing import Growing, growing
from ampenet_sync.ledger.groups import PinnedGroup
from ampenet_sync.phones import Refusal, read_phone
from ampenet_sync.runs import Progress, no_progress
from ampenet_sync.sync.relations import InFile, InMemory, Relation
from ampenet_sync.sync.rows import SHOWN

LONGEST_LOCAL = 9  # digits of a number without country and without its leading 0
READINGS = 3  # pages shift while somebody writes; a group that never stands still is left alone
IN_ONE_PIECE = 16_384  # contacts that are in memory before they are written to the file

NEW_SEGMENT = "to begin afresh with another group, give the segment a new name in ampenet.yaml"


@dataclass(frozen=True)
class Listing:
    """A group read whole, once or several times: each contact once, how many pages it took, when it began.

    What happened after `begun_at` (epoch seconds) may be missing from it. `absence_proven`: who is not in it was not
    in the group then; otherwise a row may have slipped from one page to another unseen. `rows` have the text columns
    uid, phone, first_name and last_name, and custom fields by their tags: null where the listing doesn't show them.
    """

    rows: pa.Table | Path = field(repr=False)
    pages: int
    begun_at: float
    absence_proven: bool = True

    @property
    def count(self) -> int:
        """How many contacts the group has."""
        rows = self.rows if isinstance(self.rows, pa.Table) else pq.read_metadata(self.rows)
        return int(rows.num_rows)

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """All of them, by uid."""
        return tuple(sorted(_contacts_in(self.pieces()), key=lambda contact: contact.uid))

    def find(self, *, uids: Collection[str], phones: Collection[str] = ()) -> list[Contact]:
        """The contacts with one of these uids or phones, by uid."""
        wanted = {"uid": pa.array(sorted(uids), pa.string()), "phone": pa.array(sorted(phones), pa.string())}
        pieces = (
            piece.filter(pc.or_(pc.is_in(piece["uid"], wanted["uid"]), pc.is_in(piece["phone"], wanted["phone"])))
            for piece in self.pieces()
        )
        return sorted(_contacts_in(pieces), key=lambda contact: contact.uid)

    def relation(self, fields: Sequence[str]) -> Relation:
        """The contacts for a query, with a column for each of the fields."""
        schema = self.rows.schema if isinstance(self.rows, pa.Table) else pq.read_schema(self.rows)
        there = {name: name if name in schema.names else None for name in ("uid", "phone", *fields)}
        if isinstance(self.rows, Path):
            return InFile(self.rows, there)
        nothing = pa.nulls(self.rows.num_rows, pa.string())
        return InMemory(pa.table({name: self.rows[column] if column else nothing for name, column in there.items()}))

    def column(self, name: str) -> pa.ChunkedArray:
        """One column of all contacts."""
        if isinstance(self.rows, pa.Table):
            return self.rows[name]
        return pq.read_table(self.rows, columns=[name])[name]

    def pieces(self) -> Iterator[pa.Table]:
        """The contacts, some thousands at a time."""
        if isinstance(self.rows, pa.Table):
            yield self.rows
        else:
            file = pq.ParquetFile(self.rows)
            for number in range(file.num_row_groups):
                yield file.read_row_group(number)


def schema_of(custom: Sequence[str] = ()) -> pa.Schema:
    """The columns of a listing's rows."""
    return pa.schema([(name, pa.string()) for name in ("uid", "phone", *SHOWN, *custom)])


EMPTY = Listing(schema_of().empty_table(), 0, 0.0)


def read_group(
    client: Client,
    group_uid: str,
    *,
    region: str,
    folder: Path,
    clock: Callable[[], float],
    custom: Sequence[str] = (),
    readings: int | None = None,
    progress: Progress = no_progress,
) -> Listing:
    """All contacts of the group, in a private file of `folder`. Raises BadAnswer: `listing_incomplete` where no reading
    adds up, `not_listable` where this install can't list contacts.

    `region` is the country of numbers that stand there without one; `custom` are the custom fields that matter.
    `readings` is how many have to add up: by default as many as prove who is absent. A contact of any reading counts;
    where two differ on it, the later one does. One page is one look at the group, in which nothing can slip, so it
    proves everything.
    """
    reader = _Reader(client, group_uid, region, folder, tuple(custom), clock, progress)
    listing = reader.good_reading()
    if listing.absence_proven:
        return listing
    needed = client.dialect.readings_needed
    wanted = needed if readings is None else readings
    for _ in range(1, wanted):
        listing = reader.together(listing, reader.good_reading())
    return Listing(listing.rows, listing.pages, listing.begun_at, absence_proven=wanted >= needed)


@dataclass(frozen=True)
class _Reader:
    """Reads one group into files."""

    client: Client
    group_uid: str
    region: str
    folder: Path
    custom: tuple[str, ...]
    clock: Callable[[], float]
    progress: Progress

    def good_reading(self) -> Listing:
        """The first reading whose distinct contacts are as many as every page announced."""
        for _ in range(READINGS):
            begun_at = self.clock()
            with growing(self.folder, "pages") as file:
                totals, read = self._read_into(file)
                file.close()
                contacts = self._each_once(file)
            count = pq.read_metadata(contacts).num_rows
            if totals == {count}:
                return Listing(contacts, read, begun_at, absence_proven=read == 1)
            self.client.tally.in_vain(read, "readings")
            contacts.unlink()
        raise BadAnswer(
            f"the group's listing doesn't add up: {max(totals)} announced, {count} found, {READINGS} times",
            code="listing_incomplete",
            hint="somebody else may be writing to the group; run the same command again later",
        )

    def together(self, first: Listing, later: Listing) -> Listing:
        """The contacts of both readings; where they differ on one, the later one counts."""
        missed = ~np.asarray(pc.is_in(first.column("uid"), later.column("uid")))
        rows = [*later.pieces(), *_kept(first.pieces(), missed)] if missed.any() else None
        contacts = later.rows if rows is None else self._write(rows)
        return Listing(contacts, first.pages + later.pages, first.begun_at)

    def _read_into(self, file: Growing) -> tuple[set[int], int]:
        """Write the rows of all pages in their order; returns every total that a page named (two: somebody wrote
        meanwhile), and how many pages there were."""
        file.write(schema_of(self.custom).empty_table())
        totals, pages, rows, waiting = set[int](), 0, 0, list[Contact]()
        for page in self.client.contact_pages(self.group_uid):
            totals, pages, rows = totals | {page.total}, pages + 1, rows + len(page.items)
            waiting += page.items
            if len(waiting) >= IN_ONE_PIECE or page.number == page.last_page:
                file.write(_normalised(table_of(waiting, self.custom), self.region))
                waiting = []
            self.progress("listing", rows, page.total)
        file.write(_normalised(table_of(waiting, self.custom), self.region))
        return totals, pages

    def _each_once(self, file: Growing) -> Path:
        """A file of the same rows in which each uid stands once; of several rows the last one counts."""
        keys, listing = Keys(), Listing(file.path, 0, 0.0)
        uids = listing.column("uid")
        keys.add(uids, pa.repeat(True, len(uids)))
        suspects = keys.suspects()
        last = dict(zip(uids.take(pa.array(suspects)).to_pylist(), suspects.tolist(), strict=True))
        kept = np.ones(len(uids), dtype=bool)
        kept[suspects] = False
        kept[list(last.values())] = True
        return _placed(file) if kept.all() else self._write(_kept(listing.pieces(), kept))

    def _write(self, pieces: Iterable[pa.Table]) -> Path:
        with growing(self.folder, "listing") as file:
            file.write(schema_of(self.custom).empty_table())
            for piece in pieces:
                file.write(piece)
            file.close()
            return _placed(file)


def _placed(file: Growing) -> Path:
    path = file.path.with_suffix(".parquet")
    file.name(path)
    return path


def normalised(contact: Contact, region: str) -> Contact:
    """A contact that was read by itself, as a listing would have it; its status stays."""
    custom = [tag for tag, _ in contact.fields]
    (read,) = _contacts_in([_normalised(table_of([contact], custom), region)])
    return replace(read, status=contact.status)


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
    match = next((group for group in groups if group.uid == uid), None)
    if match is None:
        raise PlanRefused(f"the group {uid} of this segment is gone at Ampenet", code="group_gone", hint=NEW_SEGMENT)
    return match


def _kept(pieces: Iterable[pa.Table], kept: np.ndarray[Any, np.dtype[np.bool_]]) -> Iterator[pa.Table]:
    """The rows for which `kept` is true, over all pieces."""
    start = 0
    for piece in pieces:
        yield piece.filter(pa.array(kept[start : start + piece.num_rows]))
        start += piece.num_rows


def table_of(contacts: Sequence[Contact], custom: Sequence[str]) -> pa.Table:
    """One row for each contact."""
    columns: list[Any] = [list(map(attrgetter(name), contacts)) for name in ("uid", "phone", *SHOWN)]
    shown = [dict(contact.fields) for contact in contacts] if any(map(attrgetter("fields"), contacts)) else None
    for tag in custom:
        columns.append([fields.get(tag) for fields in shown] if shown else [None] * len(contacts))
    return pa.table([pa.array(column, pa.string()) for column in columns], schema=schema_of(custom))


def _contacts_in(pieces: Iterable[pa.Table]) -> Iterator[Contact]:
    for piece in pieces:
        for row in piece.to_pylist():
            uid, phone, first, last = (row.pop(name) for name in ("uid", "phone", *SHOWN))
            shown = tuple((tag, text) for tag, text in sorted(row.items()) if text is not None)
            yield Contact(uid, phone, first, last, fields=shown)


def _normalised(rows: pa.Table, region: str) -> pa.Table:
    """As our own side is written: digits for the phone, trimmed NFC for the names."""
    phones = pc.replace_substring_regex(rows["phone"], pattern=r"[\s+()-]", replacement="")
    short = pc.less_equal(pc.utf8_length(phones), LONGEST_LOCAL)
    local = pc.or_(pc.starts_with(phones, pattern="0"), short)
    if pc.any(local).as_py():
        read = [_international(phone, region) for phone in phones.filter(local).to_pylist()]
        phones = pc.replace_with_mask(phones.combine_chunks(), local.combine_chunks(), pa.array(read, pa.string()))
    texts = [pc.utf8_trim_whitespace(pc.utf8_normalize(rows[name], form="NFC")) for name in rows.schema.names[2:]]
    return pa.table([rows["uid"], phones, *texts], schema=rows.schema)


def _international(digits: str, region: str) -> str:
    """A number somebody typed there without its country (the leading 0 is lost where the answer makes it a number)."""
    number = read_phone(digits, region=region, mobile=False)
    return digits if isinstance(number, Refusal) else number
