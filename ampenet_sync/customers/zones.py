"""How far a time zone is from UTC, for whole columns of moments. Python's own rules: Arrow's end with the year 2037."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

_DAY = 86_400
_EPOCH = datetime(1970, 1, 1)
_FIRST, _LAST = (int((moment - _EPOCH).total_seconds()) for moment in (datetime(1, 1, 3), datetime(9999, 12, 29)))


def offsets(seconds: pa.ChunkedArray, zone: str, *, on_the_wall: bool = False) -> pa.ChunkedArray:
    """Seconds east of UTC at each moment, given in seconds since 1970: of UTC, or by the clock on the wall there.

    An hour that such a clock shows twice is taken for the first one. Null stays null.
    """
    numbers, there = seconds.to_numpy(), ZoneInfo(zone)
    known = np.asarray(seconds.is_valid())
    moments = numbers[known].astype(np.int64)
    days, at = np.unique(moments // _DAY, return_inverse=True)
    begins = np.array([_offset(int(day) * _DAY, there, on_the_wall) for day in days], dtype=np.int64)
    ends = np.array([_offset((int(day) + 1) * _DAY - 1, there, on_the_wall) for day in days], dtype=np.int64)
    east = begins[at]
    changing = (begins != ends)[at]  # on one or two days of a year
    distinct, again = np.unique(moments[changing], return_inverse=True)
    east[changing] = np.array([_offset(int(each), there, on_the_wall) for each in distinct], dtype=np.int64)[again]
    result = np.zeros(len(numbers), dtype=np.int64)
    result[known] = east
    return pa.chunked_array([pa.array(result, mask=~known)])


def _offset(seconds: int, zone: ZoneInfo, on_the_wall: bool) -> int:
    moment = _EPOCH + timedelta(seconds=min(max(seconds, _FIRST), _LAST))
    there = moment.replace(tzinfo=zone) if on_the_wall else moment.replace(tzinfo=UTC).astimezone(zone)
    return int((there.utcoffset() or timedelta()).total_seconds())
