"""What an error of a call means for the change or the message that it was about: one table for both.

| the call                                | change    | message   | again | breaker                             |
|-----------------------------------------|-----------|-----------|-------|-------------------------------------|
| was refused                             | refused   | refused   | no    | a change worked, a message counts   |
| was refused, and all others would be    | planned   | planned   | no    | opens                               |
| was refused as a twin of an earlier try | in doubt  |           | no    |                                     |
| was put off by the platform's rate      | planned   | planned   | yes   |                                     |
| reached nobody                          | planned   | planned   | yes   | counts                              |
| was made with a token that is none      | planned   | planned   | ends  | opens                               |
| may have been carried out               | in doubt  | in doubt  | no    | counts                              |
| was never made, as the run is to stop   | planned   | planned   | ends  |                                     |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, assert_never

from ampenet_sync.errors import ApiError, InDoubt, Refused, Throttled, Unauthorised, Unreachable
from ampenet_sync.runs.breaker import Breaker
from ampenet_sync.stopping import Stopped

Subject = Literal["change", "message"]
State = Literal["planned", "refused", "in_doubt"]
Leave = Callable[[State, str], object]  # state and code of what was claimed

# Refusals that every further call of the run would meet too.
HOPELESS: dict[Subject, tuple[str, ...]] = {"change": ("group_not_found",), "message": ("balance", "sender")}
REPEATED = "message after message is refused: "


class Outcome(StrEnum):
    """How a call ended that brought no answer to rely on."""

    REFUSED = "refused"
    HOPELESS = "hopeless"
    TWIN = "twin"
    PUT_OFF = "put off"
    UNREACHED = "unreached"
    UNAUTHORISED = "unauthorised"
    LOST = "lost"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Consequence:
    """`state` is what becomes of the claim; `again` whether this run tries again; `ends` whether nothing else can
    succeed; `breaker` whether it counts the error, opens at it, or sees that the platform works."""

    state: State
    breaker: Literal["works", "counts", "opens", ""] = ""
    again: bool = False
    ends: bool = False


_BOTH: dict[Outcome, Consequence] = {
    Outcome.HOPELESS: Consequence("planned", "opens"),
    Outcome.TWIN: Consequence("in_doubt"),
    Outcome.PUT_OFF: Consequence("planned", again=True),
    Outcome.UNREACHED: Consequence("planned", "counts", again=True),
    Outcome.UNAUTHORISED: Consequence("planned", "opens", ends=True),
    Outcome.LOST: Consequence("in_doubt", "counts"),
    Outcome.STOPPED: Consequence("planned", ends=True),
}
CONSEQUENCES: dict[Subject, dict[Outcome, Consequence]] = {
    "change": {Outcome.REFUSED: Consequence("refused", "works"), **_BOTH},
    "message": {Outcome.REFUSED: Consequence("refused", "counts"), **_BOTH},
}
CAUGHT = (Refused, Throttled, Unreachable, Unauthorised, InDoubt, Stopped)


def leave_after(error: BaseException, subject: Subject, leave: Leave, breaker: Breaker, *, twin: bool = False) -> bool:
    """Write what became of the claim, and say whether this run tries the same again.

    `twin`: an earlier try of the same create may have been carried out after all. Raises the error where nothing else
    can succeed after it.
    """
    outcome = outcome_of(error, subject, twin=twin)
    consequence = CONSEQUENCES[subject][outcome]
    leave(consequence.state, error.code if isinstance(error, ApiError) else outcome.value)
    message = error.message if isinstance(error, ApiError) else ""
    match consequence.breaker:
        case "works":
            breaker.worked()
        case "counts":
            breaker.failed(f"{REPEATED}{message}" if outcome is Outcome.REFUSED else message)
        case "opens":
            breaker.trip(message)
        case "":
            pass
        case _:
            assert_never(consequence.breaker)
    if consequence.ends:
        raise error
    return consequence.again


def outcome_of(error: BaseException, subject: Subject, *, twin: bool = False) -> Outcome:
    """Which line of the table an error stands for. Raises it where it is none of `CAUGHT`."""
    match error:
        case Refused() if error.code in HOPELESS[subject]:
            return Outcome.HOPELESS
        case Refused() if twin and error.code == "duplicate":
            return Outcome.TWIN
        case Refused():
            return Outcome.REFUSED
        case Throttled():
            return Outcome.PUT_OFF
        case Unreachable():
            return Outcome.UNREACHED
        case Unauthorised():
            return Outcome.UNAUTHORISED
        case InDoubt():
            return Outcome.LOST
        case Stopped():
            return Outcome.STOPPED
        case _:
            raise error
