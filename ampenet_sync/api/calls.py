"""The documented endpoints as one table. It sends nothing and knows no field of any body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from ampenet_sync.api.transport import Request
from ampenet_sync.errors import Refused
from ampenet_sync.throttle import Lane

UID = re.compile(r"[0-9A-Za-z-]{1,64}")  # 13 lower-case hex characters so far; never a dot, slash or percent sign


class Kind(Enum):
    """What a lost answer would mean: nothing, perhaps a changed contact, perhaps a paid message."""

    READ = "read"
    WRITE = "write"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class Call:
    """One endpoint."""

    name: str
    kind: Kind
    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str

    @property
    def lane(self) -> Lane:
        return Lane.CAMPAIGN if self.kind is Kind.SEND else Lane.SYNC

    def request(
        self,
        uids: Mapping[str, str],
        *,
        page: int | None = None,
        body: Mapping[str, str] | None = None,
        within: float | None = None,
    ) -> Request:
        """Raises Refused `bad_uid` for anything that is no uid: it must not reach a path."""
        for name, uid in uids.items():
            if not UID.fullmatch(uid):
                raise Refused(f"{self.name}: the {name} uid is not one of Ampenet's", code="bad_uid")
        query = {} if page is None else {"page": page}
        return Request(self.method, self.path.format_map(uids), query, body, within)


STORE_CONTACT = Call("store_contact", Kind.WRITE, "POST", "/contacts/{group}/store")
SEARCH_CONTACT = Call("search_contact", Kind.READ, "POST", "/contacts/{group}/search/{contact}")
UPDATE_CONTACT = Call("update_contact", Kind.WRITE, "PATCH", "/contacts/{group}/update/{contact}")
DELETE_CONTACT = Call("delete_contact", Kind.WRITE, "DELETE", "/contacts/{group}/delete/{contact}")
LIST_CONTACTS = Call("contact_pages", Kind.READ, "POST", "/contacts/{group}/all")
CREATE_GROUP = Call("create_group", Kind.WRITE, "POST", "/contacts")
SHOW_GROUP = Call("show_group", Kind.READ, "POST", "/contacts/{group}/show")
RENAME_GROUP = Call("rename_group", Kind.WRITE, "PATCH", "/contacts/{group}")
DELETE_GROUP = Call("delete_group", Kind.WRITE, "DELETE", "/contacts/{group}")
LIST_GROUPS = Call("group_pages", Kind.READ, "GET", "/contacts")
SEND_MESSAGE = Call("send_message", Kind.SEND, "POST", "/sms/send")
VIEW_MESSAGE = Call("view_message", Kind.READ, "GET", "/sms/{message}")
LIST_MESSAGES = Call("message_pages", Kind.READ, "GET", "/sms")
BALANCE = Call("balance", Kind.READ, "GET", "/balance")
ME = Call("me", Kind.READ, "GET", "/me")
