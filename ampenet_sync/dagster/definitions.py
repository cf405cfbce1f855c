"""One configuration's assets, wired together. ampenet.yaml decides which partitions and campaigns there are."""

from __future__ import annotations

import dagster as dg

from ampenet_sync.config import Config
from ampenet_sync.dagster.campaigns import campaign_assets
from ampenet_sync.dagster.contacts import contact_assets
from ampenet_sync.dagster.customers import read_customers
from ampenet_sync.dagster.resources import AmpenetResource
from ampenet_sync.dagster.schedules import daily_plans
from ampenet_sync.pipeline.planning import kept_segments


def build_definitions(
    ampenet: AmpenetResource, config: Config | None = None, *, executor: dg.ExecutorDefinition = dg.in_process_executor
) -> dg.Definitions:
    """The assets, the check, the schedule and the resource of one configuration, by default the resource's own.

    Steps run one after another in the run's process unless another executor is named: they are small, and the permitted
    rate is shared anyway. Raises ConfigError where ampenet.yaml can't be read.
    """
    config = config or ampenet.read()
    segments = kept_segments(config)
    campaigns = [asset for name in config.campaigns for asset in campaign_assets(name)]
    return dg.Definitions(
        assets=[read_customers, *(contact_assets(segments) if segments else []), *campaigns],
        schedules=[daily_plans(segments, time_zone=config.time_zone)] if segments else [],
        resources={"ampenet": ampenet},
        executor=executor,
    )
