"""The assets `customers` and `quarantine`: the source as it stands now. Segments come later."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from ampenet_sync.config import Config
from ampenet_sync.dagster import shown
from ampenet_sync.dagster.failures import plain_failures
from ampenet_sync.dagster.handed import Materialized
from ampenet_sync.dagster.resources import AmpenetResource
from ampenet_sync.pipeline.intake import Intake, take_in
from ampenet_sync.pipeline.planning import kept_segments
from ampenet_sync.pipeline.quality import REPORT, Quality, assess, keep_page
from ampenet_sync.pipeline.trend import past_readings
from ampenet_sync.reports.drawing import INSTALL, can_draw
from ampenet_sync.schemas import Customers, Quarantine

SOURCE_FIGURES = ("kind", "size", "files", "modified", "blank_rows", "rows_above")
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
            "quarantine_rate",
            asset=CUSTOMERS,
            blocking=True,
            description="No more rows are quarantined than the strictest `limits: quarantined` of ampenet.yaml allows.",
        )
    ],
)
def read_customers(
    context: dg.AssetExecutionContext, ampenet: dg.ResourceParam[AmpenetResource]
) -> Iterator[Materialized]:
    with plain_failures():
        config = ampenet.read()
        intake = take_in(config)
        now = ampenet.now()
        quality = assess(config, intake, past=past_readings(config, intake.identity.name), now=now)
        report = write_report(config, quality, now=now)
    if report is None:
        context.log.warning(f"No report was written, as nothing here draws its plots: {INSTALL}")
    version = dg.DataVersion(intake.identity.digest)
    source = [name for name in intake.column_names() if name.startswith("source.")]
    quarantined = shown.table(Quarantine, path=intake.quarantine_path, rows=intake.quarantined, more=source)
    quarantined |= shown.counts("reason", intake.reasons)
    quarantined |= {"report": dg.MetadataValue.path(str(report))} if report else {}
    quarantined["sample"] = shown.quarantine_sample(
        intake.read_quarantine(shown.QUARANTINE_SAMPLE, first=shown.SAMPLE_ROWS)
    )
    yield dg.MaterializeResult(asset_key=QUARANTINE, metadata=quarantined, data_version=version)
    usable = shown.table(Customers, path=intake.customers_path, rows=intake.usable, more=intake.column_names())
    usable |= {"rows_read": intake.rows, "source": intake.identity.name, **quality_counts(quality)}
    usable |= {f"source_{name}": getattr(intake.identity, name) for name in SOURCE_FIGURES}
    usable["sample"] = shown.customer_sample(intake.read(shown.CUSTOMER_SAMPLE, first=shown.SAMPLE_ROWS))
    check = judge_quarantine(config, intake)
    yield dg.MaterializeResult(asset_key=CUSTOMERS, metadata=usable, data_version=version, check_results=[check])


def write_report(config: Config, quality: Quality, *, now: float) -> Path | None:
    """The data-quality report beside the customers' files; None where matplotlib, which draws it, isn't installed."""
    if not can_draw():
        return None
    from ampenet_sync.reports.quality_page import quality_page  # matplotlib is slow to import

    path = config.home / REPORT
    keep_page(quality_page(quality, made_at=datetime.fromtimestamp(now, UTC).astimezone(config.zone)), path)
    return path


def quality_counts(quality: Quality) -> shown.Metadata:
    counted = {
        "consenting": quality.consent.yes,
        "repaired": quality.repaired,
        "share_a_phone": quality.shared.customers,
        **shown.answers("consent", quality.consent.answered),
        **shown.answers("opted_out", quality.opted_out),
    }
    damaged = {column.column: column.damaged for column in quality.columns if column.damaged}
    counted |= shown.counts("misfit", quality.misfits) | shown.counts("damaged", damaged)
    return counted | shown.counts("country", {code or "none": people for code, people in quality.countries.items()})


def judge_quarantine(config: Config, intake: Intake) -> dg.AssetCheckResult:
    """Fails for the first segment whose limit is exceeded, as a sync of any segment would stop for it."""
    quarantined, rows = intake.quarantined, intake.rows
    figures = {"quarantined": quarantined, "rows_read": rows, "share": quarantined / rows if rows else 0.0}
    for name in kept_segments(config) or config.segments:
        limit = config.segments[name].limits.quarantined
        allowed = limit.allowed(rows)
        if allowed is not None and quarantined > allowed:
            message = f"{quarantined:,} of {rows:,} rows are quarantined; the limit of segment {name} is {limit}"
            return dg.AssetCheckResult(
                passed=False, check_name="quarantine_rate", metadata=figures, description=message
            )
    return dg.AssetCheckResult(passed=True, check_name="quarantine_rate", metadata=figures)
