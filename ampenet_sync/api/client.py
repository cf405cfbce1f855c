"""One typed method for each documented endpoint. How a call is carried and judged is not decided here.

Errors of every method: Unauthorised (stop), Refused (a stable code, e.g. not_found, duplicate, balance), Throttled,
Unreachable; reads also BadAnswer, writes also InDoubt. Reads are asked again by themselves, writes never are.
"""

from __future__ import annotations

import random as chance
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from ampenet_sync.api import calls, shapes
from ampenet_sync.api.calls import Call
from ampenet_sync.api.dispatch import Dispatch, ReadPolicy
from ampenet_sync.api.shapes import Account, Balance, Contact, Group, Message, Page
from ampenet_sync.api.throttle import Slot, SlotThrottle, Throttle
from ampenet_sync.api.transport import Deadlines, RequestsTransport, Transport
from ampenet_sync.config import Api
from ampenet_sync.errors import BadAnswer, Refused

T = TypeVar("T")

MOST_PAGES = 1_000_000  # 25 million rows; a platform that names more is not to be believed


def connect(
    api: Api,
    token: str,
    *,
    throttle: Throttle | None = None,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
    random: Callable[[], float] = chance.random,
) -> Client:
    """A client for the configured address; without a throttle handed in, one for this process alone."""
    deadlines = Deadlines()
    transport = RequestsTransport(api.base_url, token, deadlines=deadlines, pool=api.concurrency)
    if throttle is None:
        throttle = SlotThrottle(api.requests_per_minute, deadline=deadlines.longest, clock=clock, sleep=sleep)
    return Client(transport, throttle, clock=clock, sleep=sleep, random=random)


class Client:
    """The platform's API, dialect 3.8. Safe for several threads as far as transport and throttle are."""

    def __init__(
        self,
        transport: Transport,
        throttle: Throttle,
        *,
        policy: ReadPolicy | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = chance.random,
    ) -> None:
        policy = policy or ReadPolicy()
        self._dispatch = Dispatch(transport, throttle, policy=policy, clock=clock, sleep=sleep, random=random)

    @property
    def calls(self) -> int:
        """Requests that went out so far, repeated reads included."""
        return self._dispatch.calls

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
        slot: Slot | None = None,
        send_before: float | None = None,
    ) -> Contact:
        """Create one contact. A second one with this phone is Refused `duplicate`.

        `slot`: one already taken from the throttle. `send_before`: epoch seconds after which nothing is sent any more
        (Unreachable `too_late`).
        """
        body = shapes.contact_body(phone=phone, first_name=first_name, last_name=last_name)
        read = partial(shapes.written_contact, sent=body)
        return self._dispatch.write(
            calls.STORE_CONTACT, read, body=body, slot=slot, send_before=send_before, group=group_uid
        )

    def search_contact(self, group_uid: str, uid: str) -> Contact | None:
        """One contact; None where this group has no such uid. A missing group is Refused `group_not_found`."""
        try:
            return self._dispatch.read(
                calls.SEARCH_CONTACT, partial(_contact_or_none, uid=uid), group=group_uid, contact=uid
            )
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
        slot: Slot | None = None,
        send_before: float | None = None,
    ) -> Contact:
        """Write all three fields of a contact. Refused `not_found`: gone; `wrong_group`: it is not in this group."""
        body = shapes.contact_body(phone=phone, first_name=first_name, last_name=last_name)
        read = partial(shapes.written_contact, sent=body, uid=uid)
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

    def contact_pages(self, group_uid: str) -> Iterator[Page[Contact]]:
        """Every page of a group; in no promised order, and rows may shift between pages while others write."""
        return self._pages(calls.LIST_CONTACTS, shapes.contact, group=group_uid)

    def create_group(self, name: str) -> Group:
        """Create a group. A second one with this name is Refused `duplicate`."""
        read = partial(shapes.named_group, name=name)
        return self._dispatch.write(calls.CREATE_GROUP, read, body={"name": name})

    def show_group(self, uid: str) -> Group:
        """One group; Refused `not_found` where there is none."""
        read = partial(shapes.asked_for, read=shapes.group, uid=uid)
        return self._dispatch.read(calls.SHOW_GROUP, read, group=uid)

    def rename_group(self, uid: str, name: str) -> Group:
        """Rename a group. The platform switches its welcome, unsubscribe and keyword messages off thereby."""
        read = partial(shapes.named_group, name=name, uid=uid)
        return self._dispatch.write(calls.RENAME_GROUP, read, body={"name": name}, group=uid)

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
        """Every page of the sent messages, newest first; rows of other customers and inbound ones may be among them."""
        return self._pages(calls.LIST_MESSAGES, shapes.message)

    def balance(self) -> Balance:
        """The units left."""
        return self._dispatch.read(calls.BALANCE, shapes.balance)

    def me(self) -> Account:
        """Whose token this is; the token in the answer is dropped at once."""
        return self._dispatch.read(calls.ME, shapes.account)

    def _pages(self, call: Call, item: Callable[[object], T], **uids: str) -> Iterator[Page[T]]:
        """Pages are counted here; the address of a next page, which answers name, is never followed."""
        number, last_page = 1, 1
        while number <= last_page:
            page = self._dispatch.read(call, partial(shapes.page, read=item, number=number), page=number, **uids)
            last_page = page.last_page
            if last_page > MOST_PAGES:
                raise BadAnswer(
                    f"{call.name} names {last_page} pages; {MOST_PAGES} are believed", code="too_many_pages"
                )
            yield page
            number += 1


def _contact_or_none(data: object, *, uid: str) -> Contact | None:
    return None if data is None else shapes.asked_for(data, shapes.contact, uid=uid)


def _nothing(_: object) -> None:
    return None
