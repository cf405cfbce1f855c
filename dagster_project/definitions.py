"""Everything wired together for Dagster. What ampenet.yaml names decides which partitions and campaigns there are."""

from __future__ import annotations

import dagster as dg

from ampenet_sync.config import Config
from ampenet_sync.pipeline.planning import kept_segments
from dagster_project.campaigns import campaign_assets
from dagster_project.contacts import contact_assets
from dagster_project.customers import read_customers
from dagster_project.resources import Ampenet
from dagster_project.schedules import daily_plans


def make_definitions(config: Config, ampenet: Ampenet) -> dg.Definitions:
    """The assets of one configuration. Steps run one after another in the run's process: they are small, and the
    permitted rate is shared anyway; a deployment with an engine of its own names its executor here."""
    segments = kept_segments(config)
    campaigns = [asset for name in config.campaigns for asset in campaign_assets(name)]
    return dg.Definitions(
        assets=[read_customers, *(contact_assets(segments) if segments else []), *campaigns],
        schedules=[daily_plans(segments, time_zone=config.time_zone)] if segments else [],
        resources={"ampenet": ampenet},
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    ampenet = Ampenet()
    return make_definitions(ampenet.read(), ampenet)
