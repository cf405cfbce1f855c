"""Two assets for each campaign: its frozen audience, and the send to just that audience. Nothing here starts a send."""

import re

import dagster as dg
from pydantic import Field

from ampenet_sync.dagster import shown
from ampenet_sync.dagster.contacts import POOL
from ampenet_sync.dagster.customers import CUSTOMERS
from ampenet_sync.dagster.failures import plain_failures
from ampenet_sync.dagster.handed import Materialized, newest_file
from ampenet_sync.dagster.resources import AmpenetResource
from ampenet_sync.pipeline.intake import load_intake, take_in
from ampenet_sync.pipeline.previewing import Preview, preview_campaign, warnings_of_texts
from ampenet_sync.pipeline.sending import Sent, send_campaign
from ampenet_sync.reports.names import SENT_COUNTS
from ampenet_sync.reports.preview import quiet_line


class SendConfig(dg.Config):
    """Without this a stray click on Materialize would text everybody."""

    audience: str = Field(
        description="Digest of the previewed audience, from the metadata of this campaign's audience."
    )


def campaign_assets(campaign: str) -> list[dg.AssetsDefinition]:
    """The assets `campaigns/NAME/audience` and `campaigns/NAME/send`."""
    audience, send = (dg.AssetKey(["campaigns", campaign, part]) for part in ("audience", "send"))
    return [_audience(campaign, audience), _send(campaign, send, after=audience)]


def _group(campaign: str) -> str:
    """A box of its own in the graph, whose nodes show but the last part of their key."""
    return "campaign_" + re.sub(r"[^0-9A-Za-z_]", "_", campaign)


def _audience(campaign: str, key: dg.AssetKey) -> dg.AssetsDefinition:
    @dg.asset(key=key, group_name=_group(campaign), deps=[CUSTOMERS], pool=POOL, kinds={"parquet"})
    def audience(context: dg.AssetExecutionContext, ampenet: dg.ResourceParam[AmpenetResource]) -> Materialized:
        """Who would get which text, frozen, with its cost. Nothing is sent."""
        with plain_failures(), ampenet.world(context.log) as world:
            intake = load_intake(newest_file(context.instance, CUSTOMERS))
            preview = preview_campaign(world, intake, campaign)
        for warning in preview.warnings:
            context.log.warning(warning)
        version = dg.DataVersion(preview.audience.digest)
        return dg.MaterializeResult(metadata=audience_metadata(preview), data_version=version)

    return audience


def _send(campaign: str, key: dg.AssetKey, *, after: dg.AssetKey) -> dg.AssetsDefinition:
    @dg.asset(key=key, group_name=_group(campaign), deps=[after], pool=POOL, kinds={"ampenet"})
    def send(
        context: dg.AssetExecutionContext, config: SendConfig, ampenet: dg.ResourceParam[AmpenetResource]
    ) -> Materialized:
        """Text the previewed audience, each number at most once. Needs the audience's digest in the Launchpad."""
        with plain_failures(), ampenet.noticed_world(context.log, "campaign send", campaign) as (world, occasion):
            intake = take_in(world.config)  # consent as it is now, not as it was when the customers were read
            for warning in warnings_of_texts(world, intake, campaign):
                context.log.warning(warning)
            sent = send_campaign(world, intake, campaign, audience=config.audience)
            occasion.came_to(sent, next_lines=[f"Next: {unfinished(sent)}"] if is_unfinished(sent) else ())
            metadata = sent_metadata(sent) | {"calls": world.client.calls}
        if is_unfinished(sent):
            context.log_event(dg.AssetObservation(key, metadata=metadata))
            raise dg.Failure(unfinished(sent), metadata=metadata, allow_retries=False)
        return dg.MaterializeResult(metadata=metadata, data_version=dg.DataVersion(sent.audience))

    return send


def audience_metadata(preview: Preview) -> shown.Metadata:
    """What an analyst must see before sending comes first; the table's columns would push it off the page."""
    header = preview.audience.header
    return {
        "audience": preview.audience.digest,
        "edition": header.edition,
        "messages": header.messages,
        "parts": header.parts,
        "cost": float(header.amount),
        "currency": header.currency,
        "balance": preview.balance.text,
        "ends_at": dg.MetadataValue.timestamp(preview.ends_at),
        "warnings": dg.MetadataValue.md("\n".join(f"- {warning}" for warning in preview.warnings) or "none"),
        "notes": dg.MetadataValue.md("\n".join(f"- {note}" for note in preview.notes) or "none"),
        **shown.counts("excluded", header.excluded),
        "members": preview.members,
        "quarantined": preview.quarantined,
        "quiet_hours": " ".join(quiet_line(preview)) or "none",
        **shown.answers("consent", preview.consent),
        **shown.answers("opted_out", preview.opted_out),
        "collisions": shown.collisions(preview.collisions),
        "sample": shown.audience_sample(preview.audience.recipients),
        "path": dg.MetadataValue.path(str(preview.path)),
        "dagster/row_count": len(preview.audience.table),
    }


def sent_metadata(sent: Sent) -> shown.Metadata:
    named = {"campaign": sent.campaign, "edition": sent.edition, "audience": sent.audience}
    return named | {name: getattr(sent, name) for name in (*SENT_COUNTS, "paused")}


def is_unfinished(sent: Sent) -> bool:
    return bool(sent.refused or sent.unknown or sent.expired or sent.paused)


def unfinished(sent: Sent) -> str:
    """Why not everybody of the audience was texted, and what to do."""
    if sent.paused:
        return f"paused: {sent.paused}. Materialize send again with the same audience: nobody is texted twice"
    return (
        f"{sent.refused:,} messages were refused, {sent.unknown:,} had no answer and are not listed, "
        f"{sent.expired:,} were too late. None of them is sent again by itself"
    )
