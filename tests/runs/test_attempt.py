"""What an error of a call means: each line of the table in `attempt.py`, for a change and for a message."""

from __future__ import annotations

import pytest

from ampenet_sync.errors import BadAnswer, InDoubt, Refused, Throttled, Unauthorised, Unreachable
from ampenet_sync.runs import Breaker
from ampenet_sync.runs.attempt import State, Subject, leave_after, outcome_of
from ampenet_sync.stopping import Stopped


def left(error: BaseException, subject: Subject, *, twin: bool = False) -> tuple[State, str, bool, int, bool]:
    """(state, code, whether it is tried again, failures that the breaker counted of two, whether it is open)."""
    seen: list[tuple[State, str]] = []
    breaker = Breaker(limit=2)
    breaker.failed("once before")
    again = leave_after(error, subject, lambda state, code: seen.append((state, code)), breaker, twin=twin)
    ((state, code),) = seen
    tripped = breaker.is_open
    breaker.failed("and once after")
    return state, code, again, 2 if tripped else int(breaker.is_open), tripped


@pytest.mark.parametrize(
    ("subject", "error", "expected"),
    [
        ("change", Refused("no", code="invalid_phone"), ("refused", "invalid_phone", False, 0, False)),
        ("message", Refused("no", code="blacklisted"), ("refused", "blacklisted", False, 2, True)),
        ("change", Refused("no", code="group_not_found"), ("planned", "group_not_found", False, 2, True)),
        ("message", Refused("no", code="balance"), ("planned", "balance", False, 2, True)),
        ("message", Refused("no", code="sender"), ("planned", "sender", False, 2, True)),
        ("change", Refused("no", code="duplicate"), ("refused", "duplicate", False, 0, False)),
        ("change", Throttled("wait"), ("planned", "throttled", True, 1, False)),
        ("message", Throttled("wait"), ("planned", "throttled", True, 1, False)),
        ("change", Unreachable("gone", code="unreachable"), ("planned", "unreachable", True, 2, True)),
        ("message", Unreachable("gone", code="unreachable"), ("planned", "unreachable", True, 2, True)),
        ("change", InDoubt("lost", code="timeout"), ("in_doubt", "timeout", False, 2, True)),
        ("message", InDoubt("lost", code="timeout"), ("in_doubt", "timeout", False, 2, True)),
    ],
    ids=lambda value: getattr(value, "code", None) or str(value) if not isinstance(value, tuple) else "",
)
def test_an_error_leaves_the_claim_and_the_breaker_as_the_table_says(
    subject: Subject, error: BaseException, expected: tuple[State, str, bool, int, bool]
) -> None:
    assert left(error, subject) == expected


def test_a_twin_of_an_earlier_try_may_be_ours_so_it_is_in_doubt() -> None:
    assert left(Refused("there", code="duplicate"), "change", twin=True) == ("in_doubt", "duplicate", False, 1, False)


@pytest.mark.parametrize("subject", ["change", "message"])
@pytest.mark.parametrize(
    ("error", "code", "opens"),
    [(Unauthorised("no", code="unauthenticated"), "unauthenticated", True), (Stopped(), "stopped", False)],
    ids=["token", "stop"],
)
def test_where_nothing_else_can_succeed_the_claim_is_given_back_and_the_error_goes_on(
    subject: Subject, error: BaseException, code: str, opens: bool
) -> None:
    seen: list[tuple[State, str]] = []
    breaker = Breaker()
    with pytest.raises(type(error)):
        leave_after(error, subject, lambda state, why: seen.append((state, why)), breaker)
    assert seen == [("planned", code)] and breaker.is_open is opens


def test_an_error_that_is_no_answer_to_a_write_is_nobodys_outcome() -> None:
    with pytest.raises(BadAnswer):
        outcome_of(BadAnswer("odd", code="not_json"), "change")
