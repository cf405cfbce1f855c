"""When a campaign's messages would leave at the permitted rate, and how many would wait for quiet hours to end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ampenet_sync.config import QuietHours


@dataclass(frozen=True)
class Departure:
    """`ends_at` is when the last message leaves. `waiting` of them wait for the end of quiet hours, at first `until`.

    `until` is None where nobody waits.
    """

    ends_at: datetime
    waiting: int
    until: datetime | None


def foresee(count: int, *, rate: int, quiet: QuietHours | None, now: datetime) -> Departure:
    """`count` messages one by one, `rate` a minute, beginning `now` (with a time zone) or when quiet hours end."""
    each = timedelta(minutes=1) / rate
    if quiet is None:
        return Departure(now + count * each, 0, None)
    moment, left, waiting, until = now, count, 0, None
    while left:
        resumes = quiet.next_allowed(moment)
        if resumes != moment:
            waiting, until = waiting or left, until or resumes
            moment = resumes
        leaving = min(left, -((moment - quiet.next_start(moment)) // each))  # rounded up: the first leaves at once
        moment, left = moment + leaving * each, left - leaving
    return Departure(moment if count else quiet.next_allowed(now), waiting, until)
