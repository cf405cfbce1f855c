"""The Dagster library: assets, checks, one resource and a schedule, each a few lines that call the pipeline. No logic.

import dagster as dg
from ampenet_sync.dagster import AmpenetResource, build_definitions

@dg.definitions
def defs() -> dg.Definitions:
    return build_definitions(AmpenetResource())
"""

try:
    import dagster as _dagster  # noqa: F401 - the package of that name: is it there?
except ModuleNotFoundError as error:
    if error.name != "dagster":
        raise
    message = "Dagster is not installed: pip install 'ampenet-sync[dagster]'"
    raise ModuleNotFoundError(message, name="dagster") from None

from ampenet_sync.dagster.campaigns import SendConfig, campaign_assets
from ampenet_sync.dagster.contacts import ApplyConfig, contact_assets
from ampenet_sync.dagster.customers import read_customers
from ampenet_sync.dagster.definitions import build_definitions
from ampenet_sync.dagster.resources import AmpenetResource
from ampenet_sync.dagster.schedules import daily_plans

__all__ = [
    "AmpenetResource",
    "ApplyConfig",
    "SendConfig",
    "build_definitions",
    "campaign_assets",
    "contact_assets",
    "daily_plans",
    "read_customers",
]
