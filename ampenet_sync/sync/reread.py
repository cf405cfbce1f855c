"""Read a contact again before it is changed, where the plan was made from the ledger.

Whoever was changed or removed there since is left alone; the ledger learns what stands there, so that the next plan
sees it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from ampenet_sync.api import Contact, Slot
from ampenet_sync.errors import BadAnswer, InDoubt, Refused, Unreachable
from ampenet_sync.ledger import changes, links
from ampenet_sync.runs import Run
from ampenet_sync.runs.attempt import HOPELESS
from ampenet_sync.sync.listing import normalised
from ampenet_sync.sync.optouts import note_status
from ampenet_sync.sync.standing import Moved


@dataclass(frozen=True)
class Rereading:
    """Reads single contacts of one group. `region` is the country of numbers that stand there without one.

    `keeps_changed`: what somebody changed there stays unknown to the ledger, else the next plan would overwrite it.
    """

    run: Run
    group_uid: str
    region: str
    keeps_changed: bool = False

    def find(self, uids: Iterable[str]) -> list[Contact]:
        """Those of the contacts that are in the group, a call each. Raises ApiError."""
        contacts = (self.run.client.search_contact(self.group_uid, uid) for uid in uids)
        there = [normalised(contact, self.region) for contact in contacts if contact is not None]
        for contact in there:
            note_status(self.run, self.group_uid, contact)
        return there

    def as_it_stands(self, uid: str, *, slot: Slot | None = None) -> Contact | None:
        """The contact letter by letter, with its status noted where it shows. Raises one of `attempt.CAUGHT`."""
        with self._unread():
            contact = self.run.client.search_contact(self.group_uid, uid, slot=slot)
        if contact is not None:
            note_status(self.run, self.group_uid, contact)
        return contact

    def look(self, intent: changes.Intent) -> Contact | Moved:
        """The contact as it stands there, or why it is to be left alone. Raises one of `attempt.CAUGHT`."""
        run, uid = self.run, intent.uid or ""
        with self._unread():
            there = next(iter(self.find([uid])), None)
        if there is None:
            links.note_gone(run.ledger, run.destination, self.group_uid, uid)
            return Moved("contact_gone")
        before = dict(intent.before or {})
        seen = before | self._shown(there, before)
        if seen == before:
            return there
        if not self.keeps_changed:
            self._remember(uid, seen)
        return Moved("contact_changed")

    @contextmanager
    def _unread(self) -> Iterator[None]:
        """What may be otherwise at the next try is none of the contact's doing."""
        try:
            yield
        except (InDoubt, BadAnswer, Refused) as error:
            if isinstance(error, Refused) and error.code in HOPELESS["change"]:
                raise
            message = "the contact couldn't be read, so it was left alone"
            raise Unreachable(message, code="status_unread") from error

    def _shown(self, there: Contact, before: Mapping[str, str]) -> dict[str, str]:
        """What the answer shows of the managed fields; a field that can't be emptied there may be blank here alone."""
        shown = {
            "phone": there.phone,
            "first_name": there.first_name,
            "last_name": there.last_name,
            **dict(there.fields),
        }
        clears = self.run.client.dialect.clears_with_empty
        return {name: text for name, text in shown.items() if name in before and (clears or before[name])}

    def _remember(self, uid: str, seen: dict[str, str]) -> None:
        run = self.run
        known = links.link_of(run.ledger, run.destination, self.group_uid, uid)
        if known is not None:
            fields = {**known.fields, **{name: text for name, text in seen.items() if name != "phone"}}
            link = replace(known, phone=seen["phone"], fields=fields)
            links.write_links(run.ledger, run.destination, self.group_uid, [link])
