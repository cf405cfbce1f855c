"""The section of a campaign in ampenet.yaml, and what texts cost. No text is made here."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field, field_validator

from ampenet_sync.config.source import Model
from ampenet_sync.config.values import QuietHours, QuietHoursField, read_quiet_hours

DEFAULT_QUIET_HOURS = read_quiet_hours("20:00-08:00")


class Cap(Model):
    """How large an audience may be; a larger one is refused, never cut short."""

    may_be_none = ("messages", "parts")

    messages: int | None = Field(
        None, ge=1, description="The most messages that one edition may have.", examples=["messages: 5000"]
    )
    parts: int | None = Field(
        None, ge=1, description="The most parts that one edition may be billed.", examples=["parts: 6000"]
    )


class Campaign(Model):
    """One text for one segment. `opt_out` is the line that says how to leave; written as none, it is left out."""

    may_be_none = ("opt_out", "send_at", "expires", "quiet_hours", "cap")

    segment: str = Field(description="The segment whose customers get it.", examples=["segment: gold"])
    edition: str = Field(
        "1", min_length=1, max_length=64,
        description="The issue of it, in which nobody gets it twice; %Y-%m makes a new one each month.",
        examples=['edition: "%Y-%m"'],
    )  # fmt: skip
    sender_id: str = Field(
        min_length=1, max_length=16,
        description="Whom the message comes from, as Ampenet approved it: at most 11 characters, or a number.",
        examples=["sender_id: DUKALETU"],
    )  # fmt: skip
    kind: Literal["marketing", "transactional"] = Field(
        description="marketing goes to nobody who didn't agree; transactional to all but those who opted out.",
        examples=["kind: marketing"],
    )
    message: str = Field(
        min_length=1, max_length=2000,
        description="The text, a template; first_name, last_name and the tags of customers.fields are its variables.",
        examples=["message: \"DUKA: Habari {{ first_name | default('mteja') }}, karibu.\""],
    )  # fmt: skip
    opt_out: str | None = Field(
        None,
        description="The line below the message that says how to leave; marketing needs it, or none on purpose.",
        examples=['opt_out: "Kujitoa: piga 0800 000 000"'],
    )
    smart_encoding: bool = Field(
        True,
        description="Spell letters that make a text dearer by plain ones where they mean the same, such as quotes.",
        examples=["smart_encoding: false"],
    )
    send_at: datetime | None = Field(
        None,
        description="When `campaign send --due` starts it, in time_zone, once somebody approved its audience.",
        examples=["send_at: 2027-01-31 09:00"],
    )
    expires: datetime | None = Field(
        None,
        description="After this moment nothing is sent any more; what is left is expired.",
        examples=["expires: 2027-01-31T18:00:00+03:00"],
    )
    quiet_hours: QuietHoursField = Field(
        None,
        description="The daily span, in time_zone, in which nobody is texted; none for none.",
        examples=["quiet_hours: 19:00-09:00"],
        json_schema_extra={"default": "20:00-08:00 of marketing, none of transactional"},
    )
    cap: Cap = Field(
        Cap(), description="How large an audience may be.", examples=["cap: {messages: 5000, parts: 6000}"]
    )

    @field_validator("opt_out")
    @classmethod
    def _says_a_way(cls, line: str | None) -> str | None:
        if line is not None and not line.strip():
            raise ValueError("nothing is written in it; write none where the text has no such line on purpose")
        return line

    @field_validator("send_at", mode="before")
    @classmethod
    def _day_and_hour(cls, moment: object) -> object:
        if isinstance(moment, str) and ":" not in moment and moment.strip().lower() not in ("", "none"):
            raise ValueError("write day and hour, such as 2027-01-31 09:00")
        return moment

    @field_validator("sender_id")
    @classmethod
    def _sender(cls, sender: str) -> str:
        if not sender.isdigit() and len(sender) > 11:
            raise ValueError("a sender of letters has at most 11 characters")
        return sender

    @property
    def no_opt_out_on_purpose(self) -> bool:
        return self.opt_out is None and "opt_out" in self.model_fields_set

    @property
    def quiet(self) -> QuietHours | None:
        """The hours in which nobody gets this: 20:00-08:00 for marketing unless written otherwise."""
        if "quiet_hours" in self.model_fields_set or self.kind != "marketing":
            return self.quiet_hours
        return DEFAULT_QUIET_HOURS


class Budget(Model):
    """What all campaigns together may use; more is refused, or pauses where it is under way."""

    month: int = Field(
        ge=1,
        description="The most parts of a calendar month in time_zone, over all campaigns of the account.",
        examples=["month: 200000"],
    )


class Pricing(Model):
    """What a part costs."""

    currency: Literal["TZS", "KES"] = Field(
        "TZS", description="The currency that a preview reckons in.", examples=["currency: KES"]
    )
