"""The entries of `notify` in ampenet.yaml: who hears of a run that ended. Their addresses stand in the environment."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from ampenet_sync.config.source import Model
from ampenet_sync.config.values import Called

Urgency = Literal["page", "morning", "info"]
URGENCIES: tuple[Urgency, ...] = ("page", "morning", "info")

_VARIABLE = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")
_FROM_A_VARIABLE = "an address of Apprise holds a secret, so it stands in a variable: write env:NAME, and export NAME=…"


class Recipient(Model):
    """Somebody who is notified, by an address of Apprise, of runs of some urgencies."""

    to: str = Field(
        description="The variable that holds an address of Apprise, as env:NAME; the address itself is a secret.",
        examples=['to: "env:OPS_URL"'],
    )
    on: tuple[Urgency, ...] = Field(
        URGENCIES, min_length=1,
        description="Which runs are told of. page: a person is needed now; morning: a person is needed, though not "
        "now; info: all went well.",
        examples=['to: "env:OPS_URL"\non: [page, morning]'],
    )  # fmt: skip

    @field_validator("to")
    @classmethod
    def _of_the_environment(cls, address: str) -> str:
        """Of what is written instead nothing is said again."""
        if not _VARIABLE.fullmatch(address):
            raise ValueError(_FROM_A_VARIABLE)
        return address

    @field_validator("on", mode="before")
    @classmethod
    def _one_or_several(cls, written: Any) -> Any:
        return [written] if isinstance(written, str) else written

    @property
    def variable(self) -> str:
        return self.to.removeprefix("env:")


def _whole(written: Any) -> Any:
    """A text alone is an address that hears of everything."""
    return {"to": written} if isinstance(written, str) else written


RecipientField = Annotated[Recipient, BeforeValidator(_whole), Called("env:NAME or section")]
