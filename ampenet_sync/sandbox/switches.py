"""What can be turned on a sandbox, before it starts or while it runs. Names and defaults; nothing is acted on."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypedDict, get_args

from ampenet_sync.sandbox.mix import parse_mix

DialectName = Literal["3.1", "3.8", "3.9"]


class SwitchValues(TypedDict, total=False):
    """The switches as keywords of `Sandbox(…)` and `sandbox.switch(…)`; `Switches` says what each means."""

    dialect: DialectName
    strict_http: bool
    accept_forms: bool
    lists_contacts: bool
    page_drift: bool
    customer_status: bool
    strangers: bool
    welcome: str
    currency: str
    requests_per_minute: int | None
    latency: float
    faults: str
    seed: int


@dataclass(frozen=True, slots=True)
class Switches:
    """How this install behaves, within its dialect."""

    dialect: DialectName = "3.8"
    strict_http: bool = False
    """Errors carry 401, 404, 422, 429 instead of 200."""
    accept_forms: bool = False
    """Form bodies are read like JSON instead of ignored."""
    lists_contacts: bool = True
    """Off: the listing of contacts answers a database fault, as some installs of 3.9 do."""
    page_drift: bool = False
    """The listing has no order: each write to a group deals its rows anew, so pages repeat and skip rows meanwhile."""
    customer_status: bool = False
    """A message's state is called `customer_status` instead of `status`."""
    strangers: bool = False
    """After each message of ours another customer sends one, whose row is in GET /sms too."""
    welcome: str = ""
    """Groups without a welcome text of their own have this one; it costs a message for each contact stored."""
    currency: str = ""
    """Stands before the balance: "TSh1,250"."""
    requests_per_minute: int | None = None
    """More are answered "Too Many Attempts."; None is no limit."""
    latency: float = 0.0
    """Seconds every answer takes."""
    faults: str = ""
    """A mix such as "drop_after:0.03,slow:0.02:5": name, share of the requests, seconds."""
    seed: int = 0
    """The same requests meet the same faults under the same seed."""

    def turned(self, values: Mapping[str, Any]) -> Switches:
        """With other values for some; ValueError for an unknown name, a value of another kind, or an impossible one."""
        for name, value in values.items():
            _check(name, value)
        return replace(self, **values)


def _check(name: str, value: object) -> None:
    if name not in KINDS:
        raise ValueError(f"no switch is called {name!r}; there are {', '.join(sorted(KINDS))}")
    fits, wanted = KINDS[name]
    if not fits(value):
        raise ValueError(f"{name} must be {wanted}")
    if name == "faults":
        parse_mix(str(value))


def _is_number(value: object, *, least: float, most: float = math.inf) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def _is_whole(value: object, *, least: float = -math.inf) -> bool:
    return isinstance(value, int) and _is_number(value, least=least)


Kind = tuple[Callable[[object], bool], str]
YES_OR_NO: Kind = (lambda value: isinstance(value, bool), "true or false")
TEXT: Kind = (lambda value: isinstance(value, str), "a text")
LONGEST_LATENCY = 600.0
KINDS: dict[str, Kind] = {
    "dialect": (lambda value: value in get_args(DialectName), " or ".join(get_args(DialectName))),
    "requests_per_minute": (lambda value: value is None or _is_whole(value, least=1), "a whole number from 1, or null"),
    "latency": (lambda value: _is_number(value, least=0, most=LONGEST_LATENCY), "seconds from 0 to 600"),
    "seed": (_is_whole, "a whole number"),
    **dict.fromkeys(("welcome", "currency", "faults"), TEXT),
    **dict.fromkeys(("strict_http", "accept_forms", "lists_contacts", "page_drift"), YES_OR_NO),
    **dict.fromkeys(("customer_status", "strangers"), YES_OR_NO),
}
