"""The story of a campaign for later: a person approves its audience, and at its time it is started, once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ampenet_sync.campaigns.audience import AudienceFile
from ampenet_sync.campaigns.departure import hours_of
from ampenet_sync.campaigns.verdicts import AUDIENCE_MAX_AGE, NEW_AUDIENCE, check_start
from ampenet_sync.customers import Intake
from ampenet_sync.errors import AmpenetError, Busy, PlanRefused
from ampenet_sync.ledger import approvals, messages, orders
from ampenet_sync.ledger.approvals import Approval
from ampenet_sync.pipeline.accounting import budget_left
from ampenet_sync.pipeline.previewing import facts_of
from ampenet_sync.pipeline.sending import Sent, check_ours, frozen_audience, refuse_cancelled, send_campaign
from ampenet_sync.pipeline.steering import campaign_of, send_at_of
from ampenet_sync.pipeline.world import World

TAKEN_FOR = 600.0  # seconds after which a start that never ended is made again
LATEST = 2 * 3600.0  # seconds after its time in which an approved campaign still starts by itself


@dataclass(frozen=True)
class DueRun:
    """What became of one approved campaign whose time has come: `sent`, why it waits for a person (`refused`), or who
    sends it already (`busy`)."""

    campaign: str
    edition: str
    audience: str
    sent: Sent | None
    refused: AmpenetError | None = None
    busy: Busy | None = None


@dataclass(frozen=True)
class DueSends:
    """What was started now, and when the next approved campaign is due (None: none is)."""

    runs: tuple[DueRun, ...]
    next_at: datetime | None


def approve_campaign(world: World, name: str, *, audience: str, by: str) -> Approval:
    """Note that `by` says yes to this audience at the campaign's `send_at`. Nothing is sent.

    Raises PlanRefused or Unsafe on whatever a start would be refused for: `no_send_at`, `not_by_then` where it would be
    too late or the audience too old by then, `campaign_cancelled`, `over_cap` and so on. The balance is asked at the
    start.
    """
    campaign, frozen = campaign_of(world.config, name), frozen_audience(world, name, audience)
    edition = check_ours(world, frozen, name, audience)
    send_at = send_at_of(world.config, name)
    if send_at is None:
        hint = f"write send_at under campaigns.{name}, or send it now: ampenet-sync campaign send {name}"
        raise PlanRefused(f"campaign {name} has no send_at", code="no_send_at", hint=f"{hint} --audience {audience}")
    refuse_cancelled(world, edition)
    begun = messages.was_begun(world.ledger, edition, audience)
    if not begun:
        facts = facts_of(world, campaign, frozen, balance=world.client.balance)
        check_start(replace(facts, now=world.clock(), budget=budget_left(world, at=max(send_at, world.now()))))
        _check_time(world, name, frozen, send_at, made_at=facts.made_at or 0.0)
    approvals.approve(world.ledger, edition, audience=audience, by=by, send_at=send_at.timestamp())
    known = approvals.approved(world.ledger, world.destination)
    return next(approval for approval in known if approval.edition == edition)


def due_now(world: World) -> list[Approval]:
    """Approved, with nobody who started them yet, and their time has come."""
    return [approval for approval in _waiting(world) if (approval.due_at or 0.0) <= world.clock()]


def people_due(world: World, due: Sequence[Approval]) -> int:
    """How many messages their audiences have."""
    audiences = (frozen_audience(world, approval.edition.campaign, approval.audience) for approval in due)
    return sum(frozen.header.messages for frozen in audiences)


def send_due(world: World, customers: Callable[[], Intake]) -> DueSends:
    """Start each approved campaign whose time has come, once; what quiet hours stopped goes on after them.

    What is over two hours late, or was changed since the approval, is left to a person and named. `customers` reads the
    source; it isn't called where nothing is due.
    """
    runs = tuple(_start(world, approval, customers) for approval in due_now(world))
    times = [approval.due_at for approval in _waiting(world) if approval.due_at is not None]
    later = [at for at in times if at > world.clock()]
    return DueSends(runs, datetime.fromtimestamp(min(later), world.config.zone) if later else None)


def _waiting(world: World) -> list[Approval]:
    """Campaigns that left ampenet.yaml and cancelled editions wait for nothing any more."""
    return [
        approval
        for approval in approvals.approved(world.ledger, world.destination)
        if approval.due_at is not None
        and approval.edition.campaign in world.config.campaigns
        and not orders.standing(world.ledger, approval.edition).cancelled
    ]


def _start(world: World, approval: Approval, customers: Callable[[], Intake]) -> DueRun:
    name, audience = approval.edition.campaign, approval.audience
    run = DueRun(name, approval.edition.name, audience, None)
    try:
        _check_promise(world, approval)
        intake = customers()
        if not approvals.begin(world.ledger, approval, until=world.clock() + TAKEN_FOR):
            message = f"another process has just started campaign {approval.edition.label}"
            raise PlanRefused(
                message, code="approval_late", hint=f"see how it goes: ampenet-sync campaign status {name}"
            )
    except PlanRefused as error:
        return replace(run, refused=error)
    world.crash("approval taken")
    return _send(world, approval, intake, run)


def _send(world: World, approval: Approval, intake: Intake, run: DueRun) -> DueRun:
    """Whoever is killed in here, or finds no network, leaves it to the next `send_due` after `TAKEN_FOR`."""
    try:
        sent = send_campaign(world, intake, run.campaign, audience=run.audience)
    except Busy as error:  # a send that lasts longer; whether it ends well is asked again
        return replace(run, busy=error)
    except (PlanRefused, KeyboardInterrupt) as error:
        approvals.end(world.ledger, approval)
        if isinstance(error, PlanRefused):
            return replace(run, refused=error)
        raise
    hours = hours_of(world.config.campaigns[run.campaign], zone=world.config.zone, rehearsal=world.rehearsal)
    resumes = hours.resumes_at(world.clock())
    if sent.paused and resumes is not None:
        approvals.put_off(world.ledger, approval, until=resumes.timestamp())
    else:
        approvals.end(world.ledger, approval)
    return replace(run, sent=sent)


def _check_promise(world: World, approval: Approval) -> None:
    """Raises PlanRefused where its time is over, or is another one by now."""
    name, send_at = approval.edition.campaign, send_at_of(world.config, approval.edition.campaign)
    by_hand = f"look again, then start it: ampenet-sync campaign send {name} --audience {approval.audience}"
    if send_at is None or send_at.timestamp() != approval.send_at:
        message = f"send_at of campaign {name} was changed since {approval.by} approved it"
        again = f"approve it again: ampenet-sync campaign approve {name} --audience {approval.audience} --by WHO"
        raise PlanRefused(message, code="approval_moved", hint=again)
    late = world.clock() - (approval.due_at or 0.0)
    if late > LATEST:
        message = f"campaign {approval.edition.label} is {late / 3600:.1f} hours late; over 2 hours a person decides"
        raise PlanRefused(message, code="approval_late", hint=by_hand)


def _check_time(world: World, name: str, frozen: AudienceFile, send_at: datetime, *, made_at: float) -> None:
    """Raises PlanRefused where the start at `send_at` would be refused."""
    campaign, at = campaign_of(world.config, name), send_at.timestamp()
    hours = hours_of(campaign, zone=world.config.zone, rehearsal=world.rehearsal)
    new = NEW_AUDIENCE.replace("NAME", name)
    shown = f"{send_at.astimezone(world.config.zone):%Y-%m-%d %H:%M}"
    if at + LATEST < world.clock():
        raise PlanRefused(f"send_at, {shown}, is over", code="not_by_then", hint=f"write another send_at, then {new}")
    if at - made_at > AUDIENCE_MAX_AGE:
        message = f"at {shown} audience {frozen.digest} would be older than 24 hours"
        raise PlanRefused(message, code="not_by_then", hint=f"within 24 hours of send_at {new}")
    if hours.over(at):
        raise PlanRefused(f"at {shown} the campaign is over, by expires", code="not_by_then", hint=f"correct it, {new}")
