"""What the policy decides, in numbers."""

from __future__ import annotations

import pytest

from ampenet_sync.throttle import policy
from ampenet_sync.throttle.policy import Rate, State

NOW = 1_000_000.0
RATE = Rate(12)


def asked(state: State, *, campaign: bool = False, waiting: int = 0, next_free: float = NOW + 7) -> float | None:
    return policy.until_free(state, RATE, NOW, campaign=campaign, waiting=lambda: waiting, next_free=lambda: next_free)


@pytest.mark.parametrize(
    ("state", "campaign", "waiting", "wait"),
    [
        (State(), False, 0, None),
        (State(busy=11), False, 0, None),
        (State(busy=12), False, 0, 7.0),
        (State(busy=12), True, 0, 7.0),
        (State(busy=11), False, 1, policy.LEFT_TO_CAMPAIGN),
        (State(busy=10), False, 1, None),
        (State(busy=11), True, 1, None),
        (State(busy=8, campaigns_until=NOW + 1), False, 0, None),
        (State(busy=9, campaigns_until=NOW + 1), False, 0, policy.SYNC_NAP),
        (State(busy=9, campaigns_until=NOW + 1), True, 0, None),
        (State(busy=9, campaigns_until=NOW), False, 0, None),
        (State(quiet_until=NOW + 3), True, 0, 3.0),
        (State(quiet_until=NOW + 601), True, 0, None),
        (State(busy=2, learned=2, learned_until=NOW + 1), False, 0, 7.0),
        (State(busy=2, learned=2, learned_until=NOW), False, 0, None),
    ],
)
def test_who_may_call_now(state: State, campaign: bool, waiting: int, wait: float | None) -> None:
    assert asked(state, campaign=campaign, waiting=waiting) == wait


def test_a_slot_is_free_a_window_after_its_answer_or_after_deadline_and_window_without_one() -> None:
    assert policy.answered_until(Rate(1, 60.0, 35.0), NOW) == NOW + 60
    assert policy.unanswered_until(Rate(1, 60.0, 35.0), NOW) == NOW + 95


@pytest.mark.parametrize(
    ("limit", "wait", "learnt"),
    [
        (None, None, State()),
        (5, None, State(learned=5, learned_until=NOW + 600)),
        (12, None, State()),
        (0, None, State()),
        (None, 17.0, State(quiet_until=NOW + 17)),
        (None, float("inf"), State(quiet_until=NOW + 600)),
        (None, float("nan"), State()),
    ],
)
def test_what_an_answer_teaches(limit: int | None, wait: float | None, learnt: State) -> None:
    assert policy.learn(State(), RATE, NOW, limit=limit, wait=wait) == learnt


def test_of_two_silences_the_longer_counts() -> None:
    quiet = State(quiet_until=NOW + 50)
    assert policy.learn(quiet, RATE, NOW, limit=None, wait=5.0) == quiet


def test_what_is_left_tells_what_others_used() -> None:
    state = State().counted(3)
    assert policy.used_by_others(state, RATE, NOW, remaining=9, lead=0) == 0
    assert policy.used_by_others(state, RATE, NOW, remaining=4, lead=0) == 5
    assert policy.used_by_others(state, RATE, NOW, remaining=99, lead=0) == 0


@pytest.mark.parametrize(("named", "silence"), [(None, 60.0), (0.0, 1.0), (17.0, 17.0)])
def test_a_throttled_answer_silences_for_a_moment_at_least(named: float | None, silence: float) -> None:
    assert policy.silence_after(named) == silence


@pytest.mark.parametrize(("seconds", "nap"), [(0.0, 0.001), (0.5, 0.5), (90.0, 1.0)])
def test_a_nap_is_never_none_and_never_long(seconds: float, nap: float) -> None:
    assert policy.nap(seconds) == nap
