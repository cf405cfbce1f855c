"""Compare what should be with what is and what we remember. No network, no clock, no files: only values.

How a desired contact meets the group:

| live contact with its phone | our link for its key      | then                                                  |
|-----------------------------|---------------------------|-------------------------------------------------------|
| yes                         | (the phone match wins)    | link; update where managed fields differ              |
| no                          | its contact is live       | update moves that contact to the new number           |
| no                          | its contact is gone       | removed there: reported, never made again by itself   |
| no                          | none, phone linked + gone | removed there, as above                               |
| no                          | none                      | create, unless suppressed or opted out                |

What is left in the group after that:

| linked | owned | customer held | then                                              |
|--------|-------|---------------|---------------------------------------------------|
| no     |       | yes           | held: kept (his phone, or nobody knows whose)     |
| no     |       | no            | foreign: kept (deleted only under `deletes: all`) |
| yes    |       | yes           | held: kept                                        |
| yes    | no    | no            | foreign: kept (deleted only under `deletes: all`) |
| yes    | yes   | no            | mirror: delete; other modes keep it               |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ampenet_sync.api import Contact
from ampenet_sync.config import Mode
from ampenet_sync.contacts import OptOuts
from ampenet_sync.ledger import Suppressed
from ampenet_sync.ledger.links import Link
from ampenet_sync.sync.rows import Change, Reason, Row, Values

CREATES: tuple[Mode, ...] = ("mirror", "upsert", "create_only")
UPDATES: tuple[Mode, ...] = ("mirror", "upsert", "update_only")


@dataclass(frozen=True)
class Desired:
    """One contact that should stand in the group."""

    customer_key: str
    values: Values


@dataclass(frozen=True)
class Held:
    """Customers whose rows can't be judged, by key and by phone. `everybody`: a bad row could be anyone's."""

    keys: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    everybody: bool = False

    def covers(self, customer_key: str, phone: str) -> bool:
        return self.everybody or customer_key in self.keys or phone in self.phones


@dataclass(frozen=True)
class Rules:
    """What the segment's configuration permits, and which fields it manages."""

    mode: Mode
    delete_foreign: bool = False
    adopt_matched: bool = False
    first_name: bool = True
    last_name: bool = True


@dataclass(frozen=True)
class Doubts:
    """Phones and contacts with an open claim: left out until their outcome is known."""

    phones: frozenset[str] = frozenset()
    uids: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Known:
    """Everything beside desired and live that decides: links, held customers, who is never created, doubts."""

    links: Sequence[Link] = ()
    held: Held = Held()
    suppressed: Suppressed = field(default_factory=Suppressed)
    opted_out: OptOuts = field(default_factory=OptOuts)
    doubts: Doubts = Doubts()


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


def compare(desired: Sequence[Desired], live: Sequence[Contact], known: Known, *, rules: Rules) -> Comparison:
    """Each desired contact phone and key stands at most once; `live` is the complete listing of the group."""
    board = _Board(live, known, rules)
    waiting = [want for want in desired if not board.match_by_phone(want)]
    for want in waiting:
        board.match_by_key(want)
    board.judge_the_rest()
    return Comparison(
        rows=tuple(sorted(board.rows, key=Row.sort_key)),
        unchanged=board.unchanged,
        foreign=board.foreign,
        linked=sum(link.uid in board.by_uid for link in known.links),
    )


def managed(rules: Rules, wanted: Values, before: Values) -> Values:
    """What a contact becomes: a field that the configuration doesn't map keeps what stands there."""
    return Values(
        wanted.phone,
        wanted.first_name if rules.first_name else before.first_name,
        wanted.last_name if rules.last_name else before.last_name,
    )


@dataclass
class _Board:
    """The live contacts laid out, taken one by one as desired contacts find theirs."""

    live: Sequence[Contact]
    known: Known
    rules: Rules
    rows: list[Row] = field(default_factory=list)
    unchanged: int = 0
    foreign: int = 0

    def __post_init__(self) -> None:
        self.by_uid = {contact.uid: contact for contact in self.live}
        self.links = {link.uid: link for link in self.known.links}
        self.links_of_key: dict[str, list[Link]] = {}
        for link in self.known.links:
            self.links_of_key.setdefault(link.customer_key, []).append(link)
        self.gone_phones = {link.phone for link in self.known.links if link.uid not in self.by_uid}
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
            self._skip(want, Reason.REMOVED_THERE, uid=link.uid if link else None)
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
        link, before = self.links.get(contact.uid), _values(contact)
        after = managed(self.rules, want.values, before)
        owned = link.owned if link else self.rules.adopt_matched
        if self._doubtful(contact.phone, contact.uid) or self._doubtful(after.phone, None):
            self._skip(want, Reason.IN_DOUBT, uid=contact.uid)
        elif after != before and self.rules.mode in UPDATES:
            reason = Reason.CHANGED_THERE if link and self._drifted(link, before) else Reason.DIFFERS
            self._add(Change.UPDATE, reason, contact.uid, want.customer_key, before, after, owned)
        else:
            self.unchanged += 1
            remembered = Link(contact.uid, want.customer_key, *before, owned=owned)
            if link != remembered:
                self._add(Change.LINK, Reason.MATCHES, contact.uid, want.customer_key, before, before, owned)

    def _create(self, want: Desired) -> None:
        if self.rules.mode not in CREATES:
            return
        if self.known.suppressed.covers(want.values.phone, want.customer_key):
            self._skip(want, Reason.SUPPRESSED)
            return
        if self.known.opted_out.covers(want.values.phone, want.customer_key):
            self._skip(want, Reason.OPTED_OUT)
            return
        self._add(Change.CREATE, Reason.NEW, None, want.customer_key, None, want.values, True)

    def _leave_or_delete(self, contact: Contact) -> None:
        link, values = self.links.get(contact.uid), _values(contact)
        key = link.customer_key if link else ""
        ours = link is not None and link.owned
        if self._doubtful(contact.phone, contact.uid):
            self._add(Change.SKIP, Reason.IN_DOUBT, contact.uid, key, values, None, ours)
        elif self.known.held.covers(key, contact.phone) and (link or self._deletes_foreign()):
            self._add(Change.SKIP, Reason.HELD, contact.uid, key, values, None, ours)
        elif (ours and self.rules.mode == "mirror") or self._deletes_foreign():
            reason = Reason.LEFT_SEGMENT if ours else Reason.FOREIGN
            self._add(Change.DELETE, reason, contact.uid, key, values, None, ours)
        else:
            self.foreign += not ours
            self.unchanged += ours

    def _deletes_foreign(self) -> bool:
        return self.rules.mode == "mirror" and self.rules.delete_foreign

    def _drifted(self, link: Link, before: Values) -> bool:
        return Values(link.phone, link.first_name, link.last_name) != before

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


def _values(contact: Contact) -> Values:
    return Values(contact.phone, contact.first_name, contact.last_name)


def _ours_last(live: Iterable[Contact], links: dict[str, Link]) -> Iterator[Contact]:
    """Where a phone stands twice in the group, the one we know wins the dictionary, then the oldest uid."""
    yield from sorted(live, key=lambda contact: (contact.uid in links, _descending(contact.uid)))


def _descending(uid: str) -> tuple[int, ...]:
    return tuple(-ord(letter) for letter in uid)
