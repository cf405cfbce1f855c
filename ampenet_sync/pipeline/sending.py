"""The story of a send: is this audience still the one that was read? Then send just that, each number at most once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace

import pyarrow as pa

from ampenet_sync.campaigns.audience import AudienceFile, audience_path, read_audience
from ampenet_sync.campaigns.drafts import allowed_of, drafts_of, left_of, pairs_in
from ampenet_sync.campaigns.lookup import already_there, newest_uid
from ampenet_sync.campaigns.send import Sending, send_all, settle_doubts
from ampenet_sync.campaigns.verdicts import NEW_AUDIENCE, check_start
from ampenet_sync.config import Campaign
from ampenet_sync.contacts import Holders
from ampenet_sync.customers import Intake
from ampenet_sync.errors import PlanRefused
from ampenet_sync.ledger import messages, suppressions
from ampenet_sync.ledger.messages import Edition
from ampenet_sync.ledger.messagetable import messaged_phones
from ampenet_sync.pipeline import accounting
from ampenet_sync.pipeline.inbound import take_in_inbound
from ampenet_sync.pipeline.previewing import campaign_of, facts_of
from ampenet_sync.pipeline.world import World


@dataclass(frozen=True)
class Sent:
    """What became of an edition, from the ledger. `paused` says why the run stopped early, "" where it didn't.

    `remaining` of the audience were not begun yet; `withdrawn` of those lost consent, left or were suppressed since.
    """

    campaign: str
    edition: str
    audience: str
    sent: int
    refused: int
    unknown: int
    expired: int
    remaining: int
    withdrawn: int
    paused: str


def frozen_audience(world: World, name: str, digest: str) -> AudienceFile:
    """Read back what `preview_campaign` froze. Raises PlanRefused where it is not there or was changed."""
    try:
        return read_audience(audience_path(world.audiences, digest))
    except PlanRefused as error:
        error.hint = error.hint.replace("NAME", name)
        raise


def send_campaign(world: World, intake: Intake, name: str, *, audience: str) -> Sent:
    """Send a previewed audience. A second start of a finished edition makes no call.

    Raises PlanRefused or Unsafe where the audience is no longer good, Busy where another process sends it.
    """
    campaign = campaign_of(world.config, name)
    frozen = frozen_audience(world, name, audience)
    edition = Edition(world.destination, frozen.header.campaign, frozen.header.edition)
    _check_ours(world, frozen, name, audience)
    with _sending(world, campaign, edition, frozen) as work:
        settle_doubts(work)
        if not messages.was_begun(world.ledger, edition, audience):
            check_start(replace(work.facts, now=world.clock()))  # afterwards the frozen audience alone counts
        drafts, holders = drafts_of(frozen), Holders(intake, world.config)
        if left_of(drafts, messaged_phones(world.ledger, edition)).num_rows:
            take_in_inbound(world)
        allowed = _allowed(world, holders, frozen, drafts)
        left = left_of(allowed, messaged_phones(world.ledger, edition))
        if left.num_rows:
            _begin(world, edition, frozen, left)
        with accounting.booked(world, work) if left.num_rows else nullcontext():
            _send(world, allowed, work)
        left = left_of(drafts, messaged_phones(world.ledger, edition))
        withdrawn = left.num_rows - _allowed(world, holders, frozen, left).num_rows
        return _sent(world, edition, frozen.digest, work=work, remaining=left.num_rows, withdrawn=withdrawn)


@contextmanager
def _sending(world: World, campaign: Campaign, edition: Edition, frozen: AudienceFile) -> Iterator[Sending]:
    name = f"campaign {edition.label} at {world.host}/{world.account.uid}"
    with world.running("send", name, subject=edition.campaign) as run:
        facts = facts_of(world, campaign, frozen, balance=world.client.balance)
        bounds = accounting.bounds_of(world.config)
        yield Sending(run, edition, frozen.digest, frozen.header.sender_id, facts, bounds)


def _send(world: World, allowed: pa.Table, work: Sending) -> None:
    try:
        with world.at_work(work.run.breaker) as executor:
            send_all(allowed, work=work, executor=executor)
    except BaseException:
        left = left_of(allowed, messaged_phones(world.ledger, work.edition))
        work.run.progress("sending", allowed.num_rows - left.num_rows, allowed.num_rows)
        raise


def _check_ours(world: World, frozen: AudienceFile, name: str, digest: str) -> None:
    header = frozen.header
    if frozen.digest != digest:
        message = f"the file of audience {digest} holds another one, {frozen.digest}"
        raise PlanRefused(message, code="audience_mismatch", hint=NEW_AUDIENCE.replace("NAME", name))
    if header.campaign != name:
        message = f"audience {frozen.digest} was previewed for campaign {header.campaign}, not {name}"
        raise PlanRefused(message, code="audience_mismatch", hint=NEW_AUDIENCE.replace("NAME", name))
    if (header.ledger, header.host, header.account) != (world.ledger.id, world.host, world.account.uid):
        hint = NEW_AUDIENCE.replace("NAME", name)
        raise PlanRefused("the audience was frozen with another ledger or account", code="audience_foreign", hint=hint)


def _begin(world: World, edition: Edition, frozen: AudienceFile, drafts: pa.Table) -> None:
    """Make sure that nothing of what is left is out already, and note where GET /sms ends before the first message.

    A lost ledger knows nothing of a message that was sent, one restored from yesterday not of all: each start looks.
    """
    known = messages.KnownUids(world.ledger, world.destination)
    unanswered = messages.unanswered(world.ledger, world.destination)
    texts = (pair for pair in pairs_in(drafts) if pair not in unanswered)
    if already := already_there(world.client, texts, known=known):
        message = f"{already} of these texts were sent already, but this ledger doesn't know of it"
        hint = "is this the right ledger? Restore it, or change the text if it really is a new message"
        raise PlanRefused(message, code="already_there", hint=hint)
    begun = messages.started(world.ledger, edition)
    baseline_uid = begun.baseline_uid if begun else newest_uid(world.client)
    messages.start(world.ledger, edition, audience=frozen.digest, baseline_uid=baseline_uid)


def _allowed(world: World, holders: Holders, frozen: AudienceFile, drafts: pa.Table) -> pa.Table:
    """Consent, opt-outs and suppressions as they are now: they can only take somebody out of the frozen audience."""
    return allowed_of(drafts, holders, suppressed=suppressions.all_suppressed(world.ledger), kind=frozen.header.kind)


def _sent(world: World, edition: Edition, audience: str, *, work: Sending, remaining: int, withdrawn: int) -> Sent:
    figures = messages.figures(world.ledger, edition)
    return Sent(
        campaign=edition.campaign,
        edition=edition.name,
        audience=audience,
        sent=figures.get("sent", 0),
        refused=figures.get("refused", 0),
        unknown=figures.get("in_doubt", 0) + figures.get("claimed", 0),
        expired=figures.get("expired", 0),
        remaining=remaining,
        withdrawn=withdrawn,
        paused=work.run.breaker.why,
    )
