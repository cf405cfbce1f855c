"""The story of a send: is this audience still the one that was read? Then send just that, each number at most once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ampenet_sync.campaigns.audience import (
    AudienceFile,
    audience_path,
    consenting,
    read_audience,
    suppressed_phones,
)
from ampenet_sync.campaigns.lookup import already_there, newest_uid
from ampenet_sync.campaigns.send import Sending, send_all, settle_doubts
from ampenet_sync.campaigns.verdicts import NEW_AUDIENCE, check_start
from ampenet_sync.config import Campaign
from ampenet_sync.contacts import Holders
from ampenet_sync.customers import Intake
from ampenet_sync.errors import PlanRefused
from ampenet_sync.ledger import messages, suppressions
from ampenet_sync.ledger.messages import Draft, Edition
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
        drafts, holders = _drafts(frozen.recipients), Holders(intake, world.config)
        allowed = _still_allowed(world, holders, frozen, drafts)
        if left := _left(world, edition, allowed):
            _begin(world, edition, frozen, left)
        _send(world, allowed, work)
        left = _left(world, edition, drafts)
        withdrawn = len(left) - len(_still_allowed(world, holders, frozen, left))
        return _sent(world, edition, frozen, work=work, withdrawn=withdrawn)


@contextmanager
def _sending(world: World, campaign: Campaign, edition: Edition, frozen: AudienceFile) -> Iterator[Sending]:
    name = f"campaign {edition.label} at {world.host}/{world.account.uid}"
    with world.running("send", name, subject=edition.campaign) as run:
        facts = facts_of(world, campaign, frozen, balance=world.client.balance)
        yield Sending(run, edition, frozen.digest, frozen.header.sender_id, facts)


def _send(world: World, allowed: Sequence[Draft], work: Sending) -> None:
    try:
        with world.at_work(work.run.breaker) as executor:
            send_all(allowed, work=work, executor=executor)
    except BaseException:
        done = messages.messaged_phones(world.ledger, work.edition)
        work.run.progress("sending", sum(draft.phone in done for draft in allowed), len(allowed))
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


def _begin(world: World, edition: Edition, frozen: AudienceFile, drafts: Sequence[Draft]) -> None:
    """Make sure that nothing of what is left is out already, and note where GET /sms ends before the first message.

    A lost ledger knows nothing of a message that was sent, one restored from yesterday not of all: each start looks.
    """
    known = messages.KnownUids(world.ledger, world.destination)
    texts = {(draft.phone, draft.text) for draft in drafts} - messages.unanswered(world.ledger, world.destination)
    if found := already_there(world.client, texts, known=known):
        message = f"{found} of these texts were sent already, but this ledger doesn't know of it"
        hint = "is this the right ledger? Restore it, or change the text if it really is a new message"
        raise PlanRefused(message, code="already_there", hint=hint)
    begun = messages.started(world.ledger, edition)
    baseline_uid = begun.baseline_uid if begun else newest_uid(world.client)
    messages.start(world.ledger, edition, audience=frozen.digest, baseline_uid=baseline_uid)


def _drafts(recipients: pd.DataFrame) -> list[Draft]:
    columns = (recipients[name] for name in ("phone", "customer_key", "text", "billed"))
    return [Draft(phone, key, text, int(parts)) for phone, key, text, parts in zip(*columns, strict=True)]


def _still_allowed(world: World, holders: Holders, frozen: AudienceFile, drafts: Sequence[Draft]) -> list[Draft]:
    """Consent, opt-outs and suppressions as they are now: they can only take somebody out of the frozen audience."""
    suppressed, left = suppressions.all_suppressed(world.ledger), holders.opted_out()
    everybody, keys = holders.everybody(), suppressed.keys | left.keys
    phones = pa.chunked_array([pa.array([draft.phone for draft in drafts], pa.string())])
    off = pc.is_in(
        phones, pa.concat_arrays([suppressed_phones(everybody, suppressed), pa.array(sorted(left.phones), pa.string())])
    )
    if frozen.header.kind == "marketing":
        off = pc.or_(off, pc.invert(consenting(phones, everybody)))
    there = zip(drafts, off.to_pylist(), strict=True)
    return [draft for draft, is_off in there if not is_off and draft.customer_key not in keys]


def _left(world: World, edition: Edition, drafts: Sequence[Draft]) -> list[Draft]:
    done = messages.messaged_phones(world.ledger, edition)
    return [draft for draft in drafts if draft.phone not in done]


def _sent(world: World, edition: Edition, frozen: AudienceFile, *, work: Sending, withdrawn: int) -> Sent:
    figures = messages.figures(world.ledger, edition)
    done = messages.messaged_phones(world.ledger, edition)
    begun = int(frozen.recipients["phone"].isin(list(done)).sum())
    return Sent(
        campaign=edition.campaign,
        edition=edition.name,
        audience=frozen.digest,
        sent=figures.get("sent", 0),
        refused=figures.get("refused", 0),
        unknown=figures.get("in_doubt", 0) + figures.get("claimed", 0),
        expired=figures.get("expired", 0),
        remaining=len(frozen.recipients) - begun,
        withdrawn=withdrawn,
        paused=work.run.breaker.why,
    )
