"""What can go wrong with one answer, as values a test hands in. Nothing is broken here: the wire acts them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar


class FaultKind(Enum):
    """The effect is what the call changes in the world; the answer is what the client gets to see of it."""

    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    ERROR_AFTER = "error_after"
    HTML_502 = "html_502"
    THROTTLED = "throttled"
    REFUSED = "refused"
    SLOW = "slow"
    LATE = "late"
    GARBAGE = "garbage"


@dataclass(frozen=True, slots=True)
class SandboxRequest:
    """One request as a fault sees it: `number` counts from 1, `path` is below the base path and without its query,
    `body` holds the fields that were read (JSON body over query)."""

    number: int
    method: str
    path: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one request instead of an honest answer: `Fault.drop_after`, `Fault.slow(2.0)`, …"""

    kind: FaultKind
    seconds: float = 0.0
    message: str = ""
    http: int = 200

    drop_before: ClassVar[Fault]
    """The connection closes; nothing happened."""
    drop_after: ClassVar[Fault]
    """It happened; the connection closes without an answer."""
    error_after: ClassVar[Fault]
    """It happened; the answer is an HTTP 500 page."""
    html_502: ClassVar[Fault]
    """Nothing happened; a proxy answers with its 502 page."""
    throttled: ClassVar[Fault]
    """Nothing happened; too many attempts."""
    garbage: ClassVar[Fault]
    """It happened; the JSON of the answer is cut off in the middle."""

    @classmethod
    def slow(cls, seconds: float) -> Fault:
        """It happens at once; the answer comes `seconds` later."""
        return cls(FaultKind.SLOW, seconds=seconds)

    @classmethod
    def late(cls, seconds: float) -> Fault:
        """The connection closes now; it happens `seconds` later by the sandbox's clock."""
        return cls(FaultKind.LATE, seconds=seconds)

    @classmethod
    def refused(cls, message: str, *, http: int = 200) -> Fault:
        """Nothing happens; the platform's error envelope with this message (missing permission, maintenance, …)."""
        return cls(FaultKind.REFUSED, message=message, http=http)


Fault.drop_before = Fault(FaultKind.DROP_BEFORE)
Fault.drop_after = Fault(FaultKind.DROP_AFTER)
Fault.error_after = Fault(FaultKind.ERROR_AFTER)
Fault.html_502 = Fault(FaultKind.HTML_502)
Fault.throttled = Fault(FaultKind.THROTTLED)
Fault.garbage = Fault(FaultKind.GARBAGE)

ChooseFault = Callable[[SandboxRequest], Fault | None]
