"""The story of a preview: segment + template → a frozen audience, what it costs, and when it would be over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from ampenet_sync.api import Balance
from ampenet_sync.campaigns import estimate
from ampenet_sync.campaigns.audience import (
    AudienceFile,
    Header,
    choose,
    exclusions,
    shared_phones,
    write_audience,
)
from ampenet_sync.campaigns.departure import Departure, foresee, hours_of
from ampenet_sync.campaigns.proofreading import text_notes, text_warnings
from ampenet_sync.campaigns.verdicts import BudgetLeft, Facts, warnings
from ampenet_sync.config import Campaign, Config, QuietHours
from ampenet_sync.config.texts import check_texts, tree_of
from ampenet_sync.contacts import (
    Chosen,
    Collisions,
    Holders,
    collisions_of,
    contact_columns,
    select_members,
)
from ampenet_sync.customers import Answered, Intake, answer_columns, answers_of, field_columns, rule_of, settings_of
from ampenet_sync.customers.aside import SOURCE
from ampenet_sync.errors import ConfigError
from ampenet_sync.ledger import messages, suppressions
from ampenet_sync.ledger.messages import Edition
from ampenet_sync.ledger.messagetable import messaged_phones
from ampenet_sync.ledger.statuses import NOTHING_HEARD, Evidence, evidence_of_phones
from ampenet_sync.pipeline.accounting import budget_left
from ampenet_sync.pipeline.steering import campaign_of
from ampenet_sync.pipeline.target import where_warnings
from ampenet_sync.pipeline.valuewarnings import value_warnings
from ampenet_sync.pipeline.world import World


@dataclass(frozen=True)
class Preview:
    """A frozen audience, where it is kept, what the account holds, and what a person should know before sending.

    `warnings` are what is hardly meant, `notes` what may well be.
    `collisions` are its customers who share a phone; `unknown` counts keys of `members` that the source has not.
    `consent` (of a campaign that asks for it) and `opted_out` are what the cells of the segment's customers say; None
    where no column does. `members` are the customers of the segment: each of them gets a message or is excluded for one
    reason. `quarantined` rows of the source are no customers: whoever they are, they are not among the members.
    `quiet` are the campaign's quiet hours, and `live` is when its messages would leave under them at the permitted
    rate, also in a `rehearsal`, where they don't bind. `opt_outs` is of how many of its recipients it is known whether
    they opted out at Ampenet, and since when. `budget` is what the month leaves to all campaigns.
    """

    audience: AudienceFile
    path: Path
    balance: Balance
    ends_at: datetime
    warnings: tuple[str, ...]
    collisions: Collisions
    unknown: int
    notes: tuple[str, ...] = ()
    consent: Answered | None = None
    opted_out: Answered | None = None
    members: int = 0
    segment: str = ""
    quarantined: int = 0
    quiet: QuietHours | None = None
    live: Departure | None = None
    rehearsal: bool = False
    opt_outs: Evidence = NOTHING_HEARD
    budget: BudgetLeft | None = None


def preview_campaign(world: World, intake: Intake, name: str) -> Preview:
    """Choose the recipients, render and count each one's text, and freeze it all in a file. Nothing is sent.

    Raises ConfigError: `unknown_campaign`, `no_consent`, `bad_template` where a text holds another tool's tag for a
    column of the source.
    """
    campaign = campaign_of(world.config, name)
    _check_consent_is_known(world.config, name, campaign)
    check_texts(world.config, name, tree_of(world.config.path), columns=_source_columns(intake))
    mapped = world.config.customers
    chosen = _members(world, intake, campaign)
    edition = Edition(world.destination, name, world.now().strftime(campaign.edition))
    table = _table(world, intake, campaign, chosen, edition)
    audience = write_audience(_header(world, intake, edition, campaign, table), table, world.audiences)
    messages.note_audience(world.ledger, edition, digest=audience.digest)
    balance = world.client.balance()
    facts = facts_of(world, campaign, audience, balance=lambda: balance)
    keys = audience.recipients["customer_key"]
    warned = (
        *where_warnings(chosen, campaign.segment),
        *warnings_of_texts(world, intake, name),
        *(verdict.warning for verdict in warnings(facts)),
        *value_warnings(campaign, mapped, intake, members=chosen.members, recipients=keys),
    )
    shared = collisions_of(shared_phones(table))
    asked = mapped.consent if campaign.kind == "marketing" else None
    consent, opted_out = (
        answers_of(chosen.members, rule, null_words=mapped.null_words) for rule in (asked, mapped.opted_out)
    )
    return Preview(
        audience=audience,
        path=audience.path,
        balance=balance,
        ends_at=datetime.fromtimestamp(facts.leaves_at, world.config.zone),
        warnings=warned,
        collisions=shared,
        unknown=chosen.unknown,
        notes=tuple(text_notes(campaign)),
        consent=consent,
        opted_out=opted_out,
        members=len(chosen.members),
        segment=campaign.segment,
        quarantined=intake.quarantined,
        quiet=campaign.quiet,
        live=facts.live,
        rehearsal=world.rehearsal,
        opt_outs=evidence_of_phones(world.ledger, world.destination, audience.recipients["phone"]),
        budget=facts.budget,
    )


def _members(world: World, intake: Intake, campaign: Campaign) -> Chosen:
    mapped, today = world.config.customers, world.now().date()
    columns = dict.fromkeys((*contact_columns(world.config), *field_columns(mapped), *answer_columns(mapped)))
    return select_members(intake, world.config, segment=campaign.segment, run_date=today, columns=[*columns])


def _table(world: World, intake: Intake, campaign: Campaign, chosen: Chosen, edition: Edition) -> pd.DataFrame:
    """Everybody of the segment, with a text or the reason why not."""
    holders = Holders(intake, world.config)
    return choose(
        chosen.members,
        campaign,
        world.config.customers,
        suppressed=suppressions.all_suppressed(world.ledger),
        opted_out=holders.opted_out(),
        already=messaged_phones(world.ledger, edition),
        holders=holders.everybody(),
        rule=rule_of(settings_of(world.config)),
    )


def warnings_of_texts(world: World, intake: Intake, name: str) -> tuple[str, ...]:
    """What a preview warns of in the campaign's own texts, to be said once more before they are sent."""
    campaign = campaign_of(world.config, name)
    warnings = text_warnings(world.config, campaign, live=not world.rehearsal, columns=_source_columns(intake))
    return tuple(warnings)


def _check_consent_is_known(config: Config, name: str, campaign: Campaign) -> None:
    if campaign.kind == "marketing" and config.customers.consent is None:
        hint = "name the consent column under customers.consent, or attest it: {attested: 'who, when, how'}"
        raise ConfigError(f"{name} is marketing, but nothing says who agreed to it", code="no_consent", hint=hint)


def _source_columns(intake: Intake) -> list[str]:
    return [name.removeprefix(SOURCE) for name in intake.column_names() if name.startswith(SOURCE)]


def _header(world: World, intake: Intake, edition: Edition, campaign: Campaign, table: pd.DataFrame) -> Header:
    billed = int(table["billed"].sum())
    cost = estimate(billed, currency=world.config.pricing.currency)
    return Header(
        ledger=world.ledger.id,
        host=world.host,
        account=world.account.uid,
        campaign=edition.campaign,
        edition=edition.name,
        kind=campaign.kind,
        sender_id=campaign.sender_id,
        run_date=world.now().date().isoformat(),
        source_digest=intake.identity.digest,
        config_digest=world.config.digest(segment=campaign.segment, campaign=edition.campaign),
        messages=int((table["excluded"] == "").sum()),
        parts=billed,
        amount=str(cost.amount),
        currency=cost.currency,
        excluded=exclusions(table),
    )


def last_leaves_at(world: World, campaign: Campaign, count: int) -> datetime:
    """When the last message would leave at the permitted rate, if sending began now; quiet hours are waited for."""
    hours = hours_of(campaign, zone=world.config.zone, rehearsal=world.rehearsal)
    return foresee(count, rate=world.config.api.requests_per_minute, quiet=hours.quiet, now=world.now()).ends_at


def facts_of(world: World, campaign: Campaign, audience: AudienceFile, *, balance: Callable[[], Balance]) -> Facts:
    """What it goes by whether the audience may leave now."""
    header, config = audience.header, world.config
    return Facts(
        campaign=campaign,
        audience=audience,
        hours=hours_of(campaign, zone=config.zone, rehearsal=world.rehearsal),
        now=world.clock(),
        leaves_at=last_leaves_at(world, campaign, header.messages).timestamp(),
        live=foresee(header.messages, rate=config.live_rate, quiet=campaign.quiet, now=world.now()),
        made_at=messages.audience_made_at(world.ledger, world.destination, audience.digest),
        config_digest=config.digest(segment=campaign.segment, campaign=header.campaign),
        balance=balance,
        budget=budget_left(world),
    )
