"""Small values that ampenet.yaml writes as text: limits, spans of time and quiet hours. No files, no environment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated

from pydantic import BeforeValidator


@dataclass(frozen=True)
class Called:
    """Beside a type in ampenet.yaml's models: what its reference calls it."""

    words: str


@dataclass(frozen=True)
class Limit:
    """How much may change in one run: a share of the linked contacts, a count, or (both None) no limit."""

    percent: float | None = None
    count: int | None = None

    FLOOR = 3  # a group of five may still lose one: shares under this many rows protect nobody

    def allowed(self, base: int) -> int | None:
        """The most that may change among `base` rows; None where there is no limit."""
        if self.count is not None:
            return self.count
        if self.percent is None:
            return None
        return max(self.FLOOR, int(base * self.percent / 100))

    def __str__(self) -> str:
        if self.percent is not None:
            return f"{self.percent:g}%"
        return "none" if self.count is None else str(self.count)


def read_limit(text: object) -> Limit:
    """`10%` → a share, `50` → a count, `none` → no limit."""
    if isinstance(text, Limit):
        return text
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(%?)", str(text).strip())
    if str(text).strip().lower() == "none":
        return Limit()
    if not match:
        raise ValueError("write a share such as 10%, a number of rows such as 50, or none")
    if match[2]:
        return Limit(percent=_share(float(match[1])))
    return Limit(count=_whole(match[1]))


def read_limits(written: object) -> object:
    """One word for all limits at once would lift them all with a slip of the pen."""
    if isinstance(written, str):
        raise ValueError("write each limit by itself: {deletes: 10%, updates: none}")  # noqa: TRY004 - pydantic's word
    return written


def _share(percent: float) -> float:
    if percent > 100:
        raise ValueError("a share can't be over 100%")
    return percent


def _whole(text: str) -> int:
    if "." in text:
        raise ValueError("a number of rows is a whole number; for a share write %")
    return int(text)


@dataclass(frozen=True)
class Every:
    """A span of time after which something is done again."""

    hours: int

    @property
    def seconds(self) -> float:
        return self.hours * 3600.0

    def __str__(self) -> str:
        return f"{self.hours}h" if self.hours % 24 else f"{self.hours // 24}d"


def read_every(text: object) -> Every:
    """`7d` → seven days, `12h` → twelve hours."""
    if isinstance(text, Every):
        return text
    match = re.fullmatch(r"(\d{1,4})\s*([dh])", str(text).strip().lower())
    if not match or not int(match[1]):
        raise ValueError("write days such as 7d, or hours such as 12h")
    return Every(int(match[1]) * (24 if match[2] == "d" else 1))


@dataclass(frozen=True)
class QuietHours:
    """A daily span in which nobody is texted; it may go over midnight."""

    start: time
    end: time

    def next_allowed(self, moment: datetime) -> datetime:
        """`moment` itself outside the span, else the span's next end, in the same time zone."""
        if not self._covers(moment.time()):
            return moment
        end = moment.replace(hour=self.end.hour, minute=self.end.minute, second=0, microsecond=0)
        return end if end > moment else end + timedelta(days=1)

    def next_start(self, moment: datetime) -> datetime:
        """When the span begins next, later than `moment`, in the same time zone."""
        start = moment.replace(hour=self.start.hour, minute=self.start.minute, second=0, microsecond=0)
        return start if start > moment else start + timedelta(days=1)

    def _covers(self, at: time) -> bool:
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


def read_quiet_hours(text: object) -> QuietHours | None:
    """`20:00-08:00` → a span, `none` → None."""
    if text is None or isinstance(text, QuietHours):
        return text
    written = str(text).strip()
    if written.lower() == "none":
        return None
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)\s*-\s*([01]\d|2[0-3]):([0-5]\d)", written)
    if not match:
        raise ValueError("write a span such as 20:00-08:00, or none")
    start, end = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
    if start == end:
        raise ValueError("start and end are the same; write none for no quiet hours")
    return QuietHours(start, end)


def read_name(text: str) -> str:
    """A segment's or campaign's name becomes part of file names and of names in Dagster, so it is plain."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}", text):
        raise ValueError("a name holds letters, digits, _ and - only, such as gold_dodoma")
    return text


def read_region(text: str) -> str:
    """A country is two capital letters here, whatever else may stand in a column of the source."""
    if re.fullmatch("[A-Z]{2}", text):
        return text
    from ampenet_sync.phones import country_of  # only for the error: no command waits for libphonenumber

    meant = country_of(text)
    raise ValueError(f"write a country's two letters: {meant or 'TZ or KE'}")


LimitField = Annotated[Limit, BeforeValidator(read_limit), Called("share, number of rows, or none")]
EveryField = Annotated[Every, BeforeValidator(read_every), Called("days or hours")]
QuietHoursField = Annotated[QuietHours | None, BeforeValidator(read_quiet_hours), Called("span of the day, or none")]
