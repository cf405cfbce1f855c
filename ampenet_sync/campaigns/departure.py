"""When a campaign's messages may leave, when they would at the permitted rate, and how many would wait till morning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from ampenet_sync.config import Campaign, QuietHours


@dataclass(frozen=True)
class Hours:
    """When messages of this campaign may leave. `expires` is in epoch seconds."""

    zone: tzinfo = UTC
    quiet: QuietHours | None = None
    expires: float | None = None

    def resumes_at(self, now: float) -> datetime | None:
        """When sending may go on; None where it may now."""
        moment = datetime.fromtimestamp(now, self.zone)
        allowed = self.quiet.next_allowed(moment) if self.quiet else moment
        return None if allowed == moment else allowed

    def over(self, now: float) -> bool:
        return self.expires is not None and now >= self.expires


@dataclass(frozen=True)
class Departure:
    """`ends_at` is when the last message leaves. `waiting` of them wait for the end of quiet hours, at first `until`.

    `until` is None where nobody waits.
    """

    ends_at: datetime
    waiting: int
    until: datetime | None


def hours_of(campaign: Campaign, *, zone: tzinfo, rehearsal: bool) -> Hours:
    """When the campaign may leave. Quiet hours don't bind where no phone can ring."""
    expires = campaign.expires
    if expires is not None and expires.tzinfo is None:
        expires = expires.replace(tzinfo=zone)
    return Hours(zone, None if rehearsal else campaign.quiet, expires.timestamp() if expires else None)


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
