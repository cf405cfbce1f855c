"""Made-up figures of a campaign for the tests of its page. They hold no expectations."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ampenet_sync.pipeline.delivery import DeliveryReport, Moment, StatusLine

START = datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo("Africa/Dar_es_Salaam"))
COURSE = tuple(Moment(START + timedelta(minutes=15 * step), 90 * step, 78 * step, 4 * step) for step in range(21))
CAMPAIGN = DeliveryReport(
    campaign="welcome",
    edition="2026-11",
    audience="252ce1d8ab4f804ef35a7bfa05672912",
    sent=1800,
    refused=31,
    unknown=2,
    expired=0,
    parts=2144,
    remaining=167,
    paused=True,
    delivery={"delivered": 1560, "pending": 120, "failed": 80, "unknown": 40},
    statuses=(
        StatusLine("delivered", "delivered", 1560),
        StatusLine("enroute", "pending", 120),
        StatusLine("undelivered", "failed", 71),
        StatusLine("not read yet", "unknown", 30),
        StatusLine("rejected", "failed", 9),
        StatusLine("<b>zimepotea</b>", "unknown", 7),
        StatusLine("not listed", "unknown", 3),
    ),
    refusals={"blacklisted": 27, "validation": 4},
    unread=30,
    read_at=START.timestamp() + 40_000,
    course=COURSE,
)
NOTHING = DeliveryReport(
    *("welcome", "1", "", 0, 0, 0, 0, 0, None, False),
    *({"delivered": 0, "pending": 0, "failed": 0, "unknown": 0}, (), {}, 0, None, ()),
)
