"""The policy of slots: who may call now, how long others nap, what an answer teaches. Pure: it keeps nothing.

A slot is taken at dispatch and free a window after its answer. The platform counts the call somewhere between the two,
so two uses of one slot are counted at least a window apart, whatever the latency. A slot never reported on, because its
process was killed or its answer lost, is free after deadline + window.

All times are in seconds, and all moments by one clock, that of whoever keeps the slots.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

WINDOW = 60.0  # in which the platform counts
DEADLINE = 60.0  # after which an answer is certainly given up
BELIEVED = 10  # windows for which a lower limit holds, although the platform names higher ones meanwhile
LONGEST = 600.0  # nothing silences everybody for longer, neither an absurd answer nor a clock that was set back
AFTER_THROTTLED = 60.0  # silence after a throttled answer that names none, as the 200 form of it
SHORTEST_SILENCE = 1.0  # after a throttled answer, also where it says "now" or names a time that is over
AT_WORK = 10.0  # after a campaign's call, in which more of them are expected
KEPT = 4  # one slot in so many is kept for the calls a campaign at work will make; sync takes what is free beyond
MARK = 3.0  # a waiting campaign is waited for without a sign of life
SYNC_NAP = 0.5  # while the free slots are those kept
LEFT_TO_CAMPAIGN = 0.05  # a sync call's nap while a free slot is left to a campaign that has not woken yet
LONGEST_NAP = 1.0  # a slot given back or answered meanwhile is seen at the latest after so many
SHORTEST_NAP = 0.001


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls in a window (seconds); after `deadline` seconds no answer is waited for any more."""

    calls: int
    window: float = WINDOW
    deadline: float = DEADLINE


@dataclass(frozen=True)
class State:
    """What is known of one token's slots in sum."""

    busy: int = 0  # calls whose slots are not free yet
    taken: int = 0  # calls ever counted and not given back
    learned: int = 0  # a lower limit the platform named
    learned_until: float = 0.0
    quiet_until: float = 0.0  # the platform wants nothing from anybody
    campaigns_until: float = 0.0  # till then a campaign is at work or waits

    @property
    def lead(self) -> int:
        """Goes with a call when it is counted; its answer tells by it how many were counted meanwhile."""
        return self.busy - self.taken

    def permitted(self, rate: Rate, now: float) -> int:
        return min(rate.calls, self.learned) if _ahead(self.learned_until, now) else rate.calls

    def counted(self, calls: int) -> State:
        """With so many calls more; fewer where they were given back."""
        return replace(self, busy=self.busy + calls, taken=self.taken + calls)

    def freed(self, calls: int) -> State:
        return replace(self, busy=self.busy - calls)


def unanswered_until(rate: Rate, now: float) -> float:
    """When a slot taken now is free if nobody ever reports on it."""
    return now + rate.deadline + rate.window


def answered_until(rate: Rate, now: float) -> float:
    """When a slot answered now is free."""
    return now + rate.window


def latest_free(now: float) -> float:
    """No slot is busy for longer: one that says so was taken under a clock that was set back."""
    return now + LONGEST


def until_free(
    state: State,
    rate: Rate,
    now: float,
    *,
    campaign: bool,
    waiting: Callable[[], int],
    next_free: Callable[[], float],
) -> float | None:
    """None where this lane may take a slot now, else the seconds until it may ask again.

    `waiting` is how many campaigns wait, `next_free` when the first slot is free; asked only where it matters, as
    either may be a query.
    """
    if _ahead(state.quiet_until, now):
        return state.quiet_until - now
    permitted = state.permitted(rate, now)
    free = permitted - state.busy
    if free <= 0:
        return next_free() - now
    if campaign:
        return None
    if free <= waiting():
        return LEFT_TO_CAMPAIGN
    if now < state.campaigns_until and free <= permitted // KEPT:
        return SYNC_NAP
    return None


def nap(seconds: float) -> float:
    """How long to sleep of the time until a slot may be free: it may be given back earlier."""
    return min(max(seconds, SHORTEST_NAP), LONGEST_NAP)


def campaign_called(state: State, now: float) -> State:
    return replace(state, campaigns_until=now + AT_WORK)


def campaign_waits(state: State, now: float) -> State:
    return replace(state, campaigns_until=max(state.campaigns_until, mark_until(now)))


def mark_until(now: float) -> float:
    """How long a sign of life of a waiting campaign counts."""
    return now + MARK


def learn(state: State, rate: Rate, now: float, *, limit: int | None, wait: float | None) -> State:
    """What an answer teaches of the limit and of silence; it holds for everybody.

    The lowest limit named counts until only higher ones were named for a while: routes differ.
    """
    if limit is not None and 0 < limit < rate.calls and limit <= state.permitted(rate, now):
        until = now + min(BELIEVED * rate.window, LONGEST)
        state = replace(state, learned=limit, learned_until=until)
    if wait is not None and wait > 0:
        state = replace(state, quiet_until=max(state.quiet_until, now + min(wait, LONGEST)))
    return state


def used_by_others(state: State, rate: Rate, now: float, *, remaining: int, lead: int) -> int:
    """Less is left than we think: so many calls somebody else made with the token count as made here.

    Ours are all calls that may have been counted before the answer was written: those busy when its slot was taken
    and those taken since, whether or not they are free again by now.
    """
    ours = lead + state.taken
    return max(state.permitted(rate, now) - ours - remaining, 0)


def silence_after(named: float | None) -> float:
    """Seconds of silence after a throttled answer, of those it named."""
    return AFTER_THROTTLED if named is None else max(named, SHORTEST_SILENCE)


def _ahead(until: float, now: float) -> bool:
    """Whether a time is still to come; one too far ahead was written under a clock that was set back."""
    return now < until <= now + LONGEST
