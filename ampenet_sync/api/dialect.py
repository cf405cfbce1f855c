"""What the generations of the API do differently, as one table, and what an answer betrays of its generation.

It asks nothing: `detect` does. The facts come from other installs of the product; none was checked against Ampenet.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ampenet_sync.api import calls
from ampenet_sync.api.calls import Call

Name = Literal["3.1", "3.8", "3.9"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One generation, as far as a caller must act differently.

    `refuses_twins`: a second contact with a phone is refused, not silently made. `checks_phones_first`: a phone that is
    called invalid was not written; elsewhere the error comes after the effect. `readings_needed`: how many complete
    readings prove that a phone is absent. `status_read`: which call shows whether a contact opted out.
    `clears_with_empty`: an empty value empties a field. `recipients_at_once`: the most numbers in one send.
    """

    name: Name
    refuses_twins: bool
    checks_phones_first: bool
    readings_needed: int
    status_read: Literal["update", "search"]
    messages_newest_first: bool
    clears_with_empty: bool
    custom_fields: bool
    recipients_at_once: int


DIALECTS: Final[Mapping[Name, Dialect]] = {
    "3.1": Dialect(
        name="3.1",
        refuses_twins=False,
        checks_phones_first=False,
        readings_needed=2,
        status_read="update",
        messages_newest_first=False,
        clears_with_empty=True,
        custom_fields=False,
        recipients_at_once=1,
    ),
    "3.8": Dialect(
        name="3.8",
        refuses_twins=True,
        checks_phones_first=True,
        readings_needed=1,
        status_read="update",
        messages_newest_first=True,
        clears_with_empty=True,
        custom_fields=False,
        recipients_at_once=100,
    ),
    "3.9": Dialect(
        name="3.9",
        refuses_twins=True,
        checks_phones_first=True,
        readings_needed=1,
        status_read="search",
        messages_newest_first=True,
        clears_with_empty=False,
        custom_fields=True,
        recipients_at_once=100,
    ),
}
UNDETERMINED: Final[Name] = "3.1"  # the one that promises least


@dataclass(frozen=True, slots=True)
class Detected:
    """Which dialect answers, and why we think so. Not `certain`: the evidence fits none or several."""

    dialect: Dialect
    evidence: tuple[str, ...]
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Sign:
    """Something an answer showed, and the dialects it fits."""

    says: str
    fits: frozenset[Name]


OLD, NEW, NEWEST = frozenset[Name]({"3.1"}), frozenset[Name]({"3.8", "3.9"}), frozenset[Name]({"3.9"})
BEFORE_NEWEST = frozenset[Name]({"3.1", "3.8"})

UNITS = Sign("the balance is called remaining_unit", OLD)
BALANCE = Sign("the balance is called remaining_balance", NEW)
TEXTS = Sign("listed phones are texts", OLD)
NUMBERS = Sign("listed phones are numbers", NEW)
NOT_LISTABLE = Sign("the contacts of a group can't be listed", NEWEST)
CUSTOM_FIELDS = Sign("a contact has custom_fields", NEWEST)
STATUS_SHOWN = Sign("a looked-up contact shows its status", NEWEST)
STATUS_HIDDEN = Sign("a looked-up contact shows no status", BEFORE_NEWEST)
GROUP_ID = Sign("a written contact shows its group_id", BEFORE_NEWEST)


class Evidence:
    """The signs seen so far; ordinary answers add to them, so that nothing need be asked twice. For many threads."""

    def __init__(self) -> None:
        self.somebody: tuple[str, str] | None = None  # group uid and uid of a contact that was listed
        self._signs: set[Sign] = set()
        self._lock = threading.Lock()

    def note(self, call: Call, data: object, uids: Mapping[str, str]) -> None:
        """The data of a success that was understood."""
        row = _first(data) if call is calls.LIST_CONTACTS else data
        if not isinstance(row, dict):
            return
        self.add(*_signs(call, row))
        if call is calls.LIST_CONTACTS and self.somebody is None:
            self.somebody = (uids["group"], str(row.get("uid")))

    def add(self, *signs: Sign) -> None:
        with self._lock:
            self._signs.update(signs)

    @property
    def possible(self) -> frozenset[Name]:
        """The dialects that every sign fits; none where signs contradict each other."""
        with self._lock:
            return frozenset(DIALECTS).intersection(*(sign.fits for sign in self._signs))

    def concluded(self) -> Detected:
        with self._lock:
            says = tuple(sorted(sign.says for sign in self._signs))
        possible = sorted(self.possible)
        if len(possible) == 1:
            return Detected(DIALECTS[possible[0]], says)
        left = " or ".join(possible) or "no dialect"
        return Detected(DIALECTS[UNDETERMINED], (*says, f"fits {left}: treated as {UNDETERMINED}"), certain=False)


def _signs(call: Call, row: Mapping[str, object]) -> Iterator[Sign]:
    """Answers to writes may echo what was sent, so the kind of their phones is no sign."""
    if call is calls.BALANCE:
        if row.get("remaining_balance") is not None:
            yield BALANCE
        elif row.get("remaining_unit") is not None:
            yield UNITS
    elif call is calls.LIST_CONTACTS:
        yield TEXTS if isinstance(row.get("phone"), str) else NUMBERS
    elif call is calls.SEARCH_CONTACT:
        yield STATUS_SHOWN if "status" in row else STATUS_HIDDEN
    elif call in (calls.STORE_CONTACT, calls.UPDATE_CONTACT) and "group_id" in row:
        yield GROUP_ID
    if "custom_fields" in row:
        yield CUSTOM_FIELDS


def _first(data: object) -> object:
    items = data.get("data") if isinstance(data, dict) else None
    if isinstance(items, dict):
        items = list(items.values())
    return items[0] if isinstance(items, list) and items else None
