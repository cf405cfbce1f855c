"""What an answer means: the data of a success, or one error of the tree. No network, no clock: only values.

The rows come from captured answers of other installs of the same product; none was checked against Ampenet. A message
that stands in no row proves nothing, so after a write it leaves the outcome in doubt.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any, Final, NoReturn, assert_never

from ampenet_sync.api import calls
from ampenet_sync.api.calls import Call, Kind
from ampenet_sync.api.transport import Answer
from ampenet_sync.codes import ApiCode
from ampenet_sync.errors import ApiError, BadAnswer, InDoubt, Refused, Throttled, Unauthorised
from ampenet_sync.throttle.policy import AFTER_THROTTLED, LONGEST

MOST_PARTS = 20_000  # objects, lists and commas of an answer; a page of 25 with a hundred fields each has 2,600
LONGEST_QUOTE = 200
LONGEST_DATE = 64
QUEUED = 202


class Means(Enum):
    """How the caller reacts."""

    UNAUTHORISED = "stop at once"
    REFUSED = "certainly not applied"
    THROTTLED = "certainly not applied, wait"
    DOUBT = "nothing is proven"
    HOPELESS = "a read that will not become better"


@dataclass(frozen=True, slots=True)
class Row:
    """One known message: the whole of it must match, whatever the HTTP status.

    `only`: the calls it is known from (empty: all). `sends`: whether it proves that a single message was not sent.
    """

    says: str
    means: Means
    code: ApiCode
    only: tuple[Call, ...] = ()
    sends: bool = True


FIELDS = ("phone", "first name", "last name", "name", "recipient", "sender id", "message", "type")
# Some builds name a field letter by letter: `The p h o n e field is required.`
FIELD = "(" + "|".join("[ _]?".join(name.replace(" ", "")) for name in FIELDS) + ")"
GROUP_CALLS = (calls.SHOW_GROUP, calls.RENAME_GROUP, calls.DELETE_GROUP)

ROWS: Final = (
    Row(r"unauthenticated\.?", Means.UNAUTHORISED, "unauthenticated"),
    Row(r"sorry, but you do not have permissions? to access this page\.?", Means.UNAUTHORISED, "permission"),
    Row(r"you do not have permissions? to access api\.?", Means.UNAUTHORISED, "permission"),
    Row(r"this action is unauthorized\.?", Means.UNAUTHORISED, "permission"),
    Row(r"too many attempts\.?", Means.THROTTLED, "throttled"),
    Row(r"no query results for model \[\S*\bContactGroups\].*", Means.REFUSED, "not_found", only=GROUP_CALLS),
    Row(r"no query results for model \[\S*\bContactGroups\].*", Means.REFUSED, "group_not_found", sends=False),
    Row(r"no query results for model \[\S*\bContacts\].*", Means.REFUSED, "not_found", sends=False),
    Row(r"sms info not found\.?", Means.REFUSED, "not_found", only=(calls.VIEW_MESSAGE,)),
    Row(
        r"sorry, but the page you were trying to view does not exist\.?",
        Means.REFUSED,
        "wrong_group",
        only=(calls.UPDATE_CONTACT,),
    ),
    Row(r"something went wrong\. please try again\.?", Means.REFUSED, "not_deleted", only=(calls.DELETE_CONTACT,)),
    Row(r"you have already subscribed to .*", Means.REFUSED, "duplicate", sends=False),
    Row(r".* has already been taken\.?", Means.REFUSED, "duplicate", sends=False),
    Row(r".* already available as your contact group\.?", Means.REFUSED, "duplicate", sends=False),
    Row(r"this phone was blacklisted\.?", Means.REFUSED, "blacklisted"),
    Row(r"number contains? in (the )?blacklist\.?", Means.REFUSED, "blacklisted"),
    Row(r"\S.{0,60} is an? invalid phone number\.?", Means.REFUSED, "invalid_phone"),
    Row(r"there is not enough balance available to send this message\..*", Means.REFUSED, "balance"),
    Row(r"you have exceeded your sending limit\.?", Means.REFUSED, "balance"),
    Row(r"originator id is not authorized to send this message\.?", Means.REFUSED, "sender"),
    Row(r"sender id \S.{0,40} is not authorized.*", Means.REFUSED, "sender"),
    Row(r"you cannot send more than \d+ sms in a single request\.?", Means.REFUSED, "too_many"),
    Row(r"the given data was invalid\.?", Means.REFUSED, "validation"),
    Row(r"the .{1,60} field is required\.?", Means.REFUSED, "validation"),
    Row(rf"the (selected )?{FIELD} (format )?is invalid\.?", Means.REFUSED, "validation"),
    Row(rf"the {FIELD} (field )?(must|may) (not|only|be|have|contain) .{{1,200}}", Means.REFUSED, "validation"),
    Row(r"service unavailable\.?", Means.DOUBT, "maintenance"),
    Row(r"SQLSTATE\[42S22\].*", Means.HOPELESS, "not_listable", only=(calls.LIST_CONTACTS,)),
    Row(r"SQLSTATE\[.*", Means.DOUBT, "server_fault"),
    Row(r"undefined (array key|index|variable|property|offset).*", Means.DOUBT, "server_fault"),
    Row(r"server error\.?", Means.DOUBT, "server_fault"),
)

HINTS: Final[Mapping[ApiCode, str]] = {
    "unauthenticated": "check the token; a new one is made in the Ampenet web interface",
    "permission": "the token is known, but API access has to be switched on for the account",
    "balance": "top up the account, then start again: what was sent is not sent twice",
    "sender": "have the sender ID approved for the account, or use another sender_id",
    "redirect": "is api.base_url the exact https address?",
    "unexpected": "is api.base_url the address of the API, ending in /api/v3?",
    "not_json": "is api.base_url the address of the API, ending in /api/v3?",
    "not_listable": "this install can't list a group's contacts; a segment is kept there without: actual: ledger",
}


def judge(call: Call, answer: Answer) -> Any:
    """The `data` of a success: 2xx and JSON and `status == "success"`. Everything else raises.

    Unauthorised, Refused and Throttled are certain; InDoubt says the answer proves nothing, for reads too. A write that
    was put into a queue (202) and shows nothing written is as much in doubt.
    """
    envelope = read_json(answer.body)
    if isinstance(envelope, dict) and envelope.get("status") == "success" and 200 <= answer.status < 300:
        data = envelope.get("data")
        if answer.status != QUEUED or call.kind is Kind.READ or (isinstance(data, dict) and "uid" in data):
            return data
        _raise(call, answer, Means.DOUBT, "queued", "")
    message = envelope.get("message") if isinstance(envelope, dict) else None
    text = message if isinstance(message, str) else ""
    means, code = _row(call, text) or _by_status(answer.status, is_json=isinstance(envelope, dict))
    return _raise(call, answer, means, code, text)


def wait_named(headers: Mapping[str, str], now: float) -> float | None:
    """Retry-After in seconds from `now`, as a number or as a date; None where it is missing or unreadable."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST)
    date = _moment(text)
    return None if date is None else min(max(date - now, 0.0), LONGEST)


def date_named(headers: Mapping[str, str]) -> float | None:
    """When the server says it answered, in epoch seconds; None where it is missing or unreadable."""
    return _moment(headers.get("date", "").strip())


def count_named(headers: Mapping[str, str], name: str) -> int | None:
    """A header such as x-ratelimit-remaining as a count; None where it is missing or unreadable."""
    text = headers.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def read_json(body: bytes) -> object:
    """Any JSON value, or None where it is none, or none to be believed.

    NaN is no JSON. A key that stands twice says two things. A body of very many small parts is a page of nothing we
    ask for, and would take fifty times its size in memory.
    """
    if sum(map(body.count, b"{[,")) > MOST_PARTS:
        return None
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_no_json, object_pairs_hook=_each_key_once)
    except (ValueError, RecursionError):
        return None


def quote(text: str) -> str:
    """The platform's own words made harmless: one short line without control characters, numbers or secrets."""
    line = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text[:2000])
    line = re.sub(r"\d(?:[\W_]{0,2}\d){6,}", _masked, " ".join(line.split()))
    line = re.sub(r"\d+\s*\|\s*\S+|\S{32,}", "•••", line)  # a token is a number, a bar and letters
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + "…"


def _each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key stands twice")
    return members


def _moment(text: str) -> float | None:
    try:
        date = parsedate_to_datetime(text[:LONGEST_DATE])
        return date.replace(tzinfo=date.tzinfo or UTC).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):  # all of which the standard library lets out
        return None


def _row(call: Call, message: str) -> tuple[Means, ApiCode] | None:
    line = " ".join(message[:2000].split())
    for row in ROWS:
        known = call in row.only or not row.only
        proves = row.sends or call.kind is not Kind.SEND
        if known and proves and re.fullmatch(row.says, line, re.IGNORECASE):
            return row.means, row.code
    return None


def _by_status(status: int, *, is_json: bool) -> tuple[Means, ApiCode]:
    """What the HTTP status alone tells, where the message is unknown or a proxy's page."""
    match status:
        case 401:
            return Means.UNAUTHORISED, "unauthenticated"
        case 429:
            return Means.THROTTLED, "throttled"
        case 503:
            return Means.DOUBT, "maintenance"
        case _ if 300 <= status < 400:
            return Means.DOUBT, "redirect"
        case _ if status >= 500:
            return Means.DOUBT, "server_fault"
    return Means.DOUBT, "unexpected" if is_json else "not_json"


def _raise(call: Call, answer: Answer, means: Means, code: ApiCode, message: str) -> NoReturn:
    words = f": {quote(message)}" if message else ""
    about: dict[str, Any] = {"code": code, "hint": HINTS.get(code, ""), "status": answer.status}
    raise _error(call, means, f"HTTP {answer.status}{words}", about)


def _error(call: Call, means: Means, words: str, about: dict[str, Any]) -> ApiError:
    match means:
        case Means.UNAUTHORISED:
            return Unauthorised(f"the platform doesn't take this token ({call.name}): {words}", **about)
        case Means.REFUSED:
            return Refused(f"{call.name} was refused: {words}", **about)
        case Means.THROTTLED:
            return Throttled(f"{call.name} was throttled: {words}", wait=AFTER_THROTTLED, **about)
        case Means.DOUBT:
            return InDoubt(f"{call.name} is in doubt: {words}", **about)
        case Means.HOPELESS:
            return BadAnswer(f"{call.name} failed: {words}", **about)
    assert_never(means)


def _masked(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    return f"{digits[:4]}•••{digits[-3:]}" if len(digits) > 11 else f"•••{digits[-2:]}"


def _no_json(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")
