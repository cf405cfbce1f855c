"""Ask contacts one by one whether they opted out there, those first who were longest not heard.

Where a search shows the status it is read, and nothing is written. Elsewhere only the answer to an update shows it:
then the contact is read first, and written exactly as it stands there, under a claim as any other change.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from ampenet_sync.api import Contact, Lane, Slot
from ampenet_sync.ledger import changes, links, statuses
from ampenet_sync.ledger.links import Link
from ampenet_sync.runs import Run, hand_out
from ampenet_sync.runs.attempt import CAUGHT, leave_after
from ampenet_sync.sync.group import GroupRun
from ampenet_sync.sync.listing import normalised
from ampenet_sync.sync.optouts import UNSUBSCRIBED, calls_of_an_ask, note_opt_out
from ampenet_sync.sync.standing import Moved

Ended = Literal["heard", "opted out", "unheard"]


@dataclass
class Asked:
    """What asking came to: how many contacts were to be asked, were tried and heard, and how many of those opted out.

    `left_alone` are links of contacts that couldn't be asked as somebody changed or removed them there, and why.
    """

    total: int = 0
    tried: int = 0
    heard: int = 0
    opted_out: int = 0
    left_alone: list[tuple[Link, Moved]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def came_to(self, link: Link, ended: Ended | Moved) -> None:
        """Count one contact; any thread may."""
        with self._lock:
            self.tried += 1
            if isinstance(ended, Moved):
                self.left_alone.append((link, ended))
                return
            self.heard += ended != "unheard"
            self.opted_out += ended == "opted out"


@dataclass(frozen=True)
class Asking:
    """Asks the contacts of one group for the plan of this digest. `since` is when it was made: whoever was heard after
    that isn't asked, so a plan that is applied again goes on where it was."""

    at: GroupRun
    plan: str
    since: float

    def ask(self, executor: Executor) -> Asked:
        """Ask all who are left, until the run's window or breaker ends it. Raises Unauthorised, Busy."""
        run = self.at.run
        ids = statuses.ids_to_ask(run.ledger, run.destination, self.at.group_uid, since=self.since)
        asked = Asked(total=len(ids))

        def work(known: tuple[int, Link]) -> None:
            asked.came_to(known[1], self._ask(*known))
            run.progress("asking", asked.tried, asked.total)

        if ids:
            run.progress("asking", 0, asked.total)
            hand_out(self._until_it_ends(statuses.links_at(run.ledger, ids)), work, executor=executor)
        return asked

    def _until_it_ends(self, known: Iterator[tuple[int, Link]]) -> Iterator[tuple[int, Link]]:
        for entry in known:
            if self.at.run.breaker.is_open:
                return
            yield entry

    def _ask(self, id: int, link: Link) -> Ended | Moved:
        run, ended = self.at.run, list[Ended | Moved](["unheard"])

        def attempt() -> bool:
            run.lease.renew()
            with run.permitted(calls_of_an_ask(run.client)) as permitted, self._slots() as slots:
                if not permitted:
                    return False
                try:
                    seen = self.at.rereading.as_it_stands(link.uid, slot=slots.pop(0))
                except CAUGHT as error:
                    return leave_after(error, "change", _leave_unclaimed, run.breaker)
                answer = self._read(link, seen)
                if not isinstance(answer, Contact) or not slots:
                    ended.append("unheard" if isinstance(answer, Contact) else answer)
                    return False
                return self._write(self._intent(id, link, answer), slots, ended)

        run.breaker.keep_trying(attempt, sleep=run.sleep)
        return ended[-1]

    @contextmanager
    def _slots(self) -> Iterator[list[Slot]]:
        """A slot of the rate for each call, taken before the first of them: no wait for one may come between reading
        a contact and writing it. Those that are left in the end go back."""
        run, slots = self.at.run, list[Slot]()
        try:
            for _ in range(0 if run.breaker.is_open else calls_of_an_ask(run.client)):
                slots.append(run.client.throttle.take(Lane.SYNC))
            yield slots
        finally:
            for slot in slots:
                run.client.throttle.give_back(slot)

    def _read(self, link: Link, seen: Contact | None) -> Ended | Moved | Contact:
        """What reading alone came to, or the contact as it stands, where only an update would show its status."""
        run = self.at.run
        if seen is None:
            links.note_gone(run.ledger, run.destination, self.at.group_uid, link.uid)
            return Moved("contact_gone")
        if seen.status:  # noted as it was read
            return "opted out" if seen.status == UNSUBSCRIBED else "heard"
        if run.client.dialect.status_read == "search":
            return "unheard"
        return seen if seen.phone == normalised(seen, self.at.region).phone else Moved("phone_otherwise")

    def _write(self, intent: changes.Intent, slots: list[Slot], ended: list[Ended | Moved]) -> bool:
        """Write the contact as it was just read, for the sake of the answer. True: not done for now, so again."""
        run = self.at.run
        held = changes.claim(
            run.ledger, run.destination, intent, run=run.id, send_before=run.send_before(), lease=run.lease
        )
        if isinstance(held, str):
            if held == "taken_over":
                raise run.lease.lost()
            return False  # an open request of somebody else, or of a person who was forgotten
        run.crash("ask claimed")
        try:
            answer = self._update(held, slots.pop())
        except CAUGHT as error:
            return leave_after(error, "change", partial(_leave, run, held), run.breaker)
        run.crash("ask answered")
        if answer.status:
            left = note_opt_out(run, intent.group_uid, answer, phone=intent.phone, customer_key=intent.customer_key)
            ended.append("opted out" if left else "heard")
        changes.finish(run.ledger, run.destination, held, status_seen=bool(answer.status))
        run.breaker.worked()
        return False

    def _intent(self, id: int, link: Link, there: Contact) -> changes.Intent:
        names = {"first_name": there.first_name, "last_name": there.last_name}
        return changes.Intent(
            plan=statuses.asks_of(self.plan),
            position=id,
            group_uid=self.at.group_uid,
            change="ask",
            uid=link.uid,
            customer_key=link.customer_key,
            phone=there.phone,
            fields=names,
            before={"phone": there.phone, **names},
            owned=link.owned,
        )

    def _update(self, held: changes.Claim, slot: Slot) -> Contact:
        intent = held.intent
        return self.at.run.client.update_contact(
            intent.group_uid,
            intent.uid or "",
            phone=intent.phone,
            first_name=intent.fields["first_name"],
            last_name=intent.fields["last_name"],
            slot=slot,
            send_before=held.send_before,
        )


def _leave(run: Run, held: changes.Claim, state: changes.Left, code: str) -> None:
    changes.leave(run.ledger, held, state, code=code)


def _leave_unclaimed(state: changes.Left, code: str) -> None:
    """Nothing was claimed yet, so nothing is to be given back."""
