"""What each fault does to a request: before, to the gateway, and to the answer. It calls nothing and keeps nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from ampenet_sync.sandbox import refusals, routes
from ampenet_sync.sandbox.answers import Answer, Hangup, html
from ampenet_sync.sandbox.faults import Fault, FaultKind
from ampenet_sync.sandbox.inputs import Call
from ampenet_sync.sandbox.refusals import Refusal
from ampenet_sync.sandbox.rules import Rules
from ampenet_sync.sandbox.visit import Gateway

HUGE_BLANKS = 50_000_000


def instead(fault: Fault, call: Call, rules: Rules) -> Answer | Hangup | None:
    """The answer of a request that is never carried out; None where it is."""
    match fault.kind:
        case FaultKind.DROP_BEFORE:
            return Hangup.CLOSE
        case FaultKind.RESET_BEFORE:
            return Hangup.RESET
        case FaultKind.HTML_502:
            return html(502)
        case FaultKind.HTML_503:
            return html(503)
        case FaultKind.THROTTLED:
            return routes.refused(refusals.too_many_attempts(), rules, call)
        case FaultKind.REFUSED:
            return routes.refused(Refusal(fault.message, http=fault.http), rules, call)
        case _:
            return None


def gateway_of(fault: Fault | None) -> Gateway:
    """How the gateway treats the messages of a request under this fault."""
    match fault:
        case Fault(kind=FaultKind.UNDELIVERED):
            return Gateway(status=fault.message, refuses=fault.http)
        case Fault(kind=FaultKind.STATUS):
            return Gateway(status=fault.message)
        case Fault(kind=FaultKind.UNLISTED):
            return Gateway(lists=False)
        case Fault(kind=FaultKind.HALF):
            return Gateway(half=True)
        case _:
            return Gateway()


def later(fault: Fault, number: int) -> Answer | Hangup | None:
    """The answer now of a request that is carried out later; None where it is not put off."""
    if fault.kind is FaultKind.LATE:
        return Hangup.CLOSE
    if fault.kind is FaultKind.QUEUED:
        queued = {"status": "success", "message": "Your request was queued", "data": {"queue_id": f"q-{number:08d}"}}
        return Answer(202, routes.as_json(queued))
    return None


def spoiled(fault: Fault, answer: Answer) -> Answer | Hangup:
    """What the client gets to see of an answer whose effect has happened."""
    kind = fault.kind
    match kind:
        case FaultKind.DROP_AFTER | FaultKind.HALF:
            return Hangup.CLOSE
        case FaultKind.RESET_AFTER:
            return Hangup.RESET
        case FaultKind.ERROR_AFTER:
            return html(500)
        case FaultKind.GARBAGE:
            return replace(answer, body=answer.body[: len(answer.body) // 2])
        case FaultKind.CUT:
            return replace(answer, leaves=len(answer.body) // 2)
        case FaultKind.EMPTY:
            return replace(answer, body=b"")
        case FaultKind.HUGE:
            return replace(answer, blanks=HUGE_BLANKS)
        case FaultKind.SLOW | FaultKind.UNDELIVERED | FaultKind.STATUS | FaultKind.UNLISTED:
            return answer
        case (
            FaultKind.DROP_BEFORE | FaultKind.RESET_BEFORE | FaultKind.HTML_502 | FaultKind.HTML_503
            | FaultKind.THROTTLED | FaultKind.REFUSED | FaultKind.LATE | FaultKind.QUEUED
        ):  # fmt: skip
            return answer
        case _:
            assert_never(kind)
