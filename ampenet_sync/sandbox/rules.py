"""The three dialects as one table of differences, and what one sandbox was set up to be. Values only; others obey."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from ampenet_sync.sandbox.switches import Switches


class Duplicates(Enum):
    """What becomes of a second create of a phone in one group."""

    TWIN = "a second contact is made, silently"
    REFUSED = "refused, however the number is written"
    TAKEN = "refused as taken, but a number written otherwise than it is stored subscribes its contact again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """Where the generations of the platform differ. Each row of DIALECTS answers the same questions."""

    name: str
    # contacts
    custom_fields: bool
    """Fields are in upper case, names among them and optional; rows are {uid, phone, status, custom_fields}."""
    phone_is_number: bool
    """`phone` is a JSON number in answers."""
    phone_verbatim: bool
    """A phone is stored as it was sent and looked at only afterwards: the error comes after the effect."""
    duplicates: Duplicates
    empty_clears: bool
    """An empty value in an update empties the field."""
    update_checks_group: bool
    blacklist_on_create: bool
    # groups
    rename_needs_server: bool
    """Renaming demands an undocumented `sending_server`."""
    # messages and the account
    most_recipients: int
    answers_several: bool
    """Several recipients are answered with a list; otherwise with null, and only exactly `most_recipients` pass."""
    schedules_one: bool
    """`schedule_time` is honoured with one recipient too."""
    several_ask_blacklist: bool
    report_of_token: bool
    """GET /sms: only rows sent with this token, the oldest first; otherwise whatever there is, the newest first."""
    counts_parts: bool
    """The answer to a send has `sms_count`."""
    balance_key: str
    # errors
    names_fault: bool
    """Invalid data is answered with the first fault found instead of a sentence for all."""


DIALECTS = {
    "3.1": Dialect(
        name="3.1",
        custom_fields=False,
        phone_is_number=False,
        phone_verbatim=True,
        duplicates=Duplicates.TWIN,
        empty_clears=True,
        update_checks_group=True,
        blacklist_on_create=False,
        rename_needs_server=True,
        most_recipients=2,
        answers_several=False,
        schedules_one=True,
        several_ask_blacklist=False,
        report_of_token=True,
        counts_parts=False,
        balance_key="remaining_unit",
        names_fault=False,
    ),
    "3.8": Dialect(
        name="3.8",
        custom_fields=False,
        phone_is_number=True,
        phone_verbatim=False,
        duplicates=Duplicates.REFUSED,
        empty_clears=True,
        update_checks_group=True,
        blacklist_on_create=False,
        rename_needs_server=False,
        most_recipients=100,
        answers_several=True,
        schedules_one=False,
        several_ask_blacklist=False,
        report_of_token=False,
        counts_parts=True,
        balance_key="remaining_balance",
        names_fault=False,
    ),
    "3.9": Dialect(
        name="3.9",
        custom_fields=True,
        phone_is_number=True,
        phone_verbatim=False,
        duplicates=Duplicates.TAKEN,
        empty_clears=False,
        update_checks_group=False,
        blacklist_on_create=True,
        rename_needs_server=False,
        most_recipients=100,
        answers_several=True,
        schedules_one=False,
        several_ask_blacklist=True,
        report_of_token=False,
        counts_parts=True,
        balance_key="remaining_balance",
        names_fault=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """`sender_ids` None lets any well-formed sender id pass; the switches may be turned while it runs."""

    token: str
    sender_ids: frozenset[str] | None = None
    time_zone: str = "Africa/Dar_es_Salaam"
    switches: Switches = field(default_factory=Switches)

    @property
    def dialect(self) -> Dialect:
        return DIALECTS[self.switches.dialect]
