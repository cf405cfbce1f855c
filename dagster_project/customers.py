"""The assets `customers` and `quarantine`: the source as it stands now. Segments come later."""

from collections.abc import Iterator

import dagster as dg

from ampenet_sync.config import Config
from ampenet_sync.pipeline.intake import Intake, reasons, save_intake, take_in
from ampenet_sync.pipeline.planning import kept_segments
from dagster_project import shown
from dagster_project.failures import told_plainly
from dagster_project.handed import Materialized
from dagster_project.resources import Ampenet
from schemas import Customers, Quarantine

CUSTOMERS, QUARANTINE = dg.AssetKey("customers"), dg.AssetKey("quarantine")


@dg.multi_asset(
    name="read_customers",
    group_name="customers",
    specs=[
        dg.AssetSpec(QUARANTINE, description="Rows that can't be used, each with its reason.", kinds={"parquet"}),
        dg.AssetSpec(
            CUSTOMERS, description="Rows that can be used, phones normalised, validated.", kinds={"parquet", "pandera"}
        ),
    ],
    check_specs=[
        dg.AssetCheckSpec(
            "reject_rate",
            asset=CUSTOMERS,
            blocking=True,
            description="No more rows are rejected than the strictest `limits: quarantined` of ampenet.yaml allows.",
        )
    ],
)
def read_customers(ampenet: dg.ResourceParam[Ampenet]) -> Iterator[Materialized]:
    with told_plainly():
        config = ampenet.read()
        intake = take_in(config)
        customers, quarantine = save_intake(intake, config.home / "customers")
    version = dg.DataVersion(intake.identity.digest)
    rejected = shown.table(intake.quarantine, Quarantine, path=quarantine) | shown.counts("reason", reasons(intake))
    rejected["sample"] = shown.quarantine_sample(intake.quarantine)
    yield dg.MaterializeResult(asset_key=QUARANTINE, metadata=rejected, data_version=version)
    usable = shown.table(intake.customers, Customers, path=customers) | {"rows_read": intake.rows}
    usable |= {"source": intake.identity.name, "sample": shown.customer_sample(intake.customers)}
    check = judge_rejects(config, intake)
    yield dg.MaterializeResult(asset_key=CUSTOMERS, metadata=usable, data_version=version, check_results=[check])


def judge_rejects(config: Config, intake: Intake) -> dg.AssetCheckResult:
    """Fails for the first segment whose limit is exceeded, as a sync of any segment would stop for it."""
    rejected, rows = len(intake.quarantine), intake.rows
    figures = {"rejected": rejected, "rows_read": rows, "share": rejected / rows if rows else 0.0}
    for name in kept_segments(config) or config.segments:
        limit = config.segments[name].limits.quarantined
        allowed = limit.allowed(rows)
        if allowed is not None and rejected > allowed:
            said = f"{rejected:,} of {rows:,} rows are rejected; the limit of segment {name} is {limit}"
            return dg.AssetCheckResult(passed=False, check_name="reject_rate", metadata=figures, description=said)
    return dg.AssetCheckResult(passed=True, check_name="reject_rate", metadata=figures)
