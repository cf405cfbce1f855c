"""One typed method for each documented endpoint. How a call is carried and judged is not decided here.

Errors of every method: Unauthorised (stop), Refused (a stable code, e.g. not_found, duplicate, balance), Throttled,
Unreachable; reads also BadAnswer, writes also InDoubt. Reads are asked again by themselves, writes never are.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Literal, TypeVar

from ampenet_sync.api import calls, shapes
from ampenet_sync.api.calls import Call
from ampenet_sync.api.detect import detect
from ampenet_sync.api.dialect import DIALECTS, Detected, Dialect, Evidence, Name
from ampenet_sync.api.dispatch import Dispatch, OnWait, ReadPolicy
from ampenet_sync.api.paging import in_order
from ampenet_sync.api.shapes import Account, Balance, Contact, Group, Message, Page
from ampenet_sync.api.tally import Tally
from ampenet_sync.api.transport import Transport
from ampenet_sync.errors import ApiError, BadAnswer, InDoubt, Refused
from ampenet_sync.throttle import Slot, Throttle

T = TypeVar("T")

INTERNATIONAL = re.compile(r"[1-9][0-9]*")
MOST_PAGES = 1_000_000  # 25 million rows; a platform that names more is not to be believed


class Client:
    """The platform's API in any of its dialects. Safe for several threads as far as transport and throttle are.

    `dialect` auto finds out by itself, the first time somebody wants to know; ordinary calls suit every dialect.
    `executor` makes the threads in which `pages_at_once` pages of a listing are read.
    """

    def __init__(
        self,
        transport: Transport,
        throttle: Throttle,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        random: Callable[[], float],
        dialect: Name | Literal["auto"] = "auto",
        pages_at_once: int = 1,
        executor: Callable[[int], Executor] = ThreadPoolExecutor,
        policy: ReadPolicy | None = None,
        on_wait: OnWait = lambda wait: None,
    ) -> None:
        self._pages_at_once, self._executor = pages_at_once, executor
        self._evidence = Evidence()
        known = None if dialect == "auto" else Detected(DIALECTS[dialect], (f"api.dialect is {dialect}",))
        self._detected: Detected | None = known
        self._detecting = threading.Lock()
        self._dispatch = Dispatch(
            transport,
            throttle,
            policy=policy or ReadPolicy(),
            clock=clock,
            sleep=sleep,
            random=random,
            notice=self._evidence.note,
            on_wait=on_wait,
        )

    @property
    def dialect(self) -> Dialect:
        """What differs for callers; see `detected`."""
        return self.detected.dialect

    @property
    def detected(self) -> Detected:
        """Which dialect answers and on what evidence. Once certain it stays.

        Where neither the configuration nor the answers so far tell, at most six reads find out; raises Unauthorised,
        Throttled or Unreachable where even those are impossible.
        """
        with self._detecting:
            if self._detected is None:
                with self.tally.under("dialect"):
                    self._detected = detect(self._dispatch, self._evidence)
            elif not self._detected.certain:
                self._detected = self._evidence.concluded()
            return self._detected

    @property
    def believed(self) -> Detected:
        """What the configuration and the answers so far tell of the dialect. Asks nothing; see `detected`."""
        with self._detecting:
            if self._detected is not None and self._detected.certain:
                return self._detected
            return self._evidence.concluded()

    @property
    def server_ahead(self) -> float | None:
        """By how many seconds the platform's clock is before ours; None while no answer told the time."""
        return self._dispatch.server_ahead

    @property
    def under_way(self) -> int:
        """Requests that are on the wire."""
        return self._dispatch.under_way

    @property
    def calls(self) -> int:
        """Requests that went out so far, repeated reads included."""
        return self.tally.calls

    @property
    def tally(self) -> Tally:
        """What they were for."""
        return self._dispatch.tally

    @property
    def throttle(self) -> Throttle:
        return self._dispatch.throttle

    def store_contact(
        self,
        group_uid: str,
        *,
        phone: str,
        first_name: str,
        last_name: str,
        fields: Mapping[str, str] | None = None,
        slot: Slot | None = None,
        send_before: float | None = None,
    ) -> Contact:
        """Create one contact. A second one with this phone is Refused `duplicate`, or on 3.1 silently made.

        `phone`: digits with country code. `fields`: custom fields by upper-case tag, read by 3.9 alone. `slot`: one
        already taken from the throttle. `send_before`: epoch seconds after which nothing is sent any more (Unreachable
        `too_late`).
        """
        body = self._body(slot, phone=phone, first_name=first_name, last_name=last_name, fields=fields, new=True)
        read = partial(shapes.written_contact, sent=body)
        with self._phone_checked_first():
            return self._dispatch.write(
                calls.STORE_CONTACT, read, body=body, slot=slot, send_before=send_before, group=group_uid
            )

    def search_contact(self, group_uid: str, uid: str, *, slot: Slot | None = None) -> Contact | None:
        """One contact; None where this group has no such uid. A missing group is Refused `group_not_found`."""
        read = partial(shapes.contact_or_none, uid=uid)
        try:
            return self._dispatch.read(calls.SEARCH_CONTACT, read, slot=slot, group=group_uid, contact=uid)
        except Refused as error:
            if error.code == "not_found":
                return None
            raise

    def update_contact(
        self,
        group_uid: str,
        uid: str,
        *,
        phone: str,
        first_name: str,
        last_name: str,
        fields: Mapping[str, str] | None = None,
        slot: Slot | None = None,
        send_before: float | None = None,
    ) -> Contact:
        """Write a contact's phone, names and the custom fields given.

        Refused `not_found`: gone; `wrong_group`: it is not in this group, which 3.9 does not look at. Where the dialect
        can't clear with an empty value, the answer shows the value that stayed.
        """
        body = self._body(slot, phone=phone, first_name=first_name, last_name=last_name, fields=fields)
        read = partial(shapes.written_contact, sent=body, uid=uid)
        with self._phone_checked_first():
            return self._dispatch.write(
                calls.UPDATE_CONTACT, read, body=body, slot=slot, send_before=send_before, group=group_uid, contact=uid
            )

    def delete_contact(
        self, group_uid: str, uid: str, *, slot: Slot | None = None, send_before: float | None = None
    ) -> None:
        """Delete a contact. Refused `not_found`: it was gone; `not_deleted`: not in this group, or a fault there."""
        self._dispatch.write(
            calls.DELETE_CONTACT, _nothing, slot=slot, send_before=send_before, group=group_uid, contact=uid
        )

    def contact_pages(self, group_uid: str, *, at_once: int | None = None) -> Iterator[Page[Contact]]:
        """Every page of a group, in order; rows stand in none, and may shift between pages while others write.

        From the second on, `at_once` pages are asked for together (default: as the client was made). BadAnswer
        `not_listable`: this install can't list contacts at all.
        """
        return self._pages(calls.LIST_CONTACTS, shapes.contact, at_once=at_once or self._pages_at_once, group=group_uid)

    def create_group(self, name: str) -> Group:
        """Create a group. A second one with this name is Refused `duplicate`."""
        read = partial(shapes.named_group, name=name)
        return self._dispatch.write(calls.CREATE_GROUP, read, body={"name": name})

    def show_group(self, uid: str) -> Group:
        """One group; Refused `not_found` where there is none."""
        read = partial(shapes.asked_for, read=shapes.group, uid=uid)
        return self._dispatch.read(calls.SHOW_GROUP, read, group=uid)

    def rename_group(self, uid: str, name: str, *, sending_server: str | None = None) -> Group:
        """Rename a group. The platform switches its welcome, unsubscribe and keyword messages off thereby.

        3.1 demands a `sending_server`, which its documentation doesn't name.
        """
        read = partial(shapes.named_group, name=name, uid=uid)
        body = {"name": name} | ({"sending_server": sending_server} if sending_server else {})
        return self._dispatch.write(calls.RENAME_GROUP, read, body=body, group=uid)

    def delete_group(self, uid: str) -> None:
        """Delete a group and every contact in it."""
        self._dispatch.write(calls.DELETE_GROUP, _nothing, group=uid)

    def group_pages(self) -> Iterator[Page[Group]]:
        return self._pages(calls.LIST_GROUPS, shapes.group)

    def send_message(
        self, *, phone: str, sender_id: str, text: str, slot: Slot | None = None, send_before: float | None = None
    ) -> Message:
        """Send one text to one number, at once. Only listed refusals prove that it was not sent; see `answers`."""
        body = shapes.message_body(phone=phone, sender_id=sender_id, text=text)
        read = partial(shapes.sent_message, phone=phone, sender_id=sender_id, text=text)
        return self._dispatch.write(calls.SEND_MESSAGE, read, body=body, slot=slot, send_before=send_before)

    def view_message(self, uid: str) -> Message:
        """One message; Refused `not_found` where there is none."""
        read = partial(shapes.asked_for, read=shapes.message, uid=uid)
        return self._dispatch.read(calls.VIEW_MESSAGE, read, message=uid)

    def message_pages(self) -> Iterator[Page[Message]]:
        """Every page of the sent messages, from the end that `dialect.messages_newest_first` tells.

        Rows of other customers and inbound ones may be among them.
        """
        return self._pages(calls.LIST_MESSAGES, shapes.message)

    def message_page(self, number: int) -> Page[Message]:
        """One page of the same, counted from 1."""
        return self._reader(calls.LIST_MESSAGES, shapes.message)(number)

    def messages_from_new_end(self) -> Iterator[Page[Message]]:
        """The same pages, the newest messages' one first, whichever end the install begins at: uids grow with time."""
        pages = self._reader(calls.LIST_MESSAGES, shapes.message)
        first = pages(1)
        uids = [message.uid for message in first.items]
        if first.last_page <= 1 or uids[0] > uids[-1]:
            yield first
            yield from (pages(number) for number in range(2, first.last_page + 1))
            return
        yield from (pages(number) for number in range(first.last_page, 1, -1))
        yield first

    def balance(self) -> Balance:
        """The units left."""
        return self._dispatch.read(calls.BALANCE, shapes.balance)

    def me(self) -> Account:
        """Whose token this is; the token in the answer is dropped at once."""
        return self._dispatch.read(calls.ME, shapes.account)

    def _pages(self, call: Call, item: Callable[[object], T], *, at_once: int = 1, **uids: str) -> Iterator[Page[T]]:
        """Pages are counted here; the address of a next page, which answers name, is never followed."""
        return in_order(self._reader(call, item, **uids), at_once=at_once, executor=self._executor)

    def _reader(self, call: Call, item: Callable[[object], T], **uids: str) -> Callable[[int], Page[T]]:
        why = self.tally.why  # of the thread that wants the pages, whichever reads them

        def read(number: int) -> Page[T]:
            whole = partial(shapes.page, read=item, number=number)
            with self.tally.under(why):
                page = self._dispatch.read(call, whole, page=number, slot=None, **uids)
            if page.last_page > MOST_PAGES:
                raise BadAnswer(
                    f"{call.name} names {page.last_page} pages; {MOST_PAGES} are believed", code="too_many_pages"
                )
            return page

        return read

    @contextmanager
    def _phone_checked_first(self) -> Iterator[None]:
        """Where the platform may have written a phone before it called it invalid, that refusal proves nothing."""
        try:
            yield
        except Refused as error:
            if error.code != "invalid_phone" or self._checks_phones_first():
                raise
            words, status = error.message.replace(" was refused: ", " is in doubt: "), error.status
            raise InDoubt(words, code="invalid_phone", status=status) from None

    def _checks_phones_first(self) -> bool:
        try:
            return self.dialect.checks_phones_first
        except ApiError:
            return False

    def _body(
        self,
        slot: Slot | None,
        *,
        phone: str,
        first_name: str,
        last_name: str,
        fields: Mapping[str, str] | None,
        new: bool = False,
    ) -> dict[str, str]:
        """What can't be asked gives the slot back.

        A new number is digits with country code or nothing is sent: 3.1 stores a local one and then reports an error,
        and on 3.9 one with a plus slips past the check for twins and re-subscribes whoever opted out.
        """
        try:
            if new and not INTERNATIONAL.fullmatch(phone):
                raise Refused("store_contact: the phone is not digits with a country code", code="bad_phone")
            return shapes.contact_body(phone=phone, first_name=first_name, last_name=last_name, fields=fields)
        except Refused:
            if slot:
                self.throttle.give_back(slot)
            raise


def _nothing(_: object) -> None:
    return None
