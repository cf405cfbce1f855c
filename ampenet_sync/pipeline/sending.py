"""The story of a send: is this audience still the one that was read? Then send just that, each number at most once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pyarrow as pa

from ampenet_sync.campaigns.audience import AudienceFile, audience_path, read_audience
from ampenet_sync.campaigns.drafts import allowed_of, drafts_of, left_of, pairs_in
from ampenet_sync.campaigns.lookup import already_there, newest_uid
from ampenet_sync.campaigns.send import ORDERED, Sending, send_all, settle_doubts, wait_and_settle
from ampenet_sync.campaigns.verdicts import NEW_AUDIENCE, check_start
from ampenet_sync.config import Campaign
from ampenet_sync.contacts import Holders
from ampenet_sync.customers import Intake
from ampenet_sync.errors import PlanRefused
from ampenet_sync.ledger import messages, orders, suppressions
from ampenet_sync.ledger.messages import Edition
from ampenet_sync.ledger.messagetable import messaged_phones
from ampenet_sync.pipeline import accounting
from ampenet_sync.pipeline.previewing import facts_of
from ampenet_sync.pipeline.retaining import remove_daily
from ampenet_sync.pipeline.steering import campaign_of
from ampenet_sync.pipeline.world import World

MOST_SENT = "the messages it may send are sent"


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

    @property
    def ordered(self) -> str:
        """Which order stopped it, `paused` or `cancelled`, "" where none did."""
        return next((order for order, why in ORDERED.items() if why == self.paused), "")


def frozen_audience(world: World, name: str, digest: str) -> AudienceFile:
    """Read back what `preview_campaign` froze. Raises PlanRefused where it is not there or was changed."""
    try:
        return read_audience(audience_path(world.audiences, digest))
    except PlanRefused as error:
        error.hint = error.hint.replace("NAME", name)
        raise


def send_campaign(world: World, intake: Intake, name: str, *, audience: str, most: int | None = None) -> Sent:
    """Send a previewed audience, at most so many messages now. A second start of a finished edition makes no call.

    Raises PlanRefused or Unsafe where the audience is no longer good or its edition was cancelled, Busy where another
    process sends it.
    """
    campaign = campaign_of(world.config, name)
    frozen = frozen_audience(world, name, audience)
    edition = check_ours(world, frozen, name, audience)
    with _sending(world, campaign, edition, frozen) as work:
        settle_doubts(work)
        _heed_orders(world, work)
        remove_daily(world, using=(frozen.path, *intake.files))
        if not messages.was_begun(world.ledger, edition, audience):
            check_start(replace(work.facts, now=world.clock()))  # afterwards the frozen audience alone counts
        drafts, holders = drafts_of(frozen), Holders(intake, world.config)
        allowed = _allowed(world, holders, frozen, drafts)
        left = left_of(allowed, messaged_phones(world.ledger, edition))
        if left.num_rows and not work.run.breaker.is_open:
            _begin(world, edition, frozen, left)
            with accounting.booked(world, work):
                _send(world, allowed, left if most is None else left.slice(0, most), work)
        elif left.num_rows == 0:
            wait_and_settle(work)
        if orders.standing(world.ledger, edition).cancelled:
            wait_and_settle(work)
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


def _heed_orders(world: World, work: Sending) -> None:
    """A pause keeps the run from sending; raises PlanRefused `campaign_cancelled`, once what was claimed is settled."""
    standing = orders.standing(world.ledger, work.edition)
    if standing.cancelled:
        wait_and_settle(work)
        refuse_cancelled(world, work.edition)
    if standing.paused:
        work.run.breaker.trip(f"{standing.paused.by} paused the campaign")


def refuse_cancelled(world: World, edition: Edition) -> None:
    """Raises PlanRefused `campaign_cancelled`."""
    cancelled = orders.standing(world.ledger, edition).cancelled
    if cancelled:
        sent = messages.figures(world.ledger, edition).get("sent", 0)
        message = f"campaign {edition.label} was cancelled by {cancelled.by}: {sent:,} sent, nobody else gets it"
        hint = f"for the same text, give it a new edition, then: ampenet-sync campaign preview {edition.campaign}"
        raise PlanRefused(message, code="campaign_cancelled", hint=hint)


def _send(world: World, allowed: pa.Table, now: pa.Table, work: Sending) -> None:
    """Send what leaves `now` of those who are allowed it."""
    begun = allowed.num_rows - left_of(allowed, messaged_phones(world.ledger, work.edition)).num_rows
    try:
        with world.at_work(work.run.breaker) as executor:
            send_all(now, work=work, executor=executor, begun=begun)
        if now.num_rows < allowed.num_rows - begun:
            work.run.breaker.trip(MOST_SENT)
    except BaseException:
        left = left_of(allowed, messaged_phones(world.ledger, work.edition))
        work.run.progress("sending", allowed.num_rows - left.num_rows, allowed.num_rows)
        raise


def check_ours(world: World, frozen: AudienceFile, name: str, digest: str) -> Edition:
    """Its edition. Raises PlanRefused where it is another campaign's, ledger's or account's audience."""
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
    return Edition(world.destination, header.campaign, header.edition)


def _begin(world: World, edition: Edition, frozen: AudienceFile, drafts: pa.Table) -> None:
    """Make sure that nothing of what is left is out already, and note where GET /sms ends before the first message.

    A lost ledger knows nothing of a message that was sent, one restored from yesterday not of all: each start looks.
    """
    known = messages.KnownUids(world.ledger, world.destination)
    unanswered = messages.unanswered(world.ledger, world.destination)
    texts = (pair for pair in pairs_in(drafts) if pair not in unanswered)
    if already := already_there(world.client, texts, known=known):
        message = f"a lost ledger: {already} of these texts were sent already, but this one doesn't know of it"
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
