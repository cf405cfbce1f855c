"""When customers are read and plans are made by themselves. Applying and sending are never started by a clock."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from ampenet_sync.dagster.contacts import PLAN
from ampenet_sync.dagster.customers import CUSTOMERS, QUARANTINE

EVERY_MORNING = "0 6 * * *"


def daily_plans(segments: Sequence[str], *, time_zone: str) -> dg.ScheduleDefinition:
    """A fresh plan of each segment, there to be read when people come to work; stopped until somebody starts it."""

    @dg.schedule(
        cron_schedule=EVERY_MORNING,
        execution_timezone=time_zone,
        target=dg.AssetSelection.assets(CUSTOMERS, QUARANTINE, PLAN),
        default_status=dg.DefaultScheduleStatus.STOPPED,
    )
    def daily_plans() -> list[dg.RunRequest]:
        """Read the customers and plan each segment; nothing at Ampenet is written."""
        return [dg.RunRequest(run_key=segment, partition_key=segment) for segment in segments]

    return daily_plans
