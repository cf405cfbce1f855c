"""The platform's JSON → frozen values, and our values → its field names. No network; a wrong shape is an error.

The documentation leaves the shapes out. What builds are known to differ in is read alike where it can't be mistaken:
a phone as number or text, a status under either name, names as fields or among the custom fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ampenet_sync.api.answers import quote
from ampenet_sync.api.calls import UID
from ampenet_sync.codes import ApiCode
from ampenet_sync.errors import Refused

T = TypeVar("T")
LONGEST_LINE = 80
NAMES = ("PHONE", "FIRST_NAME", "LAST_NAME")  # the tags that every contact of 3.9 has
TAG = re.compile(r"[A-Z][A-Z0-9_]{0,63}")


class Misshapen(ValueError):
    """The data of a success is not what it should be. Never leaves this room: it becomes InDoubt or BadAnswer."""

    def __init__(self, what: str, *, code: ApiCode = "bad_shape") -> None:
        super().__init__(what)
        self.what, self.code = what, code


@dataclass(frozen=True, slots=True)
class Contact:
    """One phone in one group. `status` (subscribe, unsubscribe) only where the answer shows it.

    `fields`: custom fields by tag, in order of their tags, on 3.9 where the answer shows them.
    """

    uid: str
    phone: str
    first_name: str
    last_name: str
    status: str | None = None
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    uid: str
    name: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message as the platform reports it. `status` is an open set of words; `parts` as billed, where shown."""

    uid: str
    to: str
    sender: str
    text: str
    status: str
    parts: int | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a listing; `total` is what the platform counted at that moment."""

    items: tuple[T, ...]
    number: int
    last_page: int
    total: int


@dataclass(frozen=True, slots=True)
class Balance:
    """Units left as the platform writes them; `units` is None where it is unlimited or not to be read as a number."""

    text: str
    units: float | None

    @property
    def unlimited(self) -> bool:
        return self.text.strip().lower() == "unlimited"


@dataclass(frozen=True, slots=True)
class Account:
    """Whose token this is."""

    uid: str
    name: str
    time_zone: str | None


Named = TypeVar("Named", Contact, Group, Message)


def contact_body(
    *, phone: str, first_name: str, last_name: str, fields: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Both spellings of each name: 3.1 and 3.8 read the lower-case ones, 3.9 the others, each ignores the rest.

    `fields` are custom fields by tag; only 3.9 reads them. Raises Refused `bad_tag` for what is no tag of one.
    """
    wrong = [tag for tag in fields or {} if tag in NAMES or not TAG.fullmatch(tag)]
    if wrong:
        raise Refused(f"{len(wrong)} custom fields have no upper-case tag of their own", code="bad_tag")
    named = {"phone": phone, "first_name": first_name, "last_name": last_name}
    return named | {name.upper(): value for name, value in named.items()} | dict(fields or {})


def message_body(*, phone: str, sender_id: str, text: str) -> dict[str, str]:
    return {"recipient": phone, "sender_id": sender_id, "type": "plain", "message": text}


def contact(data: object) -> Contact:
    """A contact of a listing or a search."""
    row = _contact_row(data)
    return Contact(
        uid=_uid(row, "contact"),
        phone=_phone(row, "phone"),
        first_name=_text(row, "first_name"),
        last_name=_text(row, "last_name"),
        status=_text(row, "status") or None,
        fields=_fields(row),
    )


def contact_or_none(data: object, *, uid: str) -> Contact | None:
    """The answer to a search: a success without data says that the group has no such contact."""
    return None if data is None else asked_for(data, contact, uid=uid)


def written_contact(data: object, sent: Mapping[str, str], *, uid: str | None = None) -> Contact:
    """The answer to store or update: what it shows must be what was sent; what it leaves out is what was sent.

    A new contact (`uid` None) needs the uid the platform gave it.
    """
    row = _contact_row({} if data is None and uid else data)
    answered = uid if uid is not None and row.get("uid") is None else _uid(row, "contact")
    if uid is not None and answered != uid:
        raise Misshapen("the answer shows another contact's uid", code="other_uid")
    if row.get("phone") is not None and _phone(row, "phone") != phone_text(sent["phone"]):
        raise Misshapen("the answer shows another phone", code="other_phone")
    return Contact(
        uid=answered,
        phone=sent["phone"],
        first_name=_text(row, "first_name", sent["first_name"]),
        last_name=_text(row, "last_name", sent["last_name"]),
        status=_text(row, "status") or None,
        fields=_fields(row),
    )


def group(data: object) -> Group:
    row = _row(data, "group")
    if row.get("name") is None:
        raise Misshapen("the group has no name")
    return Group(uid=_uid(row, "group"), name=_text(row, "name"))


def named_group(data: object, name: str, *, uid: str | None = None) -> Group:
    """The answer to create or rename; a new group (`uid` None) needs the uid the platform gave it."""
    row = _row({} if data is None and uid else data, "group")
    answered = uid if uid is not None and row.get("uid") is None else _uid(row, "group")
    if uid is not None and answered != uid:
        raise Misshapen("the answer shows another group's uid", code="other_uid")
    return Group(uid=answered, name=_text(row, "name", name))


def message(data: object) -> Message:
    row = _row(data, "message")
    return Message(
        uid=_uid(row, "message"),
        to=_phone(row, "to"),
        sender=_text(row, "from"),
        text=_text(row, "message"),
        status=_text(row, "status") or _text(row, "customer_status"),
        parts=_parts(row),
    )


def sent_message(data: object, *, phone: str, sender_id: str, text: str) -> Message:
    """The answer to a single send: it needs a uid, and the number where shown must be ours."""
    row = _row(data, "message")
    shown = {"to": phone, "from": sender_id, "message": text} | {k: v for k, v in row.items() if v is not None}
    sent = message(shown)
    if sent.to != phone_text(phone):
        raise Misshapen("the answer shows another phone", code="other_phone")
    return sent


def balance(data: object) -> Balance:
    """3.1 says remaining_unit, later builds remaining_balance; both are written for people (`TSh1,250`)."""
    row = _row(data, "balance")
    value = next((row[key] for key in ("remaining_balance", "remaining_unit") if row.get(key) is not None), None)
    if value is None:
        raise Misshapen("the balance has no remaining units")
    text = _line(_as_text(value, "balance"))
    match = re.fullmatch(
        r"[^\d,.+-]{0,6}(-?(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,9})?)(?: ?[^\d,.]{1,6})?", text, re.ASCII
    )
    return Balance(text=text, units=float(match[1].replace(",", "")) if match else None)


def account(data: object) -> Account:
    """The answer of /me holds the token too: only what is named here is taken out of it."""
    row = _row(data, "account")
    name = quote(f"{_text(row, 'first_name')} {_text(row, 'last_name')}")
    return Account(uid=_uid(row, "account"), name=name, time_zone=quote(_text(row, "timezone")) or None)


def asked_for(data: object, read: Callable[[object], Named], *, uid: str) -> Named:
    """What a uid was looked up for; an answer about another uid is none."""
    answer = read(data)
    if answer.uid != uid:
        raise Misshapen("the answer shows another uid", code="other_uid")
    return answer


def page(data: object, read: Callable[[object], T], *, number: int) -> Page[T]:
    """One page of a paginator. Refuses a page that is shorter than its own totals say: a short list deletes people."""
    row = _row(data, "page")
    items = row.get("data")
    if isinstance(items, dict):  # PHP writes a list with gaps as an object
        items = list(items.values())
    if not isinstance(items, list):
        raise Misshapen("the page has no list of items")
    last_page, total, per_page = (_count(row, key) for key in ("last_page", "total", "per_page"))
    if _count(row, "current_page") != number:
        raise Misshapen(f"asked for page {number}, got another", code="other_page")
    due = min(per_page, max(total - (number - 1) * per_page, 0))
    if len(items) != due or last_page < -(-total // max(per_page, 1)):
        raise Misshapen(f"page {number} has {len(items)} items where {due} are due", code="short_page")
    return Page(items=tuple(read(item) for item in items), number=number, last_page=last_page, total=total)


def phone_text(phone: str) -> str:
    """Digits alone where the text is a number however written; anything else stays as it is."""
    digits = re.sub(r"[\s+().-]", "", phone)
    return digits if digits.isascii() and digits.isdigit() else phone


def _row(data: object, what: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise Misshapen(f"the answer holds no {what}")
    return data


def _contact_row(data: object) -> dict[str, Any]:
    """3.9 writes names among the custom fields, and some builds everything in capitals: brought to one spelling."""
    row = _row(data, "contact")
    shown = row.get("custom_fields") or {}
    if not isinstance(shown, dict):
        raise Misshapen("the custom fields are no fields")
    names = {name.lower(): place[name] for place in (row, shown) for name in NAMES if name in place}
    return {**row, **names, "custom_fields": {tag: shown[tag] for tag in shown if tag not in NAMES}}


def _fields(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    shown: Mapping[str, Any] = row["custom_fields"]
    return tuple((tag, _text(shown, tag)) for tag in sorted(shown))


def _uid(row: Mapping[str, Any], what: str) -> str:
    uid = row.get("uid")
    if not isinstance(uid, str) or not UID.fullmatch(uid):
        raise Misshapen(f"the {what} has no usable uid", code="no_uid")
    return uid


def _phone(row: Mapping[str, Any], key: str) -> str:
    if row.get(key) is None:
        raise Misshapen(f"{key} is missing")
    return phone_text(_as_text(row[key], key))


def _text(row: Mapping[str, Any], key: str, default: str = "") -> str:
    value = row.get(key, default)
    return "" if value is None else _as_text(value, key)


def _as_text(value: object, key: str) -> str:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Misshapen(f"{key} is neither text nor a number")
    if isinstance(value, float) and key in ("phone", "to"):
        raise Misshapen(f"{key} is a rounded number")
    return str(value)


def _line(text: str) -> str:
    """Fit for a terminal: short, and nothing in it that moves a cursor."""
    return "".join(letter for letter in text if letter.isprintable())[:LONGEST_LINE].strip()


def _count(row: Mapping[str, Any], key: str) -> int:
    value = row.get(key)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Misshapen(f"the page's {key} is no count")
    return value


def _parts(row: Mapping[str, Any]) -> int | None:
    """Later builds name the parts; 3.8 shows the cost in units, and one part costs one unit."""
    for key in ("sms_count", "cost"):
        text = str(row.get(key, ""))
        if re.fullmatch(r"[1-9][0-9]{0,3}", text):
            return int(text)
    return None
