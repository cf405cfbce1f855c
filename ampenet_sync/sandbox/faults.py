"""What can go wrong with one answer, as values a test hands in. Nothing is broken here: others act them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar


class FaultKind(Enum):
    """The effect is what the call changes in the world; the answer is what the client gets to see of it."""

    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    HALF = "half"
    ERROR_AFTER = "error_after"
    HTML_502 = "html_502"
    HTML_503 = "html_503"
    THROTTLED = "throttled"
    REFUSED = "refused"
    SLOW = "slow"
    LATE = "late"
    QUEUED = "queued"
    GARBAGE = "garbage"
    CUT = "cut"
    EMPTY = "empty"
    HUGE = "huge"
    UNDELIVERED = "undelivered"
    STATUS = "status"
    UNLISTED = "unlisted"


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
    """What happens to one request instead of an honest answer: `Fault.drop_after`, `Fault.slow(2.0)`, …

    The last three kinds are about what a gateway does with a message; on other calls they change nothing.
    """

    kind: FaultKind
    seconds: float = 0.0
    message: str = ""
    http: int = 200

    drop_before: ClassVar[Fault]
    """The connection closes; nothing happened."""
    drop_after: ClassVar[Fault]
    """It happened; the connection closes without an answer."""
    reset_before: ClassVar[Fault]
    """The connection is reset; nothing happened."""
    reset_after: ClassVar[Fault]
    """It happened; the connection is reset without an answer."""
    half: ClassVar[Fault]
    """Of a message to several the first half is sent, then the connection closes; otherwise like `drop_after`."""
    error_after: ClassVar[Fault]
    """It happened; the answer is an HTTP 500 page."""
    html_502: ClassVar[Fault]
    """Nothing happened; a proxy answers with its 502 page."""
    html_503: ClassVar[Fault]
    """Nothing happened; a proxy answers with its 503 page."""
    throttled: ClassVar[Fault]
    """Nothing happened; too many attempts."""
    garbage: ClassVar[Fault]
    """It happened; the JSON of the answer is cut off in the middle, in a body of that length."""
    cut: ClassVar[Fault]
    """It happened; the connection closes in the middle of the body that was announced."""
    empty: ClassVar[Fault]
    """It happened; the answer is HTTP 200 with an empty body."""
    huge: ClassVar[Fault]
    """It happened; the answer is followed by 50 MB of blanks."""
    maintenance: ClassVar[Fault]
    """Nothing happened; the platform says it is being maintained."""
    unlisted: ClassVar[Fault]
    """The message is sent and answered, but its row never reaches the report."""

    @classmethod
    def slow(cls, seconds: float) -> Fault:
        """It happens at once; the answer comes `seconds` later."""
        return cls(FaultKind.SLOW, seconds=seconds)

    @classmethod
    def late(cls, seconds: float) -> Fault:
        """The connection closes now; it happens `seconds` later by the sandbox's clock."""
        return cls(FaultKind.LATE, seconds=seconds)

    @classmethod
    def queued(cls, seconds: float = 0.0) -> Fault:
        """The answer is HTTP 202 with a queue id and no data; it happens `seconds` later by the sandbox's clock."""
        return cls(FaultKind.QUEUED, seconds=seconds)

    @classmethod
    def refused(cls, message: str, *, http: int = 200) -> Fault:
        """Nothing happens; the platform's error envelope with this message (missing permission, maintenance, …)."""
        return cls(FaultKind.REFUSED, message=message, http=http)

    @classmethod
    def undelivered(cls, status: str = "Failed", *, http: int = 403) -> Fault:
        """The gateway says this instead of "Delivered": the answer is an error, the report has the row, no unit is
        taken. Whether a phone rang depends on what the gateway meant by the word."""
        return cls(FaultKind.UNDELIVERED, message=status, http=http)

    @classmethod
    def status(cls, status: str = "Failed") -> Fault:
        """The message is answered as a success and has this status."""
        return cls(FaultKind.STATUS, message=status)


Fault.drop_before = Fault(FaultKind.DROP_BEFORE)
Fault.drop_after = Fault(FaultKind.DROP_AFTER)
Fault.reset_before = Fault(FaultKind.RESET_BEFORE)
Fault.reset_after = Fault(FaultKind.RESET_AFTER)
Fault.half = Fault(FaultKind.HALF)
Fault.error_after = Fault(FaultKind.ERROR_AFTER)
Fault.html_502 = Fault(FaultKind.HTML_502)
Fault.html_503 = Fault(FaultKind.HTML_503)
Fault.throttled = Fault(FaultKind.THROTTLED)
Fault.garbage = Fault(FaultKind.GARBAGE)
Fault.cut = Fault(FaultKind.CUT)
Fault.empty = Fault(FaultKind.EMPTY)
Fault.huge = Fault(FaultKind.HUGE)
Fault.maintenance = Fault.refused("Service Unavailable", http=503)
Fault.unlisted = Fault(FaultKind.UNLISTED)

ChooseFault = Callable[[SandboxRequest], Fault | None]
