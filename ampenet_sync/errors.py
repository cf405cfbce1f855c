"""The error tree: one class for each reaction of the caller, not for each status. Beside it only what none may say.

AmpenetError                 anything we say ourselves; `code` is stable, `hint` is the way out
├── ConfigError              correct ampenet.yaml or the environment
├── SourceError              correct the customers' source; nothing was planned
├── LedgerError              make, find or restore the ledger
├── PlanRefused              look at the plan or audience again, then decide
│   └── Unsafe               … it is over a limit: a person must allow its digest
├── Busy                     wait: another process holds this group or campaign
├── Paused                   come back later: what is left will resume
└── ApiError                 the platform answered, or did not
    ├── Unauthorised         stop at once: the token is not accepted
    ├── Refused              certainly not applied; the next row may still work
    ├── Throttled            certainly not applied; wait, then again
    ├── Unreachable          certainly not applied: no byte of the request was taken
    ├── InDoubt              may have been applied: look it up, never just repeat
    └── BadAnswer            a read whose answer can't be trusted
"""

from __future__ import annotations

import re

from ampenet_sync.codes import Code

# Nine digits in a row, ten with other signs between them, or nothing but the signs of a phone: in a key, or in a
# column's name where the heading is missing.
PHONE_LIKE = re.compile(r"\d{9}|(?:\d[\s().\-/_]*){10}|^[+\d][\d\s().\-/]{8,}$")


def sayable(name: str) -> str:
    """The name of a column as a message may hold it: of one that may be a phone, nothing."""
    return "•••" if PHONE_LIKE.search(name) else name


class AmpenetError(Exception):
    """What went wrong, with a stable `code` and a `hint` that says what to do next.

    Messages never hold a token, a request body or a whole phone number.
    """

    exit_code = 1

    def __init__(self, message: str, *, code: Code = "error", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code: Code = code
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        return (_revive, (type(self), self.message, self.__dict__.copy()))


def _revive(kind: type[AmpenetError], message: str, state: dict[str, object]) -> AmpenetError:
    error = kind(message)
    error.__dict__.update(state)
    return error


class ConfigError(AmpenetError):
    """ampenet.yaml, an option or the environment is wrong."""


class SourceError(AmpenetError):
    """The customers can't be read completely, so nothing may be decided from them."""


class LedgerError(AmpenetError):
    """The ledger is missing, foreign or damaged."""


class PlanRefused(AmpenetError):
    """A plan or an audience may not be carried out any more."""


class Unsafe(PlanRefused):
    """A plan or an audience is over a limit and nobody allowed it."""

    exit_code = 4


class Busy(AmpenetError):
    """Another live process holds the group or the campaign."""

    exit_code = 75


class Paused(AmpenetError):
    """The run stopped itself; everything left is still planned and resumes with the same command."""

    exit_code = 6


class ApiError(AmpenetError):
    """The platform's side of a request; `status` is the HTTP status, 0 where there was none."""

    def __init__(self, message: str, *, code: Code = "error", hint: str = "", status: int = 0) -> None:
        super().__init__(message, code=code, hint=hint)
        self.status = status


class Unauthorised(ApiError):
    """The token is missing, wrong or lacks the right."""


class Refused(ApiError):
    """The platform said no; certainly not applied."""


class Throttled(ApiError):
    """Too many requests; certainly not applied. `wait` is in seconds."""

    def __init__(
        self, message: str, *, code: Code = "throttled", hint: str = "", status: int = 0, wait: float = 60.0
    ) -> None:
        super().__init__(message, code=code, hint=hint, status=status)
        self.wait = wait


class Unreachable(ApiError):
    """No connection was made, so no byte of the request was taken."""


class InDoubt(ApiError):
    """The request may have been applied: the answer was lost, late or not to be understood."""


class BadAnswer(ApiError):
    """A read came back in a shape that can't be trusted."""
