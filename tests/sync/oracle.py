"""The comparison row by row in plain Python: slow, easy to check by eye, and what the query must decide as well."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ampenet_sync.api import Contact
from ampenet_sync.contacts import OptOuts
from ampenet_sync.ledger import Suppressed
from ampenet_sync.ledger.links import Link
from ampenet_sync.sync.plan import CREATES, UPDATES, Doubts, Held, Rules
from ampenet_sync.sync.rows import SHOWN, Change, Reason, Row, Values


@dataclass(frozen=True)
class Desired:
    """One contact that should stand in the group."""

    customer_key: str
    values: Values


@dataclass(frozen=True)
class Known:
    """Everything beside desired and live that decides: links, held customers, who is never created, doubts."""

    links: Sequence[Link] = ()
    held: Held = field(default_factory=Held)
    suppressed: Suppressed = field(default_factory=Suppressed)
    opted_out: OptOuts = field(default_factory=OptOuts)
    doubts: Doubts = field(default_factory=Doubts)


@dataclass(frozen=True)
class Comparison:
    """The plan's rows in their fixed order, and the counts that rows don't carry."""

    rows: tuple[Row, ...]
    unchanged: int
    foreign: int
    linked: int

    def count(self, change: Change) -> int:
        return sum(row.change is change for row in self.rows)

    def because(self, *reasons: Reason) -> int:
        return sum(row.reason in reasons for row in self.rows)


def compare(
    desired: Sequence[Desired],
    live: Sequence[Contact],
    known: Known,
    *,
    rules: Rules,
    mapped: Collection[str] = SHOWN,
    fields: Sequence[str] = SHOWN,
) -> Comparison:
    """Each desired contact phone and key stands at most once; `live` is the complete listing of the group."""
    board = _Board(live, known, rules, mapped, fields)
    waiting = [want for want in desired if not board.match_by_phone(want)]
    for want in waiting:
        board.match_by_key(want)
    board.judge_the_rest()
    return Comparison(
        rows=tuple(sorted(board.rows, key=_sort_key)),
        unchanged=board.unchanged,
        foreign=board.foreign,
        linked=sum(link.uid in board.by_uid for link in known.links),
    )


def managed(mapped: Collection[str], wanted: Values, before: Values) -> Values:
    """What a contact becomes: a field that the configuration doesn't map keeps what stands there."""
    fields = {name: (wanted if name in mapped else before).fields.get(name, "") for name in before.fields}
    return Values(wanted.phone, fields)


@dataclass
class _Board:
    """The live contacts laid out, taken one by one as desired contacts find theirs."""

    live: Sequence[Contact]
    known: Known
    rules: Rules
    mapped: Collection[str]
    fields: Sequence[str]
    rows: list[Row] = field(default_factory=list)
    unchanged: int = 0
    foreign: int = 0

    def __post_init__(self) -> None:
        self.by_uid = {contact.uid: contact for contact in self.live}
        self.links = {link.uid: link for link in self.known.links}
        self.links_of_key: dict[str, list[Link]] = {}
        for link in self.known.links:
            self.links_of_key.setdefault(link.customer_key, []).append(link)
        gone = [link for link in self.known.links if link.uid not in self.by_uid]
        self.gone_phones = {link.phone: link.uid for link in sorted(gone, key=lambda link: link.uid, reverse=True)}
        self.by_phone = {contact.phone: contact for contact in _ours_last(self.live, self.links)}
        self.taken: set[str] = set()

    def match_by_phone(self, want: Desired) -> bool:
        contact = self.by_phone.get(want.values.phone)
        if contact is None:
            return False
        self._meet(want, contact)
        return True

    def match_by_key(self, want: Desired) -> None:
        link = self._link_of(want.customer_key)
        if self._doubtful(want.values.phone, link.uid if link else None):
            self.taken |= {link.uid} if link else set()
            self._skip(want, Reason.IN_DOUBT, uid=link.uid if link else None)
        elif link is None and want.values.phone not in self.gone_phones:
            self._create(want)
        elif link is None or link.uid not in self.by_uid:
            self._removed(want, link)
        elif link.uid in self.taken:  # his old number is somebody else's now, and the phone match won
            self._create(want)
        else:
            self._meet(want, self.by_uid[link.uid])

    def judge_the_rest(self) -> None:
        for contact in self.live:
            if contact.uid not in self.taken:
                self._leave_or_delete(contact)

    def _link_of(self, key: str) -> Link | None:
        """Of several links of one key: one that stands in the group, and that no phone match has taken."""
        links = self.links_of_key.get(key, [])
        return min(
            links, key=lambda link: (link.uid not in self.by_uid, link.uid in self.taken, link.uid), default=None
        )

    def _meet(self, want: Desired, contact: Contact) -> None:
        """The desired contact has found its live one: update, link or nothing."""
        self.taken.add(contact.uid)
        link, before = self.links.get(contact.uid), self._values(contact)
        after = managed(self.mapped, want.values, before)
        owned = link.owned if link else self.rules.adopt_matched
        if self._doubtful(contact.phone, contact.uid) or self._doubtful(after.phone, None):
            self._skip(want, Reason.IN_DOUBT, uid=contact.uid)
        elif after != before and self.rules.mode in UPDATES:
            drifted = bool(link and self._drifted(link, before))
            if drifted and self.rules.keep_changed:
                self._add(Change.SKIP, Reason.KEPT_THERE, contact.uid, want.customer_key, before, after, owned)
                return
            reason = Reason.CHANGED_THERE if drifted else Reason.DIFFERS
            self._add(Change.UPDATE, reason, contact.uid, want.customer_key, before, after, owned)
        else:
            self.unchanged += 1
            remembered = Link(contact.uid, want.customer_key, before.phone, before.fields, owned)
            link = link and replace(link, fields={name: link.fields.get(name, "") for name in self.fields})
            if link != remembered:
                self._add(Change.LINK, Reason.MATCHES, contact.uid, want.customer_key, before, before, owned)

    def _removed(self, want: Desired, link: Link | None) -> None:
        if self.rules.make_removed_again and self.rules.mode in CREATES:
            stale = link.uid if link else self.gone_phones[want.values.phone]
            self._create(want, Reason.MADE_AGAIN, uid=stale, link=link.uid if link else None)
        else:
            self._skip(want, Reason.REMOVED_THERE, uid=link.uid if link else None)

    def _create(
        self, want: Desired, reason: Reason = Reason.NEW, *, uid: str | None = None, link: str | None = None
    ) -> None:
        if self.rules.mode not in CREATES:
            return
        if self.known.suppressed.covers(want.values.phone, want.customer_key):
            self._skip(want, Reason.SUPPRESSED, uid=link)
            return
        if self.known.opted_out.covers(want.values.phone, want.customer_key):
            self._skip(want, Reason.OPTED_OUT, uid=link)
            return
        self._add(Change.CREATE, reason, uid, want.customer_key, None, want.values, True)

    def _leave_or_delete(self, contact: Contact) -> None:
        link, values = self.links.get(contact.uid), self._values(contact)
        key = link.customer_key if link else ""
        ours = link is not None and link.owned
        if self._doubtful(contact.phone, contact.uid):
            self._add(Change.SKIP, Reason.IN_DOUBT, contact.uid, key, values, None, ours)
        elif self._held(key, contact.phone) and (link or self._deletes_foreign()):
            self._add(Change.SKIP, Reason.HELD, contact.uid, key, values, None, ours)
        elif (ours and self.rules.mode == "mirror") or self._deletes_foreign():
            reason = Reason.LEFT_SEGMENT if ours else Reason.FOREIGN
            self._add(Change.DELETE, reason, contact.uid, key, values, None, ours)
        else:
            self.foreign += not ours
            self.unchanged += ours

    def _held(self, key: str, phone: str) -> bool:
        held = self.known.held
        return held.everybody or key in held.keys or phone in held.phones

    def _deletes_foreign(self) -> bool:
        return self.rules.mode == "mirror" and self.rules.delete_foreign

    def _drifted(self, link: Link, before: Values) -> bool:
        shown = [*SHOWN, *(name for name, _ in self.by_uid[link.uid].fields)]
        there = {name: before.fields[name] for name in shown}
        return (link.phone, {name: link.fields.get(name, "") for name in shown}) != (before.phone, there)

    def _values(self, contact: Contact) -> Values:
        """What the listing shows; a field that it doesn't show is as we last wrote it."""
        link = self.links.get(contact.uid)
        written = dict(link.fields) if link else {}
        there = {**written, "first_name": contact.first_name, "last_name": contact.last_name, **dict(contact.fields)}
        return Values(contact.phone, {name: there.get(name, "") for name in self.fields})

    def _doubtful(self, phone: str, uid: str | None) -> bool:
        return phone in self.known.doubts.phones or uid in self.known.doubts.uids

    def _skip(self, want: Desired, reason: Reason, *, uid: str | None = None) -> None:
        self._add(Change.SKIP, reason, uid, want.customer_key, None, want.values, False)

    def _add(
        self,
        change: Change,
        reason: Reason,
        uid: str | None,
        key: str,
        before: Values | None,
        after: Values | None,
        owned: bool,
    ) -> None:
        self.rows.append(Row(change, reason, uid, key, before, after, owned))


def _sort_key(row: Row) -> tuple[int, str, str, str]:
    return (list(Change).index(row.change), row.values.phone, row.uid or "", row.customer_key)


def _ours_last(live: Iterable[Contact], links: dict[str, Link]) -> Iterator[Contact]:
    """Where a phone stands twice in the group, the one we know wins the dictionary, then the oldest uid."""
    newest_first = sorted(live, key=lambda contact: contact.uid, reverse=True)
    yield from sorted(newest_first, key=lambda contact: contact.uid in links)
