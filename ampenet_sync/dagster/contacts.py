"""The assets `plan` and `contacts_applied`, a partition for each segment. Whether a plan is good: not decided here."""

from collections.abc import Sequence
from itertools import islice

import dagster as dg
from pydantic import Field

from ampenet_sync.dagster import shown
from ampenet_sync.dagster.customers import CUSTOMERS
from ampenet_sync.dagster.failures import plain_failures
from ampenet_sync.dagster.handed import Materialized, newest_file
from ampenet_sync.dagster.resources import AmpenetResource
from ampenet_sync.pipeline.applying import apply_file
from ampenet_sync.pipeline.intake import load_intake
from ampenet_sync.pipeline.planning import Planned, plan_segment
from ampenet_sync.reports.names import APPLIED_COUNTS, FORECAST, NAMELESS_ROW, PLAN_COUNTS
from ampenet_sync.reports.planrows import nameless
from ampenet_sync.sync.applied import Applied
from ampenet_sync.sync.rows import CALLS

PLAN, APPLIED = dg.AssetKey("plan"), dg.AssetKey("contacts_applied")
POOL = "ampenet"  # whatever calls the API: the permitted rate is one account's, so one step at a time uses it


class ApplyConfig(dg.Config):
    """The one-time yes for an unsafe plan."""

    allow: str | None = Field(None, description="Digest of the unsafe plan that you have read and let through.")


def contact_assets(segments: Sequence[str]) -> list[dg.AssetsDefinition]:
    """`plan` and `contacts_applied` with a partition for each segment that is kept in a group."""
    partitions = dg.StaticPartitionsDefinition(list(segments))
    return [_plan(partitions), _contacts_applied(partitions)]


def _plan(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    @dg.asset(
        key=PLAN,
        group_name="contacts",
        partitions_def=partitions,
        deps=[CUSTOMERS],
        pool=POOL,
        kinds={"parquet"},
        check_specs=[dg.AssetCheckSpec("safe", asset=PLAN, blocking=True, description="No limit is exceeded.")],
    )
    def plan(context: dg.AssetExecutionContext, ampenet: dg.ResourceParam[AmpenetResource]) -> Materialized:
        """What would change in the segment's group. Nothing at Ampenet is written."""
        with plain_failures(), ampenet.world(context.log) as world:
            intake = load_intake(newest_file(context.instance, CUSTOMERS))
            planned = plan_segment(world, intake, context.partition_key)
        for warning in planned.warnings:
            context.log.warning(warning)
        version = dg.DataVersion(planned.plan.digest)
        return dg.MaterializeResult(
            metadata=plan_metadata(planned), data_version=version, check_results=[judge_plan(planned)]
        )

    return plan


def _contacts_applied(partitions: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    @dg.asset(key=APPLIED, group_name="contacts", partitions_def=partitions, deps=[PLAN], pool=POOL, kinds={"ampenet"})
    def contacts_applied(
        context: dg.AssetExecutionContext, config: ApplyConfig, ampenet: dg.ResourceParam[AmpenetResource]
    ) -> Materialized:
        """The segment's group, made what its newest plan says. An unsafe plan needs its digest in `allow`."""
        with plain_failures(), ampenet.noticed_world(context.log, "apply", context.partition_key) as (world, occasion):
            path = newest_file(context.instance, PLAN, partition=context.partition_key)
            intake = load_intake(newest_file(context.instance, CUSTOMERS))
            applied = apply_file(world, path, allow=config.allow, intake=intake)
            occasion.came_to(applied, next_lines=[f"Next: {unfinished(applied)}"] if is_unfinished(applied) else ())
            calls = world.client.tally.used()
            spent = {"calls": calls.calls, "forecast_calls": calls.forecast}
            metadata = applied_metadata(applied) | {"plan": str(path), **spent}
        if is_unfinished(applied):
            context.log_event(dg.AssetObservation(APPLIED, partition=context.partition_key, metadata=metadata))
            raise dg.Failure(unfinished(applied), metadata=metadata, allow_retries=False)
        return dg.MaterializeResult(metadata=metadata)

    return contacts_applied


def judge_plan(planned: Planned) -> dg.AssetCheckResult:
    header, digest = planned.plan.header, planned.plan.digest
    reasons = ". ".join(header.violations)
    way_out = f"{reasons}. Read the plan; if it is right, materialize contacts_applied alone with allow: {digest}"
    return dg.AssetCheckResult(
        passed=header.verdict == "safe", check_name="safe", description=way_out if reasons else None
    )


def plan_metadata(planned: Planned) -> shown.Metadata:
    """Counts first: they are what a person judges; the whole plan is in the file."""
    header = planned.plan.header
    changes = planned.plan.chosen(changes=CALLS)
    sample = [nameless(row) for row in islice(changes, shown.SAMPLE_ROWS)]
    return {
        "digest": planned.plan.digest,
        "verdict": header.verdict,
        "group": planned.group_now,
        "actual": header.actual,
        **({"read_at": header.read_at} if header.read_at else {}),
        **{name: getattr(header.counts, name) for name in PLAN_COUNTS},
        **{name: getattr(header.forecast, name) for name in FORECAST},
        "source": header.source.name,
        **shown.counts("consent", header.consent_answers),
        **shown.counts("opted_out", header.opted_out_answers),
        "source_digest": header.source.digest[:16],
        "shared_phones": header.shared_phones,
        "unknown_members": header.unknown_members,
        "warnings": dg.MetadataValue.md("\n".join(f"- {warning}" for warning in planned.warnings) or "none"),
        "collisions": shown.collisions(planned.collisions),
        "sample": shown.markdown(NAMELESS_ROW, sample),
        "path": dg.MetadataValue.path(str(planned.path)),
        "dagster/row_count": len(planned.plan),
    }


def applied_metadata(applied: Applied) -> shown.Metadata:
    counts = {name: getattr(applied, name) for name in APPLIED_COUNTS} | {"paused": applied.paused}
    moved = [(row.change, row.key, row.phone, row.why) for row in applied.moved_rows]
    named = {"moved_rows": shown.markdown(["change", "key", "phone", "why"], moved)} if moved else {}
    return counts | named | shown.counts("refused", applied.refusals)


def is_unfinished(applied: Applied) -> bool:
    return bool(applied.refused or applied.in_doubt or applied.paused)


def unfinished(applied: Applied) -> str:
    """Why the group isn't yet what the plan says, and what to do."""
    if applied.paused:
        return f"paused: {applied.paused}. Materialize contacts_applied again: it goes on where it was"
    return (
        f"{applied.refused:,} changes were refused, {applied.in_doubt:,} had no answer yet. "
        "Materialize plan and then contacts_applied again: doubts are looked up first"
    )
